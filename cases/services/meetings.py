"""Meetings of the members: when and where, the agenda, who was there. Their protocol stands in
`protocols`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases import permissions, search
from cases.errors import Conflict, Incomplete, Stale
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import (
    Absence,
    AgendaItem,
    Attendance,
    Case,
    Decision,
    Meeting,
    Seat,
)
from cases.models.assessment import DecisionState
from cases.models.meeting import MeetingState, Presence, SeatFunction
from cases.search import meetings as searched
from cases.services import proposals, voting
from cases.services.acting import locked, require
from sealing.models import DataKey

if TYPE_CHECKING:
    from accounts.models import User

OPEN = (MeetingState.PLANNED, MeetingState.HELD)


def may_prepare(user: User) -> bool:
    """Officers prepare meetings and keep their records."""
    return user.has_role(Role.OFFICER)


@contextmanager
def at_work_on(meeting: Meeting, *, version: int | None, by: User) -> Iterator[Meeting]:
    """Yield the meeting locked; it counts one version on when the block ends well."""
    with transaction.atomic():
        row = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
        if version is not None and row.row_version != version:
            raise Stale(_("Somebody changed this meeting since you opened the page."))
        yield row
        row.row_version += 1
        row.save()
        searched.index(row)
        search.renew(*row.items.filter(case__isnull=False).values_list("case_id", flat=True))


@transaction.atomic
def plan(*, begins_at: datetime, place: str, chair: User, secretary: User, by: User) -> Meeting:
    """Plan a meeting.

    Raises:
        ValidationError: the chair is no member, or the secretary no officer.
    """
    require(may_prepare(by))
    _check_people(chair, secretary)
    Seat.objects.select_for_update(no_key=True).filter(function=SeatFunction.CHAIR).first()
    number = (Meeting.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    row = Meeting.objects.create(
        number=number,
        data_key=DataKey.generate(),
        begins_at=begins_at,
        place=place.strip(),
        chair=chair,
        secretary=secretary,
        made_by=by,
    )
    searched.index(row)
    return row


def change(
    meeting: Meeting,
    *,
    begins_at: datetime,
    place: str,
    chair: User,
    secretary: User,
    by: User,
    version: int | None = None,
) -> Meeting:
    """Change when and where a planned meeting is, and who leads it; who was called is told anew."""
    require(may_prepare(by))
    _check_people(chair, secretary)
    with at_work_on(meeting, version=version, by=by) as row:
        require_in(row, MeetingState.PLANNED)
        row.begins_at, row.place = begins_at, place.strip()
        row.chair, row.secretary = chair, secretary
        if row.called_at:
            _tell(row, by=by)
    return row


def _check_people(chair: User, secretary: User) -> None:
    if not chair.has_role(Role.DECISION_MAKER):
        raise ValidationError(_("A member of the NCP chairs the meeting."))
    if not secretary.has_role(Role.OFFICER):
        raise ValidationError(_("An officer is the secretary of the meeting."))
    if chair.pk == secretary.pk:
        raise ValidationError(_("Two different people chair the meeting and keep its protocol."))


def require_in(meeting: Meeting, *states: str) -> None:
    if meeting.state not in states:
        raise Conflict(_("This meeting is over or was called off."))


def add_item(
    meeting: Meeting,
    *,
    by: User,
    case: Case | None = None,
    title: str = "",
    version: int | None = None,
) -> AgendaItem:
    """Put a case (with its open proposal, where there is one) or another matter on the agenda.

    Raises:
        Conflict: the case stands on it already.
        ValidationError: neither a case nor a title is given.
    """
    require(may_prepare(by))
    if case is None and not title.strip():
        raise ValidationError(_("Choose a case, or write what it is about."))
    with at_work_on(meeting, version=version, by=by) as row:
        require_in(row, *OPEN)
        decision = None
        if case is not None:
            if not Case.objects.visible_to(by).filter(pk=case.pk).exists():
                raise PermissionDenied
            require(permissions.may_run_procedure(case, by))
            if row.items.filter(case=case).exists():
                raise Conflict(_("This case stands on the agenda already."))
            decision = case.decisions.filter(state=DecisionState.OPEN).first()
        last = row.items.aggregate(last=Max("position"))["last"] or 0
        item = AgendaItem(
            meeting=row,
            case=case,
            decision=decision,
            title=title.strip() if case is None else "",
            position=last + 1,
        )
        item.save(force_insert=True)
        if case is not None and row.called_at:
            _tell_of(row, case, by=by)
    return item


def remove_item(item: AgendaItem, *, by: User, version: int | None = None) -> None:
    """Take a point off the agenda of a meeting that has not been held."""
    require(may_prepare(by))
    with at_work_on(item.meeting, version=version, by=by) as row:
        require_in(row, MeetingState.PLANNED)
        row.items.filter(pk=item.pk).delete()
        for position, left in enumerate(row.items.order_by("position"), start=1):
            AgendaItem.objects.filter(pk=left.pk).update(position=position)


def call(meeting: Meeting, *, by: User, version: int | None = None) -> Meeting:
    """Call the members to the meeting: each is told of the cases that they may see.

    Raises:
        Incomplete: the agenda is empty.
    """
    require(may_prepare(by))
    with at_work_on(meeting, version=version, by=by) as row:
        require_in(row, MeetingState.PLANNED)
        if not row.items.exists():
            raise Incomplete(_("The agenda is empty."))
        row.called_at = timezone.now()
        _tell(row, by=by)
    return row


def call_off(meeting: Meeting, *, by: User, version: int | None = None) -> Meeting:
    require(may_prepare(by))
    with at_work_on(meeting, version=version, by=by) as row:
        require_in(row, MeetingState.PLANNED)
        row.state = MeetingState.CALLED_OFF
        if row.called_at:
            _tell(row, by=by)
    return row


def _tell(meeting: Meeting, *, by: User) -> None:
    """Put the meeting on record in each case of its agenda; a member gets one mail for all of
    them."""
    call = uuid4()
    for item in meeting.items.exclude(case=None).select_related("case"):
        _tell_of(meeting, item.case, by=by, call=call)


def _tell_of(meeting: Meeting, case: Case | None, *, by: User, call: UUID | None = None) -> None:
    assert case is not None
    with locked(case, by=by) as row:
        record_event(row, EventKind.MEETING_CALLED, by=by, meeting=meeting.pk, call=call)


def record_attendance(
    meeting: Meeting, presences: Mapping[UUID, str], *, by: User, version: int | None = None
) -> Meeting:
    """Note who is there. Who is not cannot vote on the open proposals of the agenda; their
    alternates may.

    Raises:
        ValidationError: somebody is no member.
    """
    require(may_prepare(by))
    with at_work_on(meeting, version=version, by=by) as row:
        require_in(row, *OPEN)
        members = {person.pk: person for person in members_of_ncp()}
        if not set(presences) <= set(members):
            raise ValidationError(_("Choose a member of the NCP."))
        stands_in = {
            seat.user_id: seat.stands_in_for_id
            for seat in Seat.objects.current().filter(function=SeatFunction.ALTERNATE)
        }
        row.attendances.all().delete()
        Attendance.objects.bulk_create(
            Attendance(
                meeting=row,
                user_id=pk,
                presence=Presence(presence),
                in_place_of_id=stands_in.get(pk) if presence == Presence.PRESENT else None,
            )
            for pk, presence in presences.items()
        )
        for item in row.items.filter(decision__state=DecisionState.OPEN):
            _note_absences(item, presences, members, by=by)
    return row


def _note_absences(
    item: AgendaItem, presences: Mapping[UUID, str], members: Mapping[UUID, User], *, by: User
) -> None:
    decision = Decision.objects.select_related("case").get(agenda_items=item)
    if not (
        Case.objects.visible_to(by).filter(pk=decision.case_id).exists()
        and permissions.may_run_procedure(decision.case, by)
    ):
        return
    alternates = set(
        Seat.objects.current()
        .filter(function=SeatFunction.ALTERNATE)
        .values_list("user_id", flat=True)
    )
    noted = {row.member_id: row for row in Absence.objects.filter(decision=decision, ended_at=None)}
    voted = set(decision.votes.filter(set_aside_at=None).values_list("member_id", flat=True)) | set(
        decision.votes.filter(set_aside_at=None).values_list("in_place_of_id", flat=True)
    )
    out = voting.barred(decision)
    for pk, presence in presences.items():
        if pk in alternates or pk in voted or pk in out:
            continue
        if presence != Presence.PRESENT and pk not in noted:
            proposals.record_absence(decision, member=members[pk], by=by)
        elif presence == Presence.PRESENT and pk in noted:
            proposals.end_absence(noted[pk], by=by)


def members_of_ncp() -> list[User]:
    """Return everybody who has a seat, alternates too, in the order of their names."""
    from accounts.models import User as Person

    return list(Person.objects.holding(Role.DECISION_MAKER).order_by("name", "pk"))
