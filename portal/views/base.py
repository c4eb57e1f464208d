"""How pages about a case begin and end here: whose case, which side, what is open, one call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views import View

from cases.errors import Conflict, WrongState
from cases.forms import VersionForm
from portal import actions, reading
from portal.access import READING, own_case, party_only
from portal.forms.base import OnceForm
from portal.services import is_first


class PartyView(View):
    """A page about a case for its parties: anonymous to the sign-in, everybody else 404."""

    parts: Iterable[str] = READING

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return party_only(super().as_view(**kwargs))

    def dispatch(self, request: HttpRequest, *args: Any, pk: UUID, **kwargs: Any) -> HttpResponse:
        self.case, self.side = own_case(request, pk, parts=self.parts)
        return super().dispatch(request, *args, **kwargs)

    @property
    def facts(self) -> actions.Facts:
        return actions.facts_of(self.case, self.side, self.request.user)

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        context = {"case": reading.reference_to(self.case), **context}
        return render(self.request, template, context, status=status)


class ActionView(PartyView):
    """One action of a party on a page of its own; `action` is its name in `actions.RULES`."""

    action = ""
    template_name = "portal/action.html"
    form_class: Any = OnceForm
    heading: Any = ""
    lead: Any = ""
    button: Any = _("Send")
    done: Any = _("Sent.")
    is_grave = False
    goes_to = "portal:case"

    def check(self) -> None:
        """Refuse with 403 or 409 what is not open to this side now."""
        self.open_facts = self.facts
        actions.require_open(self.action, self.open_facts)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        return self.page(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form)
        try:
            with transaction.atomic():
                token = form.cleaned_data.get("token")
                if token is None or is_first(token, by=request.user):
                    self.perform(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.page(form)
        except Conflict as error:
            return self.stale(form, error)
        messages.success(request, self.done)
        return redirect(self.goes_to, self.case.pk)

    def stale(self, form: Any, error: Conflict) -> HttpResponse:
        """Show the form again with all that was typed, or say that it is over."""
        self.case, self.side = own_case(self.request, self.case.pk, parts=self.parts)
        try:
            self.check()
        except WrongState:
            raise error from None
        if not self.takes_input:
            raise error
        if isinstance(form, VersionForm):
            form.refresh(self.version, str(error.message))
        else:
            form.add_error(None, str(error.message))
        return self.page(form, status=409)

    @property
    def takes_input(self) -> bool:
        """Tell whether the page still has its form."""
        return True

    @property
    def version(self) -> int:
        """Return the version of what the form is about, as far as this side may know of it."""
        return reading.version_for(self.case, self.side)

    def form(self, *args: Any) -> Any:
        if issubclass(self.form_class, VersionForm):
            return self.form_class(*args, version=self.version, **self.form_arguments())
        return self.form_class(*args, **self.form_arguments())

    def form_arguments(self) -> dict[str, Any]:
        return {}

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
            multipart=form.is_multipart(),
            **self.context(),
        )
