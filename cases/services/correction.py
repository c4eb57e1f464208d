"""A mistaken click is taken back: proposed by one person, confirmed by another; nothing is
deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.held import held
from cases.kinds import EventKind
from cases.models import Case, CaseEvent, Correction
from cases.services import deadlines, undoing
from cases.services.acting import locked, require
from cases.workflow import MOVES, State

if TYPE_CHECKING:
    from accounts.models import User

LEADS_TO = {
    EventKind.REGISTERED: State.INITIAL_ASSESSMENT,
    EventKind.NOT_REGISTERED: State.NOT_REGISTERED,
    EventKind.WITHDRAWN: State.WITHDRAWN,
    # An assessment that accepts an issue goes on, in the same step, to the offer.
    EventKind.ASSESSMENT_CONCLUDED: State.FINAL_STATEMENT,
    EventKind.GOOD_OFFICES_OFFERED: State.MEDIATION,
    EventKind.GOOD_OFFICES_CONCLUDED: State.FINAL_STATEMENT,
    EventKind.ENDED_EARLY: State.FINAL_STATEMENT,
    EventKind.EXAMINATION_BEGUN: State.EXAMINATION,
    EventKind.EXAMINATION_CONCLUDED: State.FINAL_STATEMENT,
    EventKind.GOOD_OFFICES_RESUMED: State.MEDIATION,
    EventKind.HELD_FOR_REVIEW: State.HELD_FOR_REVIEW,
    EventKind.CLOSED: State.CLOSED,
    EventKind.FOLLOW_UP_BEGUN: State.FOLLOW_UP,
    EventKind.FOLLOW_UP_CONCLUDED: State.FINAL_STATEMENT,
}
SAME_STEP: dict[str, str] = {
    EventKind.GOOD_OFFICES_OFFERED: EventKind.ASSESSMENT_CONCLUDED,
    EventKind.EXAMINATION_BEGUN: EventKind.GOOD_OFFICES_CONCLUDED,
}
"""One act of a person can be two events, one after the other: the second and the first of them."""
CANNOT_BE_TAKEN_BACK = frozenset({State.RECEIVED, State.CLOSED})
"""A number that was given and a statement that was published stay; a new version supersedes
them."""


def state_before(case: Case) -> State | None:
    """Return the state that the last step came from, or None where it cannot be taken back."""
    if case.state in CANNOT_BE_TAKEN_BACK or (
        case.reference and case.state == State.INITIAL_ASSESSMENT
    ):
        return None
    states = [State.RECEIVED]
    for event in held(case, "events") or case.events.order_by("sequence"):
        if event.kind == EventKind.CORRECTION_CONFIRMED:
            # What was taken back is no step any more: the next correction goes further back.
            while states and states[-1] != event.data["to_state"]:
                states.pop()
            states = states or [State(event.data["to_state"])]
        elif event.kind == EventKind.REVIEW_CONCLUDED:
            states.append(
                {
                    "rejected": State.FINAL_STATEMENT,
                    "examination": State.EXAMINATION,
                    "assessment": State.INITIAL_ASSESSMENT,
                }[event.data["result"]]
            )
        elif event.kind in LEADS_TO:
            states.append(LEADS_TO[EventKind(event.kind)])
    before = [state for state in states if state != case.state]
    candidates = {s for move in MOVES if move.target == case.state for s in move.sources}
    return next((state for state in reversed(before) if state in candidates), None)


def step_of(case: Case) -> int | None:
    """Return the number of the event with which the last step of a case began."""
    steps, _taken_back = _steps(case)
    return steps[-1] if steps else None


def taken_back(case: Case) -> list[tuple[int, int]]:
    """Return the stretches of a history that were taken back: the number of the event with which
    the step began and of that which took it back."""
    return _steps(case)[1]


def _steps(case: Case) -> tuple[list[int], list[tuple[int, int]]]:
    events = held(case, "events")
    if events is None:
        events = list(case.events.order_by("sequence"))
    steps: list[int] = []
    stretches: list[tuple[int, int]] = []
    last = None
    for event in events:
        if event.kind == EventKind.CORRECTION_CONFIRMED:
            if steps:
                stretches.append((steps.pop(), event.sequence))
            last = None
        elif event.kind in LEADS_TO or event.kind == EventKind.REVIEW_CONCLUDED:
            is_second = (
                last is not None
                and event.sequence == last.sequence + 1
                and SAME_STEP.get(event.kind) == last.kind
            )
            if not is_second:
                steps.append(event.sequence)
            last = event
    return steps, stretches


def propose(case: Case, *, reason: str, by: User, version: int | None = None) -> Correction:
    """Propose to take the last step back.

    Raises:
        Incomplete: no reason is given, the step cannot be taken back, or a proposal is open.
    """
    if not reason.strip():
        raise Incomplete(_("Say what went wrong."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        target = state_before(row)
        if target is None or row.corrections.filter(settled_at=None).exists():
            raise Incomplete(_("This step cannot be taken back."))
        correction = Correction.objects.create(
            case=row,
            from_state=row.state,
            to_state=target,
            reason=reason.strip(),
            proposed_by=by,
        )
        record_event(row, EventKind.CORRECTION_PROPOSED, by=by, correction=correction.pk)
    return correction


def may_settle(correction: Correction, user: User) -> bool:
    """Tell whether the person may confirm: another officer or member, never the one who
    proposed."""
    return (
        correction.settled_at is None
        and correction.proposed_by_id != user.pk
        and (
            permissions.may_run_procedure(correction.case, user)
            or permissions.may_decide(correction.case, user)
        )
    )


def settle(
    correction: Correction, *, confirm: bool, by: User, version: int | None = None
) -> CaseEvent:
    """Confirm or reject a proposed correction; a confirmed one puts the case into the state before.

    Raises:
        Conflict: the case moved on since, or the proposal was settled.
        PermissionDenied: the person proposed it, or has no right to confirm.
    """
    with locked(correction.case, version=version, by=by) as row:
        correction = Correction.objects.select_for_update().get(pk=correction.pk)
        if correction.settled_at or (confirm and row.state != correction.from_state):
            raise Conflict(_("The case has moved on since this was proposed."))
        require(may_settle(correction, by))
        correction.settled_at, correction.confirmed_by = timezone.now(), by
        correction.save()
        if not confirm:
            return record_event(row, EventKind.CORRECTION_REJECTED, by=by, correction=correction.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('good_offices.correction', %s, true)", [str(row.pk)])
        step, before = step_of(row), taken_back(row)
        undoing.undo(row, correction, since=step)
        row.take_back(correction.to_state)
        event = record_event(
            row,
            EventKind.CORRECTION_CONFIRMED,
            by=by,
            correction=correction.pk,
            from_state=correction.from_state,
            to_state=correction.to_state,
        )
        if step is not None:
            deadlines.restore(row, since=step, taken_back=before)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('good_offices.correction', '', true)")
    return event
