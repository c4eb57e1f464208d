"""The members as a body: their chair, an alternate, yearly interests, a meeting that is called."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from cases.models import Case, Decision
from cases.models.assessment import DecisionState
from cases.services import assessment, conflicts, interests, meetings, seats
from cases.services.interests import InterestData
from config.demonstration.words import DOUBTS


def seat(people: dict[str, User]) -> None:
    """Name the chair and the alternate, before the first case."""
    by = people["administrator"]
    seats.name_chair(people["member3"], by=by)
    seats.name_alternate(people["member4"], stands_in_for=people["member"], by=by)


def work(people: dict[str, User], now: datetime) -> None:
    """Call the members to the proposal that waits, and let one of them declare interests that
    resemble its enterprise."""
    interests.declare_year(by=people["member3"])
    waiting = Decision.objects.filter(state=DecisionState.OPEN).select_related("case").first()
    if waiting is None:
        return
    case = Case.objects.get(pk=waiting.case_id)
    enterprise = case.parties.filter(side="respondent").first()
    if enterprise is not None:
        interests.declare_year(
            by=people["member"], added=[InterestData("holding", enterprise.name, "1 %")]
        )
    party = case.participations.current().filter(side="complainant").first()
    if party is not None:
        conflicts.challenge(
            case,
            challenged=people["member2"],
            side="complainant",
            reasons=DOUBTS[case.language],
            by=party.user,
        )
    officer = people["officer"]
    begins_at = (now + timedelta(days=6)).replace(hour=5, minute=0, second=0, microsecond=0)
    meeting = meetings.plan(
        begins_at=begins_at,
        place="Кабинет 305",
        chair=people["member3"],
        secretary=officer,
        by=officer,
    )
    meetings.add_item(meeting, case=case, by=officer)
    with override(officer.language):
        meetings.add_item(meeting, title=_("Dates of the next meetings"), by=officer)
    meetings.call(meeting, by=officer)


def cite(case: Case, *, by: User) -> None:
    """Let the answers to the criteria rest on what the enterprise answered."""
    answer = case.messages.filter(is_response=True).first()
    if answer is None:
        return
    for issue in case.issues.all():
        assessment.answer_criteria(
            issue, {}, cited={"substantiated": [assessment.Cited(message=answer)]}, by=by
        )
