"""The rooms of a case: pages of their own that the case page names in one line each.

A part of the desk that has a page about a case (`desk/cases/<uuid>/<word>/`) shows on the case
page what stands there: a count, the next date, what waits. It does so without a query of its own:
its figures are aggregates over its rows and travel as a subquery with the case's own row, so the
case page costs the same however many rooms there are.

How a part puts its line on the case page:

1. It defines a `Room` in its own module, for example in `desk/consultations.py`:

       def _line(page: CasePage, figures: Figures) -> Line | None:
           if not figures["all"]:
               return Line(_("None yet")) if page.runs else None
           text = ngettext("%(n)s open", "%(n)s open", figures["open"]) % {"n": figures["open"]}
           return Line(text, on=figures["next"])

       ROOM = Room(
           name="consultations",
           label=_("Consultations"),
           url="desk:consultations",
           rows=lambda user: Consultation.objects.visible_to(user),
           figures={
               "all": Count("pk"),
               "open": Count("pk", filter=Q(answered_at=None)),
               "next": Min("due_on", filter=Q(answered_at=None)),
           },
           line=_line,
       )

2. It adds the dotted path of that `Room` to `PATHS` below, where its line is to stand.

Rules: `rows` are what this person may see of a case that they see (begin with `visible_to`
wherever there is one), and must not ask the database themselves: build a queryset, evaluate
nothing; `figures` are aggregates that need no personal text; `may` tells who gets
the line at all. The page itself checks again: a line opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, Count, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from accounts.models import User
    from desk.page import CasePage

Figures = dict[str, Any]
"""The values of a room's aggregates by name; a count of no rows is 0, any other figure None."""

PATHS: tuple[str, ...] = (
    "desk.deciding_rooms.DECISION",
    "desk.deciding_rooms.DECLARATIONS",
    "desk.views.letters.LETTERS",
    "desk.views.notes.NOTES",
    "desk.views.notes.TASKS",
    "desk.views.dossiers.DOSSIERS",
    "desk.views.coordination.ROOM",
    "desk.views.consultations.CONSULTATIONS",
    "desk.views.proceedings.PROCEEDINGS",
    "desk.views.follow_up.FOLLOW_UP",
    "desk.views.recall.RECALLS",
    "desk.record_rooms.AUDIT",
    "desk.record_rooms.RETENTION",
    "desk.record_rooms.ERASURE",
)
"""Where the rooms are defined, in the order in which the case page lists them."""


@dataclass(frozen=True)
class Line:
    """What stands in a room: a short text, the next date, and a tag where something is urgent.

    Args:
        text: a few translated words, without names of withheld people.
        on: the next date of this room.
        tag: "ok", "soon", "late" or "neutral"; "" for no tag.
        tag_label: the words of the tag.
    """

    text: Any = ""
    on: date | None = None
    tag: str = ""
    tag_label: Any = ""


def _readers(page: CasePage) -> bool:
    return page.reads_all


@dataclass(frozen=True)
class Room:
    """A page about a case, and the line that the case page has for it.

    Args:
        name: unique, an identifier.
        label: the words of the link.
        url: the name of an address that takes the case's id.
        line: what stands there, or None for no line at all.
        rows: the rows that this person may see; None for a room without figures.
        figures: aggregates over these rows.
        case: the way from a row to its case.
        may: who gets the line; by itself everybody who reads the whole case.
    """

    name: str
    label: Any
    url: str
    line: Callable[[CasePage, Figures], Line | None] = lambda page, figures: Line()
    rows: Callable[[User], QuerySet[Any]] | None = None
    figures: Mapping[str, Aggregate] = field(default_factory=dict)
    case: str = "case"
    may: Callable[[CasePage], bool] = _readers

    @property
    def column(self) -> str:
        return f"room_{self.name}"


@dataclass(frozen=True)
class Door:
    """A line as the template shows it."""

    name: str
    label: Any
    url: str
    line: Line


@cache
def rooms() -> tuple[Room, ...]:
    return tuple(import_string(path) for path in PATHS)


def annotations(user: User) -> dict[str, Subquery]:
    """Return the figures of all rooms as annotations of a query of cases."""
    return {
        room.column: Subquery(
            room.rows(user)
            .filter(**{room.case: OuterRef("pk")})
            .order_by()
            .values(room.case)
            .annotate(figures_of_room=JSONObject(**room.figures))
            .values("figures_of_room")[:1],
            output_field=JSONField(),
        )
        for room in rooms()
        if room.rows is not None and room.figures
    }


def doors(page: CasePage) -> list[Door]:
    """Return the lines of the rooms that this person may enter.

    The case of the page must have been read with `annotations`.
    """
    shown = []
    for room in rooms():
        if not room.may(page):
            continue
        line = room.line(page, _figures(page.case, room))
        if line is not None:
            url = reverse(room.url, args=[page.case.pk])
            shown.append(Door(room.name, room.label, url, line))
    return shown


def _figures(case: Any, room: Room) -> Figures:
    found = getattr(case, room.column, None) or {}
    return {
        name: _value(found[name]) if name in found else (0 if isinstance(figure, Count) else None)
        for name, figure in room.figures.items()
    }


def _value(value: Any) -> date | datetime | Any:
    """Return a figure as Python has it: JSON carries days and moments as text."""
    if not isinstance(value, str) or not value[:4].isdigit():
        return value
    try:
        return parse_date(value) or parse_datetime(value) or value
    except ValueError:
        return value
