"""Officers stop the clock of a case and let it run, give more time, and explain a delay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Deadline, Extension, ParallelProceeding, Pause, Request
from cases.services.acting import locked, require, require_state
from cases.services.deadlines import FOR_OFFICERS, recompute, today
from cases.workflow import OPEN_STATES

if TYPE_CHECKING:
    from accounts.models import User


def pause(
    case: Case,
    *,
    reason: str,
    by: User,
    note: str = "",
    proceeding: ParallelProceeding | None = None,
    version: int | None = None,
) -> Case:
    """Stop the clock of a case, visibly to the parties.

    Args:
        proceeding: the other proceeding that the case waits for.

    Raises:
        Incomplete: the clock stands already.
    """
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *OPEN_STATES)
        if row.pauses.filter(until=None).exists():
            raise Incomplete(_("The clock stands already."))
        Pause.objects.create(
            case=row,
            since=today(),
            reason=reason,
            note=note.strip(),
            proceeding=proceeding,
            by=by,
        )
        recompute(row)
        record_event(row, EventKind.DEADLINE_PAUSED, by=by, reason=reason)
    return row


def resume(case: Case, *, by: User, version: int | None = None) -> Case:
    """Let the clock run again; open deadlines move by the time that it stood.

    Raises:
        Incomplete: the clock runs.
    """
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        standing_pause = row.pauses.filter(until=None).first()
        if standing_pause is None:
            raise Incomplete(_("The clock runs already."))
        standing_pause.until = today()
        standing_pause.save(update_fields=["until"])
        recompute(row)
        record_event(row, EventKind.DEADLINE_RESUMED, by=by)
    return row


def extend(
    item: Deadline, *, length: int, unit: str, reason: str, by: User, version: int | None = None
) -> Case:
    """Give more time for one deadline, with a reason; the parties are told.

    Raises:
        Incomplete: the deadline is not open.
        ValidationError: the reason is missing or the length is not positive.
    """
    if not reason.strip():
        raise ValidationError(_("Give the reason: the parties are told."))
    if not 1 <= length <= 366:
        raise ValidationError(_("Say how much more time, as a whole number."))
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = row.deadlines.get(pk=item.pk)
        prolong(row, item, length=length, unit=unit, reason=reason.strip(), by=by)
    return row


def prolong(
    case: Case, item: Deadline, *, length: int, unit: str, reason: str, by: User
) -> list[Deadline]:
    """Give more time within a locked case: to both sides where both have the same window.

    Raises:
        Incomplete: the deadline is not open, or can have no more time.
    """
    if not item.is_open:
        raise Incomplete(_("This deadline is not open any more."))
    if item.kind == FOR_OFFICERS:
        raise Incomplete(_("A report of pressure is answered at once. It gets no more time."))
    window = same_window(case, item)
    for row in window:
        row.case = case
        Extension.objects.create(deadline=row, length=length, unit=unit, reason=reason, by=by)
    recompute(case)
    told: dict[str, Any] = {"side": item.side} if item.side and len(window) == 1 else {}
    record_event(case, EventKind.DEADLINE_EXTENDED, by=by, deadline=item.kind, **told)
    return window


def same_window(case: Case, item: Deadline) -> list[Deadline]:
    """Return a deadline with its twin of the other side, where both were asked together."""
    batches = list(Request.objects.filter(deadline=item).values_list("batch", flat=True))
    twins = case.deadlines.open().filter(request__batch__in=batches) if batches else ()
    return list(twins) or [item]


def explain_delay(item: Deadline, *, reason: str, by: User, version: int | None = None) -> Case:
    """Say why a deadline has passed; the parties are told that there is a reason to read.

    Raises:
        Incomplete: the deadline is not overdue.
        ValidationError: the reason is missing.
    """
    if not reason.strip():
        raise ValidationError(_("Give the reason: the parties are told."))
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = row.deadlines.get(pk=item.pk)
        item.case = row
        if not item.is_open or item.due_on >= today():
            raise Incomplete(_("This deadline has not passed."))
        item.overdue_reason = reason.strip()
        item.save(update_fields=["overdue_reason"])
        told: dict[str, Any] = {"side": item.side} if item.side else {}
        record_event(row, EventKind.DEADLINE_EXPLAINED, by=by, deadline=item.kind, **told)
    return row
