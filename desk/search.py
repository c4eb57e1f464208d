"""What the search page shows: cases with the places that were hit, and where each is read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from cases import readings
from cases.models import Case, CaseDocument, SearchText
from cases.models.audit import ReadKind
from cases.models.search import Place, Readers
from cases.search import asking, meetings
from cases.search.meetings import MeetingHit

CASES_ON_A_PAGE = 20
PLACES_OF_A_CASE = 4

_ANCHORS = {
    Place.PARTY: "parties",
    Place.ISSUE: "issues",
    Place.MESSAGE: "messages",
    Place.REQUEST: "requests",
    Place.DECISION: "issues",
}
_PAGES = {
    Place.DOCUMENT: "desk:document",
    Place.CONSULTATION: "desk:consultation",
    Place.DECISION: "desk:decision",
}
"""Pages of one thing: by the id of the case and its own."""
_ROOMS = {
    Place.NOTE: ("desk:notes", "note"),
    Place.FOLLOW_UP: ("desk:follow_up", "commitment"),
    Place.LETTER: ("desk:letters", "letter"),
}
"""Pages of many things, with the word before the id at each."""
_READ_AS = {
    Place.ISSUE: ReadKind.CASE,
    Place.REQUEST: ReadKind.CASE,
    Place.DECISION: ReadKind.CASE,
    Place.PROCEEDING: ReadKind.CASE,
    Place.MESSAGE: ReadKind.MESSAGES,
    Place.LETTER: ReadKind.MESSAGES,
    Place.SUBMISSION: ReadKind.SUBMISSION,
}
"""What the page of a place puts on record when it is opened; the others put nothing there."""


@dataclass(frozen=True)
class ShownHit:
    """A place that was hit: what it is, the words around, and where it is read."""

    label: Any
    at: datetime
    pieces: list[asking.Piece]
    url: str


@dataclass
class ShownCase:
    case: Case
    hits: list[ShownHit] = field(default_factory=list)
    more: int = 0


@dataclass
class Results:
    """A page of results. Every figure is of rows that the person may see."""

    query: asking.Query
    cases: list[ShownCase] = field(default_factory=list)
    places: int = 0
    total: int = 0
    is_cut: bool = False
    kinds: list[tuple[str, Any, int]] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)
    meetings: list[MeetingHit] = field(default_factory=list)
    number: int = 1
    has_next: bool = False


def search(text: str, *, user: User, place: str = "", number: int = 1) -> Results:
    """Return a page of what somebody finds: a fixed number of statements. Whose confidential words
    are shown goes on record first."""
    query = asking.understand(text, user=user)
    results = Results(query, number=number)
    if not query:
        return results
    texts = SearchText.objects.visible_to(user)
    found = asking.find(query, user=user, texts=texts)
    counted = Counter(hit.place for hit in found.hits)
    results.kinds = [(item.value, item.label, counted[item]) for item in Place if counted[item]]
    hits = [hit for hit in found.hits if place in ("", hit.place)]
    results.is_cut = found.is_cut
    by_case: dict[str, list[asking.Hit]] = {}
    for hit in hits:
        by_case.setdefault(hit.case_key, []).append(hit)
    results.total, results.places = len(by_case), len(hits)
    begin = (number - 1) * CASES_ON_A_PAGE
    shown = list(by_case)[begin : begin + CASES_ON_A_PAGE]
    results.has_next = len(by_case) > begin + CASES_ON_A_PAGE
    hits_of = {UUID(key): by_case[key] for key in shown}
    results.cases = _cases(hits_of, query, user, texts)
    if number == 1 and place in ("", Place.MEETING):
        results.meetings = meetings.find(query, user=user)
    if not hits:
        results.suggestions = asking.suggestions(text, user=user)
    return results


def _cases(
    by_case: dict[UUID, list[asking.Hit]],
    query: asking.Query,
    user: User,
    texts: QuerySet[SearchText],
) -> list[ShownCase]:
    cases = Case.objects.visible_to(user).select_related("officer").in_bulk(list(by_case))
    hits = [hit for pk in cases for hit in by_case[pk][:PLACES_OF_A_CASE]]
    pieces = asking.snippets(hits, query, user=user, texts=texts)
    titles = _titles(hits, user)
    _note_reading(cases, hits, user)
    return [
        ShownCase(
            cases[pk],
            [
                ShownHit(
                    titles.get(hit.source) or Place(hit.place).label,
                    hit.at,
                    pieces[hit.id],
                    _address(hit),
                )
                for hit in by_case[pk][:PLACES_OF_A_CASE]
                if hit.id in pieces
            ],
            more=max(0, len(by_case[pk]) - PLACES_OF_A_CASE),
        )
        for pk in by_case
        if pk in cases
    ]


def _titles(hits: list[asking.Hit], user: User) -> dict[UUID, str]:
    """Return what the documents that were hit are called, as on the page of their case: the words
    around a hit deep in a file do not say which file it is."""
    ids = {hit.source for hit in hits if hit.place == Place.DOCUMENT}
    if not ids:
        return {}
    found = CaseDocument.objects.visible_to(user).filter(pk__in=ids)
    return {row.pk: _("Document “%(title)s”") % {"title": row.title} for row in found}


def _note_reading(cases: dict[UUID, Case], hits: list[asking.Hit], user: User) -> None:
    """Put on record whose words are about to be shown, as opening their page would."""
    found = []
    for hit in hits:
        kind: ReadKind | tuple[ReadKind, UUID] | None = _READ_AS.get(Place(hit.place))
        if hit.place == Place.DOCUMENT:
            kind = (ReadKind.DOCUMENT, hit.source)
        if hit.readers == Readers.NAMED:
            is_report = hit.place == Place.MESSAGE
            kind = ReadKind.REPRISAL if is_report else ReadKind.IDENTITIES
        if kind and hit.readers != Readers.CASE:
            found.append((cases[hit.case_id], kind))
    readings.note_all(found, user)


def _address(hit: asking.Hit) -> str:
    """Return where a place is read: its own page, its room, or a part of the case."""
    place = Place(hit.place)
    if place in _PAGES and hit.source != hit.case_id:
        return reverse(_PAGES[place], args=[hit.case_id, hit.source])
    if place in _ROOMS:
        room, word = _ROOMS[place]
        return f"{reverse(room, args=[hit.case_id])}#{word}-{hit.source}"
    if place == Place.MEETING:
        return f"{reverse('desk:meeting', args=[hit.source])}#case-{hit.case_id}"
    if place == Place.STATEMENT:
        return f"{reverse('statements:workshop', args=[hit.case_id])}?statement={hit.source}"
    if place == Place.PROCEEDING:
        return reverse("desk:proceedings", args=[hit.case_id])
    if place == Place.SUBMISSION:
        return reverse("desk:submission", args=[hit.case_id])
    anchor = _ANCHORS.get(place, "")
    return reverse("desk:case", args=[hit.case_id]) + (f"#{anchor}" if anchor else "")
