"""What the NCP asks of a side by a day, and what a side asks for: more time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions, rules
from cases.calendar import WorkCalendar
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import (
    Case,
    CaseDocument,
    Deadline,
    Message,
    MessageDocument,
    Request,
    TimeRequest,
)
from cases.models.party import Side
from cases.services import clock, deadlines
from cases.services.acting import locked, require, require_state
from cases.timeframes import Extended, Paused, compute
from cases.workflow import OPEN_STATES

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = timedelta(days=366)


def ask(
    case: Case,
    *,
    sides: Collection[str],
    text: str,
    due_on: date,
    by: User,
    version: int | None = None,
) -> list[Request]:
    """Ask one side or both for something: the same words, the same second, the same day.

    A day that is no working day moves to the next one.

    Raises:
        ValidationError: no side, no text, or a day that is not ahead.
        Incomplete: the enterprise was not told of the case yet.
    """
    if not text.strip():
        raise ValidationError(_("Write what you ask for."))
    if not sides or not set(sides) <= set(Side.values):
        raise ValidationError(_("Choose whom you ask."))
    if not deadlines.today() < due_on <= deadlines.today() + LONGEST:
        raise ValidationError(_("Give a day ahead, within a year."))
    with locked(case, version=version, by=by) as row:
        require_state(row, *OPEN_STATES)
        require(permissions.may_run_procedure(row, by))
        if Side.RESPONDENT in sides and not row.is_served:
            raise Incomplete(_("The enterprise was not told of the case yet."))
        due_on = deadlines.calendar().working_day_from(due_on)
        now, batch, asked = timezone.now(), uuid.uuid4(), []
        for side in sorted(sides):
            pk = uuid.uuid4()
            event = record_event(row, EventKind.REQUEST_MADE, by=by, at=now, side=side, request=pk)
            deadline = deadlines.open_one(
                row, "request", event, side=side, owed_by=side, due_on=due_on
            )
            asked.append(
                Request.objects.create(
                    id=pk,
                    case=row,
                    batch=batch,
                    side=side,
                    text=text.strip(),
                    deadline=deadline,
                    asked_by=by,
                    asked_at=now,
                )
            )
    return asked


def answer(
    request: Request, *, text: str, by: User, documents: Iterable[CaseDocument] = ()
) -> Message:
    """Answer a request of the NCP, late or not; the other side does not read it.

    Raises:
        ValidationError: the text is empty.
        Conflict: it was answered or taken back already.
    """
    if not text.strip():
        raise ValidationError(_("Write the answer."))
    with locked(request.case, by=by) as row:
        require(permissions.is_party_member(row, by, side=request.side))
        request = _open_request(row, request)
        message = Message.objects.create(
            case=row,
            side=request.side,
            sender=request.side,
            sent_by=by,
            subject=_("Answer to your request"),
            text=text.strip(),
        )
        MessageDocument.objects.bulk_create(
            MessageDocument(message=message, case_document=item) for item in documents
        )
        request.answer, request.answered_at = message, timezone.now()
        request.save(update_fields=["answer", "answered_at"])
        record_event(
            row,
            EventKind.REQUEST_ANSWERED,
            by=by,
            side=request.side,
            request=request.pk,
            message=message.pk,
        )
        deadlines.end_one(row, request.deadline)
    return message


def close(request: Request, *, by: User, version: int | None = None) -> Request:
    """Take a request back, or settle one that was answered another way.

    Raises:
        Conflict: it was answered or taken back already.
    """
    with locked(request.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        request = _open_request(row, request)
        request.closed_at = timezone.now()
        request.save(update_fields=["closed_at"])
        record_event(row, EventKind.REQUEST_CLOSED, by=by, side=request.side, request=request.pk)
        deadlines.end_one(row, request.deadline, is_met=False)
    return request


def _open_request(case: Case, request: Request) -> Request:
    request = case.requests.select_related("deadline").get(pk=request.pk)
    if not request.is_open or not request.deadline.is_open:
        raise Conflict(_("This request is answered or taken back."))
    return request


# More time


def may_have_more_time(item: Deadline, side: str) -> bool:
    """Tell whether a side owes a deadline that runs, and so may ask for more time."""
    return (
        item.is_open
        and item.owed_by in (side, "both")
        and item.side in ("", side)
        and item.kind != deadlines.FOR_OFFICERS
    )


def ask_for_more_time(
    item: Deadline, *, side: str, wanted_on: date, reason: str, by: User
) -> TimeRequest:
    """Ask the officer for more time; until then the day holds.

    Raises:
        ValidationError: no reason, or a day that is no later than the one that holds.
        Conflict: this side asked already and has no answer yet, or the deadline is over.
    """
    if not reason.strip():
        raise ValidationError(_("Say why you need more time."))
    with locked(item.case, by=by) as row:
        require(permissions.is_party_member(row, by, side=side))
        item = row.deadlines.get(pk=item.pk)
        if not may_have_more_time(item, side):
            raise Incomplete(_("This deadline is not open any more."))
        if not max(item.due_on, deadlines.today()) < wanted_on <= item.due_on + LONGEST:
            raise ValidationError(_("Choose a day after the one that holds now, within a year."))
        if item.time_requests.filter(side=side, decided_at=None).exists():
            raise Conflict(_("Your side asked already. The officer has not answered yet."))
        asked = TimeRequest.objects.create(
            deadline=_of(item, row),
            side=side,
            wanted_on=wanted_on,
            reason=reason.strip(),
            asked_by=by,
        )
        record_event(row, EventKind.MORE_TIME_ASKED, by=by, side=side, deadline=item.kind)
    return asked


def grant(
    asked: TimeRequest, *, until: date, reason: str, by: User, version: int | None = None
) -> TimeRequest:
    """Give more time: to both sides, where both have the same window.

    Args:
        until: the day that the officer gives, which may differ from the one that was wanted.
        reason: what the sides read beside the new day.

    Raises:
        ValidationError: no reason, or a day that is no later than the one that holds.
        Conflict: it was decided already.
    """
    if not reason.strip():
        raise ValidationError(_("Give the reason: the parties are told."))
    with locked(asked.deadline.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        asked = _undecided(row, asked)
        if not asked.deadline.due_on < until <= asked.deadline.due_on + LONGEST:
            raise ValidationError(_("Choose a day after the one that holds now, within a year."))
        length, unit = length_until(asked.deadline, until)
        window = clock.prolong(
            row, asked.deadline, length=length, unit=unit, reason=reason.strip(), by=by
        )
        _decide(asked, is_granted=True, answer=reason, by=by)
        # The other side's own wish for the same window is met with it, if the day is enough.
        for other in TimeRequest.objects.filter(
            deadline__in=window, decided_at=None, wanted_on__lte=until
        ):
            other.deadline.case = row
            _decide(other, is_granted=True, answer=reason, by=by)
    return asked


def refuse(asked: TimeRequest, *, reason: str, by: User, version: int | None = None) -> TimeRequest:
    """Refuse more time with a reason that the side reads.

    Raises:
        ValidationError: the reason is missing.
        Conflict: it was decided already.
    """
    if not reason.strip():
        raise ValidationError(_("Give the reason: the side that asked reads it."))
    with locked(asked.deadline.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        asked = _undecided(row, asked)
        _decide(asked, is_granted=False, answer=reason, by=by)
        record_event(
            row,
            EventKind.MORE_TIME_REFUSED,
            by=by,
            side=asked.side,
            deadline=asked.deadline.kind,
        )
    return asked


def _undecided(case: Case, asked: TimeRequest) -> TimeRequest:
    asked = TimeRequest.objects.select_related("deadline").get(pk=asked.pk)
    _of(asked.deadline, case)
    if asked.decided_at:
        raise Conflict(_("This was decided already."))
    return asked


def _decide(asked: TimeRequest, *, is_granted: bool, answer: str, by: User) -> None:
    asked.is_granted, asked.answer = is_granted, answer.strip()
    asked.decided_by, asked.decided_at = by, timezone.now()
    asked.save()


def _of(item: Deadline, case: Case) -> Deadline:
    item.case = case
    return item


def length_until(item: Deadline, until: date) -> tuple[int, str]:
    """Return the shortest extension that reaches a day, in the unit of the deadline's rule."""
    rule = rules.load(item.case.rule_set).deadline(item.kind)
    unit = "working_days" if rule.unit == "working_days" and item.kind != "request" else "days"
    reaches = _reach(item, unit, deadlines.calendar())
    return next(days for days in range(1, 400) if reaches(days) >= until), unit


def _reach(item: Deadline, unit: str, days: WorkCalendar) -> Callable[[int], date]:
    pauses = [Paused(pause.since, pause.until) for pause in item.case.pauses.all()]
    given = [Extended(more.length, more.unit) for more in item.extensions.all()]
    length = deadlines.length_of(item)
    return lambda more: (
        compute(
            length,
            item.opened_on,
            calendar=days,
            pauses=pauses,
            extensions=[*given, Extended(more, unit)],
            today=deadlines.today(),
        ).due_on
    )
