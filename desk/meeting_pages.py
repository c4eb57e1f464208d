"""A meeting as one person reads it: points of cases that are closed to them stay closed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import AgendaItem, Case, Meeting
from cases.models.meeting import Capacity
from cases.services import meetings, proposals, protocols
from office.current import current

TEMPLATE = Path(__file__).parent / "protocol.typ"


@dataclass(frozen=True)
class Point:
    """One point of an agenda."""

    row: AgendaItem
    title: str
    language: str
    is_readable: bool
    may_agree: bool = False


@dataclass(frozen=True)
class Agenda:
    """The points that a person may know of, and how many others there are."""

    points: list[Point]
    hidden: int

    @property
    def readable(self) -> list[Point]:
        return [point for point in self.points if point.is_readable]


def agenda_of(meeting: Meeting, user: User) -> Agenda:
    """Return the points that the person may know of; of a case whose matter they may not read yet
    they know that it is there."""
    visible = set(
        Case.objects.visible_to(user)
        .filter(agenda_items__meeting=meeting)
        .values_list("pk", flat=True)
    )
    readable = set(protocols.readable_cases(meeting, user))
    points, hidden = [], 0
    rows = meeting.items.select_related("case", "decision").order_by("position")
    for row in rows:
        row.meeting = meeting
        if row.case is None:
            points.append(Point(row, row.title, "", is_readable=True))
        elif row.case_id not in visible:
            hidden += 1
        else:
            reads = row.case_id in readable
            if row.decision is not None:
                row.decision.case = row.case
            points.append(
                Point(
                    row,
                    f"{row.case}: {row.case.title}" if reads else str(row.case),
                    row.case.language,
                    is_readable=reads,
                    may_agree=reads
                    and row.decision is not None
                    and proposals.may_agree(row.decision, user, meeting),
                )
            )
    return Agenda(points, hidden)


def signatures_of(meeting: Meeting) -> list[dict[str, Any]]:
    """Return both signatures, each with what stands of it now."""
    held = protocols.signed_by(meeting)
    people = {Capacity.CHAIR: meeting.chair, Capacity.SECRETARY: meeting.secretary}
    return [
        {"label": str(capacity.label), "person": people[capacity], "row": held.get(capacity)}
        for capacity in Capacity
    ]


def as_pdf(meeting: Meeting, user: User) -> bytes:
    """Return the protocol as PDF/UA-1, with the points that the person may read."""
    agenda = agenda_of(meeting, user)
    begins = date_format(timezone.localtime(meeting.begins_at), "j E Y, H:i")
    data = {
        "language": (get_language() or settings.LANGUAGE_CODE).split("-")[0],
        "publisher": current().name(),
        "title": _("Protocol of meeting %(number)s") % {"number": meeting.number},
        "when": begins,
        "place": meeting.place,
        "opening": meeting.protocol.splitlines(),
        "points": [
            {
                "title": f"{point.row.position}. {point.title}",
                "lines": point.row.protocol.splitlines() if point.is_readable else [],
                "closed": "" if point.is_readable else _("This point is not shown to you."),
            }
            for point in agenda.points
        ],
        "hidden": _("Points that are not shown to you: %(count)s") % {"count": agenda.hidden}
        if agenda.hidden
        else "",
        "signed_title": _("Signatures"),
        "signed": [
            {
                "who": f"{item['label']}: {item['person'].name}",
                "what": _("Confirmed on %(day)s")
                % {"day": date_format(timezone.localtime(item["row"].at), "j E Y, H:i")}
                if item["row"]
                else _("Not signed yet"),
                "digest": item["row"].digest if item["row"] else "",
                "signature": item["row"].signature if item["row"] else "",
            }
            for item in signatures_of(meeting)
        ],
    }
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )


def cases_for_agenda(meeting: Meeting, user: User) -> list[Case]:
    """Return the open cases that the person may put on the agenda, those with a proposal first."""
    from django.db.models import Exists, OuterRef

    from cases.models import Decision
    from cases.workflow import OPEN_STATES

    waiting = Decision.objects.filter(case=OuterRef("pk"), state="open")
    rows = (
        Case.objects.visible_to(user)
        .filter(state__in=OPEN_STATES, reference__isnull=False)
        .exclude(agenda_items__meeting=meeting)
        .annotate(has_proposal=Exists(waiting))
        .order_by("-has_proposal", "-received_at")
    )
    return list(rows[:200])


def may_prepare(user: User) -> bool:
    return meetings.may_prepare(user)
