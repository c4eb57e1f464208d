"""A calendar of one's own deadlines and meetings, at a secret address that can be ended.

The calendar lies with whoever keeps the person's calendars, on telephones and abroad. It says the
number of a case and what kind of deadline ends when, and nothing else: no name, no title, no place.
That somebody reported pressure is not said at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User as Person
from accounts.roles import Role
from cases import rules
from cases.deputies import stood_in_for
from cases.models import Case, Deadline, Decision, Meeting, Task
from cases.models.assessment import DecisionState
from cases.models.meeting import MeetingState
from cases.querysets import NCP_ROLES
from cases.services import deadlines
from notifications.models import CalendarAddress
from sealing.keys import keyed_digest

if TYPE_CHECKING:
    from accounts.models import User

BACK = timedelta(days=60)
MOST = 500
MEETING = timedelta(hours=2)
"""How long a meeting is shown; nobody says when it will end."""


@dataclass(frozen=True)
class Entry:
    """A day, or a moment, of the calendar."""

    uid: str
    summary: str
    on: date | None = None
    at: datetime | None = None
    is_off: bool = False


def _digest(secret: str) -> str:
    return keyed_digest(settings.CODE_PEPPER, "calendar-address", secret.encode()).hex()


def address_of(user: User) -> CalendarAddress | None:
    """Return the address that stands; what it is, is shown once when it is made."""
    return CalendarAddress.objects.filter(user=user, ended_at=None).first()


@transaction.atomic
def make(user: User) -> str:
    """Make a new address and return its secret part; the one before ends."""
    Person.objects.select_for_update(no_key=True).get(pk=user.pk)
    end(user)
    secret = secrets.token_urlsafe(32)
    CalendarAddress.objects.create(user=user, digest=_digest(secret))
    return secret


def end(user: User) -> int:
    """End the address of a person; return how many ended."""
    return CalendarAddress.objects.filter(user=user, ended_at=None).update(ended_at=timezone.now())


def whose(secret: str) -> User | None:
    """Return whose calendar stands at an address: somebody who still works for the NCP."""
    row = (
        CalendarAddress.objects.filter(digest=_digest(secret), ended_at=None)
        .select_related("user")
        .first()
    )
    if row is None or not row.user.is_active or not row.user.has_role(*NCP_ROLES):
        return None
    now = timezone.now()
    if row.used_at is None or row.used_at < now - timedelta(hours=1):
        CalendarAddress.objects.filter(pk=row.pk).update(used_at=now)
    return row.user


def entries(user: User) -> list[Entry]:
    """Return what stands in a person's calendar now, in their language, as they may see it now."""
    since = deadlines.today() - BACK
    found = [*_deadlines(user, since), *_tasks(user, since), *_votes(user), *_meetings(user)]
    return found[:MOST]


def _deadlines(user: User, since: date) -> Iterator[Entry]:
    """The deadlines of the cases that an officer runs, or whose officer they stand in for."""
    if not user.has_role(Role.OFFICER):
        return
    own = [user.pk, *stood_in_for(user)]
    rows = Deadline.objects.open().filter(
        case__in=Case.objects.visible_to(user).filter(officer__in=own), due_on__gte=since
    )
    rows = rows.exclude(kind=deadlines.FOR_OFFICERS).select_related("case").order_by("due_on")
    for row in rows[:MOST]:
        label = rules.load(row.case.rule_set).deadline(row.kind).label
        yield Entry(f"deadline-{row.pk}", f"{row.case}: {label}", on=row.due_on)


def _tasks(user: User, since: date) -> Iterator[Entry]:
    rows = Task.objects.waiting_for(user).filter(due_on__gte=since).select_related("case")
    for row in rows[:MOST]:
        yield Entry(f"task-{row.pk}", f"{row.case}: {_('Task')}", on=row.due_on)


def _votes(user: User) -> Iterator[Entry]:
    if not user.has_role(Role.DECISION_MAKER):
        return
    rows = Decision.objects.filter(
        state=DecisionState.OPEN, closes_on__isnull=False, case__in=Case.objects.visible_to(user)
    ).exclude(votes__member=user)
    for row in rows.select_related("case")[:MOST]:
        label = _("Last day for the ballots")
        yield Entry(f"ballots-{row.pk}", f"{row.case}: {label}", on=row.closes_on)


def _meetings(user: User) -> Iterator[Entry]:
    since = timezone.now() - BACK
    rows = Meeting.objects.visible_to(user).filter(begins_at__gte=since, called_at__isnull=False)
    for row in rows.order_by("begins_at")[:MOST]:
        yield Entry(
            f"meeting-{row.pk}",
            _("Meeting %(number)s of the NCP") % {"number": row.number},
            at=row.begins_at,
            is_off=row.state == MeetingState.CALLED_OFF,
        )


def as_ics(found: Iterable[Entry], *, name: str, now: datetime) -> bytes:
    """Return entries as an iCalendar file (RFC 5545)."""
    stamp = _moment(now)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Good Offices//Calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for entry in found:
        lines += ["BEGIN:VEVENT", f"UID:{entry.uid}@good-offices", f"DTSTAMP:{stamp}"]
        if entry.at is not None:
            lines += [f"DTSTART:{_moment(entry.at)}", f"DTEND:{_moment(entry.at + MEETING)}"]
        elif entry.on is not None:
            lines += [
                f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
                f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}",
                "TRANSP:TRANSPARENT",
            ]
        status = "CANCELLED" if entry.is_off else "CONFIRMED"
        lines += [
            f"SUMMARY:{_text(entry.summary)}", f"STATUS:{status}", "CLASS:CONFIDENTIAL",
            "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> bytes:
    """Return a line of at most 75 bytes, and what is left of it on lines that begin with a space;
    no letter is cut."""
    pieces, held = [], b""
    for letter in line:
        raw = letter.encode()
        if len(held) + len(raw) > (75 if not pieces else 74):
            pieces.append(held)
            held = b""
        held += raw
    pieces.append(held)
    return b"\r\n ".join(pieces) + b"\r\n"
