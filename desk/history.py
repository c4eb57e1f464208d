"""The whole history of a case, page by page, with what every event changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.disclosure import Audience, may_read_event
from cases.kinds import EventKind
from cases.models import Case, CaseDocument, CaseEvent, Change, Participation
from cases.models.party import Side
from desk.change_text import ReadChange, Words

if TYPE_CHECKING:
    from uuid import UUID

PAGE = 100


@dataclass(frozen=True)
class Entry:
    """One event in words: when, who, what, and what it changed."""

    sequence: int
    at: datetime
    what: str
    who: str
    detail: str = ""
    changes: tuple[ReadChange, ...] = ()


@dataclass
class Filters:
    """What somebody looks for in a history; every part may be left out."""

    kind: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None
    """Only events before this number: the next page."""


@dataclass
class Page:
    entries: list[Entry] = field(default_factory=list)
    older: int | None = None
    kinds: list[tuple[str, str]] = field(default_factory=list)
    people: list[tuple[str, str]] = field(default_factory=list)
    total: int = 0


def read(case: Case, to: Audience, filters: Filters, *, masked: bool = False) -> Page:
    """Return one page of the history as an audience reads it, the newest first.

    Args:
        masked: for an auditor: no name of anybody outside the office, no title of a document.
    """
    rows = case.events.order_by("-sequence")
    page = Page(total=case.history_length)
    held = list(rows.values_list("kind", "by_id").distinct().order_by())
    page.kinds = sorted(
        {
            (kind, str(EventKind(kind).label))
            for kind, _by in held
            if may_read_event(CaseEvent(kind=kind), to)
        },
        key=lambda item: item[1],
    )
    who = _Who(case, {by for _kind, by in held if by}, masked=masked)
    page.people = who.choices()
    rows = _filtered(rows, filters, who)
    shown: list[CaseEvent] = []
    # Some events are for others: read on until the page is full.
    for event in rows.iterator(chunk_size=PAGE * 2):
        if not may_read_event(event, to):
            continue
        if len(shown) == PAGE:
            page.older = shown[-1].sequence
            break
        shown.append(event)
    page.entries = list(_entries(case, to, shown, who, masked=masked))
    return page


def _filtered(rows: Any, filters: Filters, who: _Who) -> Any:
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.person == "system":
        rows = rows.filter(by=None)
    elif filters.person:
        rows = rows.filter(by__in=who.ids_of(filters.person))
    if filters.since:
        rows = rows.filter(at__gte=_moment(filters.since, time.min))
    if filters.until:
        rows = rows.filter(at__lte=_moment(filters.until, time.max))
    if filters.before:
        rows = rows.filter(sequence__lt=filters.before)
    return rows


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=timezone.get_current_timezone())


def _entries(case: Case, to: Audience, events: list[CaseEvent], who: _Who, *, masked: bool) -> Any:
    changes: dict[UUID, list[Change]] = defaultdict(list)
    for row in Change.objects.filter(event__in=[event.pk for event in events]).order_by("place"):
        row.case = case
        changes[row.event_id].append(row)
    words = Words(case, to, [row for rows in changes.values() for row in rows])
    titles: dict[str, str] = {}
    if not masked:
        ids = {event.data["document"] for event in events if "document" in event.data}
        for item in CaseDocument.objects.filter(case=case, pk__in=ids).only("title", "case"):
            titles[str(item.pk)] = item.title
    for event in events:
        read_changes = words.read(changes[event.pk])
        by, detail = who.of(event.by_id), _detail(event, titles)
        if event.kind == EventKind.DETAILS_CHANGED and changes[event.pk] and not read_changes:
            continue  # all of it is for others
        yield Entry(
            event.sequence,
            event.at,
            event.label,
            by,
            detail if detail != by else "",
            tuple(read_changes),
        )


def _detail(event: CaseEvent, titles: dict[str, str]) -> str:
    """Return what the ids and codes of an event mean, where that helps."""
    data = event.data
    parts = []
    if data.get("document") in titles:
        parts.append(titles[data["document"]])
    if data.get("side") in Side.values:
        parts.append(str(Side(data["side"]).label))
    if data.get("outcome"):
        parts.append(str(dict(Case._meta.get_field("outcome").choices).get(data["outcome"], "")))
    if data.get("reference"):
        parts.append(str(data["reference"]))
    return ", ".join(filter(None, parts))


class _Who:
    """The people of a history: staff by name, parties by their side."""

    def __init__(self, case: Case, ids: set[Any], *, masked: bool) -> None:
        of_parties = Participation.objects.filter(case=case).exclude(side="")
        self.sides = dict(of_parties.values_list("user_id", "side"))
        self.users = {
            user.pk: user for user in User.objects.filter(pk__in=ids - set(self.sides)).only("name")
        }
        self.masked = masked

    def of(self, user_id: Any) -> str:
        if user_id is None:
            return _("the system")
        if user_id in self.sides:
            return str(Side(self.sides[user_id]).label)
        user = self.users.get(user_id)
        return (user.name if user else "") or _("a party")

    def choices(self) -> list[tuple[str, str]]:
        """Return what can be chosen: sides once, staff one by one."""
        found = {side: str(Side(side).label) for side in set(self.sides.values())}
        found |= {str(user.pk): user.name for user in self.users.values() if user.name}
        return [
            ("system", _("the system")),
            *sorted(found.items(), key=lambda item: item[1]),
        ]

    def ids_of(self, choice: str) -> list[Any]:
        if choice in Side.values:
            return [user for user, side in self.sides.items() if side == choice]
        return [user for user in self.users if str(user) == choice]
