"""Who works on a case: the officer, declarations on conflicts of interest, the parties' codes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cases.disclosure import Audience, disclosed_parties
from cases.services import conflicts, interests, members, naming, registration
from desk import letters
from desk.forms.people import AssignForm, CounselForm, DeclareForm, NamesForm
from desk.forms.registration import RenewAccessForm
from desk.views.base import ActionView, OfficerView


class Assign(ActionView):
    action = "assign"
    form_class = AssignForm
    intro = _("The officer named before keeps the desk's view of the case, but no withheld names.")
    button = _("Name the officer")

    def perform(self, form: Any) -> None:
        officer = form.cleaned_data["officer"]
        registration.assign_officer(
            self.case, officer=officer, by=self.request.user, version=form.version
        )
        self.done = _("%(name)s is the officer of the case now.") % {"name": officer.name}


class Declare(ActionView):
    action = "declare"
    form_class = DeclareForm
    template_name = "desk/declare.html"
    parts = (*ActionView.parts, "parties", "representations")
    intro = _("Every person who decides says so for each case. The declaration stays on record.")
    button = _("Declare")
    done = _("Your declaration is on record.")

    def context(self, form: Any) -> dict[str, Any]:
        user = self.request.user
        is_missing = user.has_role(*interests.DECLARING) and not interests.of_year(
            user, interests.current_year()
        )
        return {
            "parties": disclosed_parties(self.case, self.audience),
            "hints": self.hints,
            "interests": reverse("desk:interests") if is_missing else "",
        }

    @cached_property
    def hints(self) -> list[interests.Hint]:
        return interests.hints(self.case, self.request.user, to=self.audience)

    @cached_property
    def lines(self) -> dict[int, str]:
        """What the yearly declaration puts into the explanation, by the id of the interest."""
        return {
            hint.id: str(
                _("%(kind)s: %(name)s")
                % {
                    "kind": hint.kind_label,
                    "name": ", ".join(filter(None, (hint.interest, hint.detail))),
                }
            )
            for hint in self.hints
        }

    def form(self, *args: Any) -> DeclareForm:
        """Prefill the explanation with what the yearly declaration says; the person decides."""
        initial = {"explanation": "\n".join(dict.fromkeys(self.lines.values()))}
        return DeclareForm(*args, case=self.case, initial=initial)

    def perform(self, form: Any) -> bool:
        has_conflict = form.cleaned_data["has_conflict"] == "yes"
        explanation = form.cleaned_data["explanation"]
        conflicts.declare(
            self.case,
            by=self.request.user,
            has_conflict=has_conflict,
            explanation=explanation,
            prefilled=interests.still_there(self.hints, explanation, self.lines),
            version=form.version,
        )
        return has_conflict

    def finish(self, result: bool) -> HttpResponse:
        if not result:
            return super().finish(result)
        messages.success(
            self.request, _("Your conflict of interest is on record. The case is closed to you.")
        )
        return redirect("desk:worklist")


class ConfirmCounsel(ActionView):
    """A side named a lawyer. The new code is shown once and is handed to the lawyer alone."""

    action = "confirm-counsel"
    form_class = CounselForm
    parts = (*ActionView.parts, "parties")
    intro = _(
        "Counsel may read documents that are shown to counsel only. The side that named the "
        "person knows their code: they get a new one, which you hand to them and nobody else."
    )
    button = _("Confirm, and give the new code")

    def check(self) -> None:
        super().check()
        if self.audience != Audience.NAMED_OFFICER:
            raise PermissionDenied(_("Only the officers named on the case give new codes."))

    def perform(self, form: Any) -> letters.Letter:
        row = form.cleaned_data["person"]
        code = members.confirm_counsel(
            row, check=form.cleaned_data["check"], by=self.request.user, version=form.version
        )
        return letters.for_counsel(self.case, row, code)

    def finish(self, result: letters.Letter) -> HttpResponse:
        return _shown_once(self, result)


class RenewAccess(OfficerView):
    """A party lost its code. The new one is shown once, in the answer to the click."""

    form_class = RenewAccessForm
    heading = _("Give a new access code")
    intro = _("The codes that this party had stop working at once, on every device.")
    button = _("Give the new code")
    parts = (*OfficerView.parts, "parties")

    def check(self) -> None:
        super().check()
        self.party = next(
            (
                party
                for party in self.case.parties.all()
                if party.pk == self.kwargs["item"] and party.left_at is None
            ),
            None,
        )
        if self.party is None:
            raise Http404
        if self.audience != Audience.NAMED_OFFICER:
            raise PermissionDenied(_("Only the officers named on the case give new codes."))

    def title(self) -> Any:
        return _("Give a new access code: %(name)s") % {"name": self.party.name}

    def perform(self, form: Any) -> letters.Letter:
        code = registration.renew_access(
            self.case,
            self.party,
            by=self.request.user,
            check=form.cleaned_data["check"],
            version=form.version,
        )
        return letters.with_new_code(self.case, self.party, code)

    def finish(self, result: letters.Letter) -> HttpResponse:
        return _shown_once(self, result)


class Names(OfficerView):
    """Somebody who is reached on paper or by telephone decides anew who may know a name."""

    form_class = NamesForm
    template_name = "desk/names.html"
    heading = _("Change who may know the names")
    intro = _("For people who do not use the portal. What was shown already cannot be taken back.")
    button = _("Save")
    done = _("Saved. The side reads in its case that it was changed.")

    def check(self) -> None:
        super().check()
        if not naming.may_decide(self.case, self.request.user):
            raise PermissionDenied(_("Only the officers named on the case change this."))

    def form_arguments(self) -> dict[str, Any]:
        return {"people": naming.named(self.case)}

    def perform(self, form: Any) -> None:
        naming.decide(
            self.case,
            form.wanted(),
            by=self.request.user,
            note=form.cleaned_data["note"],
            version=form.version,
        )


def _shown_once(view: ConfirmCounsel | RenewAccess, letter: letters.Letter) -> HttpResponse:
    """Show a letter with a code, in the answer to the click and never again."""
    sealed = letters.seal(letter, case=view.case, by=view.request.user)
    context = {"case": view.case, "letters": [letters.Sealed(letter, sealed)], "is_new_code": True}
    return render(view.request, "desk/letters.html", context)
