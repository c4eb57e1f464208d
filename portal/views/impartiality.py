"""Who decides in a case, and a party's doubts about somebody's impartiality."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.services import conflicts
from cases.workflow import OPEN_STATES
from portal import deciders
from portal.forms.case import ChallengeForm
from portal.views.base import ActionView


class Deciders(ActionView):
    """The people who decide; a party may challenge one of them, with reasons."""

    action = "deciders"
    form_class = ChallengeForm
    template_name = "portal/deciders.html"
    heading = _("Who decides in your case")
    button = _("Send the challenge")
    done = _("Your challenge is on record. Others decide on it, and you will read their reasons.")
    goes_to = "portal:deciders"

    def check(self) -> None:
        super().check()
        self.people = deciders.deciders_of(self.case)

    def form_arguments(self) -> dict[str, Any]:
        return {"people": self.people}

    def context(self) -> dict[str, Any]:
        return {
            "people": self.people,
            "challenges": deciders.own_challenges(self.case, self.request.user),
            "decided": deciders.decided(self.case),
            "may_challenge": bool(self.people) and self.case.state in OPEN_STATES,
        }

    def perform(self, form: Any) -> None:
        conflicts.challenge(
            self.case,
            challenged=User.objects.get(pk=form.cleaned_data["challenged"]),
            side=self.side,
            reasons=form.cleaned_data["reasons"],
            by=self.request.user,
        )
