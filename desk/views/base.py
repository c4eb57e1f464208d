"""How pages about one case work: find the case, ask what is open, call the service once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.guards import role_required
from cases import actions, dossier, permissions
from cases.disclosure import Audience, audience_of
from cases.errors import Conflict, WrongState
from cases.models import Case
from cases.querysets import NCP_ROLES
from cases.services.acting import what_happened
from desk import links
from desk.forms.base import CaseForm
from desk.reading import READERS


def visible_case(
    request: HttpRequest,
    pk: UUID,
    *,
    parts: Iterable[str] = dossier.FOR_ACTIONS,
    extra: dict[str, Any] | None = None,
) -> Case:
    """Return a case that the person sees, with the named parts loaded.

    Somebody who takes part in the case as a party reads it at the portal, not here.

    Args:
        extra: annotations that come along with the case's row.

    Raises:
        Http404: there is none, or the person does not see it.
    """
    visible = Case.objects.visible_to(request.user).select_related("officer")
    visible = visible.annotate(**extra or {})
    (case,) = dossier.load([get_object_or_404(visible, pk=pk)], parts=parts)
    if permissions.is_party_member(case, request.user):
        raise Http404
    return case


class CaseView(View):
    """A page about one case for the NCP's people: anonymous 302, another role 404."""

    parts: Iterable[str] = dossier.FOR_ACTIONS

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        return role_required(*NCP_ROLES)(super().as_view(**kwargs))

    def dispatch(self, request: HttpRequest, *args: Any, pk: UUID, **kwargs: Any) -> HttpResponse:
        self.case = visible_case(request, pk, parts=self.parts, extra=self.annotations())
        try:
            return super().dispatch(request, *args, **kwargs)
        except Conflict as error:
            return self.refused(error)

    def annotations(self) -> dict[str, Any]:
        """Return what comes along with the case's row."""
        return {}

    @property
    def audience(self) -> Audience:
        return audience_of(self.case, self.request.user)

    def require_reader(self) -> None:
        """Refuse a member who has not declared on conflicts of interest yet."""
        if self.audience not in READERS:
            raise PermissionDenied(
                _("First declare that you have no conflict of interest in this case.")
            )

    def refused(self, error: Conflict) -> HttpResponse:
        """Say what happened in the meantime, and give back what was typed."""
        typed = [
            value
            for name, values in self.request.POST.lists()
            for value in values
            if name not in ("csrfmiddlewaretoken", "row_version")
            and (" " in value or len(value) > 40)
        ]
        context = {"case": self.case, "message": error.message, "typed": typed}
        return render(self.request, "desk/conflict.html", context, status=409)


class FormPage(View):
    """A page that asks for one thing: what was typed is shown again until the service took it."""

    blamed: str | None = None
    """The field beside which a refusal of the service is shown; None: above the form."""

    def check(self) -> None:
        """Refuse with 403 or 409 what is not open to this person now."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        return self.page(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.check()
        form = self.form(request.POST, request.FILES)
        if not form.is_valid() or self.only_looks(form):
            return self.page(form)
        try:
            return self.finish(self.perform(form))
        except ValidationError as error:
            form.add_error(self.blamed, error)
            return self.page(form)
        except Conflict as error:
            return self.stale(form, error)

    def only_looks(self, form: Any) -> bool:
        """Tell whether the person only wants to look at what would go out."""
        return False

    def form(self, *args: Any) -> Any:
        raise NotImplementedError

    def perform(self, form: Any) -> Any:
        """Call the service. What it returns is passed to `finish`."""
        raise NotImplementedError

    def finish(self, result: Any) -> HttpResponse:
        raise NotImplementedError

    def stale(self, form: Any, error: Conflict) -> HttpResponse:
        """Show the form again with all that was typed, or say that it is over."""
        raise error

    def page(self, form: Any, *, status: int = 200) -> HttpResponse:
        raise NotImplementedError


class ActionView(FormPage, CaseView):
    """One action of `cases.actions` on a page of its own."""

    action = ""
    form_class: type[CaseForm] = CaseForm
    template_name = "desk/action.html"
    intro: Any = ""
    warning: Any = ""
    button: Any = _("Save")
    done: Any = _("Saved.")
    goes_to = "desk:case"

    def check(self) -> None:
        """Refuse with 403 or 409 what is not open to this person now."""
        self.offer = actions.require_open(self.case, self.request.user, self.action)

    def stale(self, form: CaseForm, error: Conflict) -> HttpResponse:
        self.case = visible_case(self.request, self.case.pk, parts=self.parts)
        try:
            self.check()
        except WrongState:
            return self.refused(error)
        form.refresh(self.case.row_version, str(error.message))
        return self.page(form, status=409)

    def form(self, *args: Any) -> CaseForm:
        return self.form_class(*args, case=self.case, **self.form_arguments())

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def finish(self, result: Any) -> HttpResponse:
        messages.success(self.request, self.done)
        return redirect(self.goes_to, self.case.pk)

    def page(self, form: CaseForm, *, status: int = 200) -> HttpResponse:
        context = {
            "case": self.case,
            "form": form,
            "title": self.title(),
            "intro": self.intro,
            "warning": self.warning,
            "button": self.button,
            "back": links.of_case(self.case),
            "multipart": form.is_multipart(),
            **self.context(form),
        }
        return render(self.request, self.template_name, context, status=status)

    def title(self) -> Any:
        return self.offer.label

    def context(self, form: CaseForm) -> dict[str, Any]:
        return {}


class OfficerView(ActionView):
    """A page on one deadline, document or party, for whoever runs the procedure."""

    heading: Any = ""
    states: frozenset[str] | None = None

    def check(self) -> None:
        if not permissions.may_run_procedure(self.case, self.request.user):
            raise PermissionDenied
        if self.states is not None and self.case.state not in self.states:
            raise WrongState(what_happened(self.case, reader=self.request.user))

    def title(self) -> Any:
        return self.heading
