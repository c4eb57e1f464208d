"""What is so of a case now, for the actions that are open: asked of its history and its rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils import timezone

from cases.held import has, held, matching
from cases.kinds import EventKind
from cases.models.assessment import DecisionState
from cases.services.voting import counted, is_closed

if TYPE_CHECKING:
    from cases.models import Case, CaseEvent


WITH_A_MEDIATOR = (EventKind.REFERRAL_PROPOSED, EventKind.MEDIATOR_APPOINTED)
WITH_NO_MEDIATOR = (
    EventKind.REFERRAL_DECLINED,
    EventKind.REFERRAL_REVOKED,
    EventKind.MEDIATION_CONCLUDED,
)
LAPSING = (EventKind.LAPSE_WARNED, EventKind.LAPSE_ANSWERED)
RECALL_SETTLED = (EventKind.RECALL_CONFIRMED, EventKind.RECALL_REJECTED)
SETTLING = (
    EventKind.SETTLEMENT_REPORTED,
    EventKind.SETTLEMENT_ANSWERED,
    EventKind.SETTLEMENT_DROPPED,
)


def never_happened(kind: EventKind) -> Callable[[Case], bool]:
    return lambda case: not has(case, "events", kind=kind)


def has_open_proposal(case: Case, by_rule: str = "") -> bool:
    more = {"decided_by_rule": by_rule} if by_rule else {}
    return has(case, "decisions", state=DecisionState.OPEN, **more)


def asks_in_writing(case: Case) -> bool:
    return any(row.closes_on for row in matching(case, "decisions", state=DecisionState.OPEN))


def is_past_its_day(case: Case) -> bool:
    """Tell whether the day for the ballots went by without a result, for want of a quorum."""
    return any(
        is_closed(row) and len(counted(row)) < row.quorum
        for row in matching(case, "decisions", state=DecisionState.OPEN)
    )


def still_asks_in_writing(case: Case) -> bool:
    return asks_in_writing(case) and not is_past_its_day(case)


def last_of(case: Case, *kinds: EventKind) -> str:
    """Return the kind that happened last of some, as the history has it; "" for none."""
    events = held(case, "events")
    if events is None:
        events = list(case.events.filter(kind__in=kinds).order_by("sequence"))
    return next((event.kind for event in reversed(events) if event.kind in kinds), "")


def may_lapse(case: Case) -> bool:
    return case.is_served and last_of(case, *LAPSING) == EventKind.LAPSE_WARNED


def may_be_settled(case: Case) -> bool:
    return (
        case.is_served
        and not may_lapse(case)
        and last_of(case, *SETTLING) in SETTLING[:2]  # reported, or answered by a side
    )


def may_end_otherwise(case: Case) -> bool:
    return case.is_served and not may_lapse(case) and not may_be_settled(case)


def is_with_a_mediator(case: Case) -> bool:
    """Tell whether a referral is worked on, as the history has it."""
    return last_of(case, *WITH_A_MEDIATOR, *WITH_NO_MEDIATOR) in WITH_A_MEDIATOR


def has_unconfirmed_counsel(case: Case) -> bool:
    now = timezone.now()
    return any(
        row.is_counsel
        and row.counsel_confirmed_at is None
        and row.side
        and (row.until is None or row.until > now)
        for row in matching(case, "participations")
    )


def is_review_open(case: Case) -> bool:
    """Tell whether a window to ask for a review was opened and no review is decided since."""
    opened = EventKind.REVIEW_WINDOW_OPENED
    return last_of(case, opened, EventKind.REVIEW_CONCLUDED) == opened


def is_review_asked(case: Case) -> bool:
    """Tell whether a side asked for a review that nobody decided on, as the history has it."""
    asked = EventKind.REVIEW_ASKED
    return last_of(case, asked, EventKind.REVIEW_CONCLUDED) == asked


def recalls_that_wait(case: Case) -> list[CaseEvent]:
    """Return the events by which material was stopped and that no second person settled yet."""
    kinds = (EventKind.RECALL_BEGUN, *RECALL_SETTLED)
    events = held(case, "events")
    if events is None:
        events = list(case.events.filter(kind__in=kinds).order_by("sequence"))
    settled = {event.data["recall"] for event in events if event.kind in RECALL_SETTLED}
    return [
        event
        for event in events
        if event.kind == EventKind.RECALL_BEGUN and event.data["recall"] not in settled
    ]
