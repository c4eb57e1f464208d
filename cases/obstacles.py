"""What stands in the way of a decision, said to whoever came to take the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cases.held import matching
from cases.models.assessment import DecisionState
from cases.services.assessment import unanswered
from cases.services.voting import why_no_vote
from cases.workflow import State

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case


def in_the_way(case: Case, user: User, action: str) -> str:
    """Return why the next step of a decision cannot be taken now, "" where the state of the case
    says it already."""
    if case.state != State.INITIAL_ASSESSMENT or action not in ("propose", "vote", "count-votes"):
        return ""
    proposals = matching(case, "decisions", state=DecisionState.OPEN)
    if action == "propose":
        if proposals:
            return _("A proposal is waiting for the members already.")
        if not case.is_served:
            return _("The enterprise has not been told of the case yet.")
        return _("Not every criterion is answered yet.") if unanswered(case) else ""
    if not proposals:
        return _("No proposal is open: it was adopted, rejected or taken back.")
    proposals[0].case = case
    if action == "vote":
        return why_no_vote(proposals[0], user)
    return _("Too few members have voted, or ballots may still come.")
