"""What a person changes about themselves: contact, language, access code."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import codes
from accounts.language import keep_language
from portal import services
from portal.forms.people import ContactForm, LanguageForm
from portal.forms.sign_in import ConfirmCodeForm
from portal.services import Contact
from portal.views.base import PartyView
from sealing import keys

NEW_CODE = "portal.new_code"


class ContactDetails(PartyView):
    """E-mail, telephone, safe ways and times; the enterprise's own entry opens sign-in by link."""

    def form(self, *args: Any) -> ContactForm:
        held = services.contact_row(self.case, self.request.user)
        contact = services.contact_of(self.case, self.request.user)
        return ContactForm(
            *args,
            has_safe_contact=hasattr(held, "safe_contact"),
            initial={
                "email": contact.email,
                "phone": contact.phone,
                "safe_contact": contact.safe_contact,
            },
        )

    def get(self, request: HttpRequest) -> HttpResponse:
        if services.contact_row(self.case, request.user) is None:
            raise PermissionDenied(_("The main person of your side keeps the contact details."))
        return self.show("portal/contact.html", form=self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show("portal/contact.html", form=form)
        services.change_contact(
            self.case,
            Contact(**{name: form.cleaned_data.get(name, "").strip() for name in _FIELDS}),
            by=request.user,
        )
        messages.success(request, _("Your contact details are saved. The office is told."))
        return redirect("portal:case", self.case.pk)


_FIELDS = ("email", "phone", "safe_contact")


class Language(PartyView):
    def get(self, request: HttpRequest) -> HttpResponse:
        form = LanguageForm(initial={"language": request.user.language})
        return self.show("portal/language.html", form=form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LanguageForm(request.POST)
        if not form.is_valid():
            return self.show("portal/language.html", form=form)
        language = form.cleaned_data["language"]
        services.change_language(self.case, language, by=request.user)
        with override(language):
            messages.success(request, gettext("Your language is saved."))
        return keep_language(redirect("portal:case", self.case.pk), language)


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class ChangeCode(PartyView):
    """A new access code: shown, typed once by the person, and only then the old one ends.

    A line that is lost half way therefore locks nobody out. The new code waits in the session,
    encrypted, because sessions stand in the database.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("portal/code.html", form=None)

    def post(self, request: HttpRequest) -> HttpResponse:
        held = self._held()
        if request.POST.get("step") != "confirm" or held is None:
            code = codes.new_code()
            request.session[NEW_CODE] = keys.wrapping().encrypt(code.encode()).decode()
            return self.show("portal/code.html", form=ConfirmCodeForm(), new_code=code)
        form = ConfirmCodeForm(request.POST)
        if form.is_valid() and codes.normalised(form.cleaned_data["code"]) != codes.normalised(
            held
        ):
            form.add_error("code", _("This is not the new code. Type it as it stands above."))
        if not form.is_valid():
            return self.show("portal/code.html", form=form, new_code=held)
        services.change_code(request.user, held)
        del request.session[NEW_CODE]
        request.user.refresh_from_db(fields=["session_epoch"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your new code works from now on. The old one is dead."))
        return redirect("portal:case", self.case.pk)

    def _held(self) -> str | None:
        token = self.request.session.get(NEW_CODE)
        return keys.wrapping().decrypt(token.encode()).decode() if token else None
