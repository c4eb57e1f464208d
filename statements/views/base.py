"""How pages of the workshop begin and end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.guards import role_required
from cases import permissions as case_permissions
from cases.errors import Conflict
from cases.forms import VersionForm
from cases.models import Case
from cases.querysets import NCP_ROLES
from register.markdown import headings_without_text, to_html
from statements import offers, permissions
from statements.models import Statement
from statements.standing import Standing, standing_of

LANGUAGE_NAMES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}


def language_name(code: str) -> str:
    """Return the name of a language in that language."""
    return LANGUAGE_NAMES.get(code, code)


def case_address(case: Case) -> str:
    """Return the page of the case for the NCP's people, or "" where it is not served."""
    try:
        return reverse("desk:case", args=[case.pk])
    except NoReverseMatch:
        return ""


def require_reader(case: Case, request: HttpRequest) -> None:
    """Refuse parties (404) and members who have not declared on conflicts of interest yet (403)."""
    if case_permissions.is_party_member(case, request.user):
        raise Http404
    if not permissions.may_read(case, request.user):
        raise PermissionDenied(
            _("First declare that you have no conflict of interest in this case.")
        )


class StatementView(View):
    """A page about one statement, for the NCP's people: anonymous 302, another role 404."""

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return role_required(*NCP_ROLES)(super().as_view(**kwargs))

    def dispatch(self, request: HttpRequest, *args: Any, pk: UUID, **kwargs: Any) -> HttpResponse:
        self.find(pk)
        return super().dispatch(request, *args, **kwargs)

    def find(self, pk: UUID) -> None:
        visible = Statement.objects.visible_to(self.request.user).select_related("case__data_key")
        self.statement = get_object_or_404(visible, pk=pk)
        self.case = self.statement.case
        require_reader(self.case, self.request)

    @property
    def stands(self) -> Standing:
        return standing_of(self.statement)

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        context = {
            "statement": self.statement,
            "case": self.case,
            "back": reverse("statements:workshop", args=[self.case.pk]),
            **context,
        }
        return render(self.request, template, context, status=status)

    def back_to_workshop(self) -> HttpResponse:
        return redirect("statements:workshop", self.case.pk)


class StepView(StatementView):
    """One step on a page of its own: a form, one call of a service, back to the workshop."""

    step = ""
    template_name = "statements/step.html"
    form_class: Any = VersionForm
    heading: Any = ""
    lead: Any = ""
    button: Any = _("Save")
    done: Any = _("Saved.")
    is_grave = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        return self.page(self.form())

    def check(self) -> None:
        """Refuse with 403 or 409 what is not open to this person now."""
        self.standing = self.stands
        offers.require(self.step, self.standing, self.request.user)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form)
        try:
            self.perform(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.page(form)
        except Conflict as error:
            return self.stale(form, error)
        messages.success(request, self.done)
        return self.back_to_workshop()

    def stale(self, form: Any, error: Conflict) -> HttpResponse:
        """Show the form again with all that was typed, as the statement stands now."""
        self.find(self.statement.pk)
        try:
            self.check()
        except Conflict:
            raise error from None
        if isinstance(form, VersionForm):
            form.refresh(self.statement.row_version, str(error.message))
        else:
            form.add_error(None, str(error.message))
        return self.page(form, status=409)

    def form(self, *args: Any) -> Any:
        return self.form_class(*args, **self.form_arguments())

    def form_arguments(self) -> dict[str, Any]:
        return {"version": self.statement.row_version}

    def perform(self, form: Any) -> None:
        """Call the service."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        return {}

    def page(self, form: Any, *, status: int = 200) -> HttpResponse:
        return self.show(
            self.template_name,
            status=status,
            form=form,
            heading=self.heading,
            lead=self.lead,
            button=self.button,
            is_grave=self.is_grave,
            **self.context(),
        )


def texts(stands: Standing) -> list[dict[str, Any]]:
    """Return every language's latest text, rendered as the register renders it."""
    return [
        {
            "version": version,
            "language": language,
            "name": language_name(language),
            "html": to_html(version.text, 3),
            "empty": headings_without_text(version.text),
            "sign_off": stands.sign_offs.get(language),
        }
        for language, version in stands.versions.items()
    ]


def missing_languages(stands: Standing) -> list[tuple[str, str]]:
    """Return the languages of the site that the statement is not written in yet."""
    return [
        (code, language_name(code))
        for code, _name in settings.LANGUAGES
        if code not in stands.versions
    ]
