"""A submission is taken in: receipt confirmed, registered or not, the enterprise told."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from cases.letters import drafts, wording
from cases.models import Party
from cases.models.party import Side
from cases.services import registration
from cases.workflow import State
from desk import letters
from desk.forms.registration import DeclineRegistrationForm, NotifyForm
from desk.views import letters as letters_of_case
from desk.views.base import ActionView
from desk.views.letters import LetterActionView


class Acknowledge(LetterActionView):
    action = "acknowledge"
    letter = "acknowledgement"
    intro = _("The complainant is told that the submission arrived and that somebody reads it.")
    button = _("Confirm receipt")
    done = _("Receipt is confirmed.")

    def act(self, form: Any) -> None:
        registration.acknowledge(self.case, by=self.request.user, version=form.version)


class Register(ActionView):
    action = "register"
    intro = _(
        "The case gets its reference number and the initial assessment begins. You become the "
        "officer of the case and may read withheld names."
    )
    button = _("Register")

    def perform(self, form: Any) -> None:
        case = registration.register(self.case, by=self.request.user, version=form.version)
        self.done = _("Registered as %(reference)s.") % {"reference": case.reference}


class DeclineRegistration(ActionView):
    action = "decline-registration"
    form_class = DeclineRegistrationForm
    intro = _("Say why this is not a specific instance, and answer the person who wrote to us.")
    warning = _("The case ends here. Nothing is published and no enterprise is told.")
    button = _("Do not register")
    done = _("Not registered. Your reply was sent.")
    parts = tuple(dict.fromkeys((*ActionView.parts, *letters_of_case.PARTS)))

    def form(self, *args: Any) -> Any:
        form = super().form(*args)
        kind = wording.kinds()["not_registered"]
        form.fields["reply"].initial = drafts.draft(self.case, kind, Side.COMPLAINANT).text
        return form

    def perform(self, form: Any) -> None:
        registration.decline_registration(
            self.case,
            by=self.request.user,
            reason=form.cleaned_data["reason"],
            reply=form.cleaned_data["reply"],
            version=form.version,
        )


class Notify(ActionView):
    """Tells the enterprises. The answer to the click shows their access codes, once: they stand in
    no address, session or log, and a page loaded anew cannot show them."""

    action = "notify"
    form_class = NotifyForm
    template_name = "desk/notify.html"
    parts = (*ActionView.parts, "parties")
    warning = _(
        "From then on the enterprise reads what is disclosed to it, and the case ends with a "
        "published statement."
    )
    button = _("Tell the enterprise and show the letters")

    def context(self, form: Any) -> dict[str, Any]:
        withheld = [
            party
            for party in self.case.parties.all()
            if party.side == Side.COMPLAINANT and not party.shown_to_respondent
        ]
        return {
            "respondents": self.respondents,
            "withheld": len(withheld),
            "asks_first": self._asks_first(),
        }

    @property
    def respondents(self) -> list[Party]:
        return [
            party
            for party in self.case.parties.all()
            if party.side == Side.RESPONDENT and party.left_at is None
        ]

    def form_arguments(self) -> dict[str, Any]:
        return {"parties": self.respondents}

    def _asks_first(self) -> bool:
        """Tell whether whoever filed wants to be asked once more before the enterprise is told."""
        held = getattr(self.case, "submission", None)
        return held is not None and bool(json.loads(held.content).get("ask_before_telling"))

    def perform(self, form: Any) -> list[letters.Letter]:
        told = registration.notify_respondents(
            self.case,
            by=self.request.user,
            languages=form.languages(),
            version=form.version,
        )
        self.case.refresh_from_db(fields=["served_at", "reference", "state"])
        return [letters.to_enterprise(self.case, item.party, item.code) for item in told]

    def finish(self, result: list[letters.Letter]) -> HttpResponse:
        assert self.case.state == State.INITIAL_ASSESSMENT
        sealed = [
            letters.Sealed(item, letters.seal(item, case=self.case, by=self.request.user))
            for item in result
        ]
        return render(self.request, "desk/letters.html", {"case": self.case, "letters": sealed})
