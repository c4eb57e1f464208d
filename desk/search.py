"""What the search page shows: cases with the places that were hit, and where each is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import User
from cases import readings
from cases.models import Case
from cases.models.audit import ReadKind
from cases.models.search import Place, Readers
from cases.search import asking

CASES_ON_A_PAGE = 20
PLACES_OF_A_CASE = 4

_ANCHORS = {
    Place.PARTY: "parties",
    Place.ISSUE: "issues",
    Place.MESSAGE: "messages",
    Place.REQUEST: "requests",
    Place.DECISION: "decisions",
}


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
    number: int = 1
    has_next: bool = False


def search(text: str, *, user: User, place: str = "", number: int = 1) -> Results:
    """Return a page of what somebody finds: a fixed number of statements, and one for each case of
    which sealed texts are shown, which goes on record."""
    query = asking.understand(text, user=user)
    results = Results(query, number=number)
    if not query:
        return results
    found = asking.find(query, user=user)
    counted = Counter(hit.place for hit in found.hits)
    results.kinds = [(item.value, item.label, counted[item]) for item in Place if counted[item]]
    hits = [hit for hit in found.hits if place in ("", hit.place)]
    results.is_cut = found.is_cut
    by_case: dict[UUID, list[asking.Hit]] = {}
    for hit in hits:
        by_case.setdefault(hit.case_id, []).append(hit)
    results.total, results.places = len(by_case), len(hits)
    begin = (number - 1) * CASES_ON_A_PAGE
    shown = list(by_case)[begin : begin + CASES_ON_A_PAGE]
    results.has_next = len(by_case) > begin + CASES_ON_A_PAGE
    results.cases = _cases(shown, by_case, query, user)
    if not hits:
        results.suggestions = asking.suggestions(text, user=user)
    return results


def _cases(
    ids: Iterable[UUID], by_case: dict[UUID, list[asking.Hit]], query: asking.Query, user: User
) -> list[ShownCase]:
    cases = Case.objects.visible_to(user).select_related("officer").in_bulk(list(ids))
    hits = [hit for pk in cases for hit in by_case[pk][:PLACES_OF_A_CASE]]
    pieces = asking.snippets(hits, query, user=user)
    _note_reading(cases, hits, user)
    return [
        ShownCase(
            cases[pk],
            [
                ShownHit(Place(hit.place).label, hit.at, pieces[hit.id], _address(hit))
                for hit in by_case[pk][:PLACES_OF_A_CASE]
                if hit.id in pieces
            ],
            more=max(0, len(by_case[pk]) - PLACES_OF_A_CASE),
        )
        for pk in ids
        if pk in cases
    ]


def _note_reading(cases: dict[UUID, Case], hits: list[asking.Hit], user: User) -> None:
    """Put on record whose sealed texts are about to be shown: withheld names, reports."""
    kinds: dict[UUID, set[ReadKind]] = {}
    for hit in hits:
        if hit.readers == Readers.NAMED:
            is_report = hit.place == Place.MESSAGE
            kind = ReadKind.REPRISAL if is_report else ReadKind.IDENTITIES
            kinds.setdefault(hit.case_id, set()).add(kind)
    for pk, found in kinds.items():
        readings.note(cases[pk], user, *sorted(found))


def _address(hit: asking.Hit) -> str:
    """Return where a place is read: a document's file, the page of notes, a part of the case."""
    if hit.place == Place.DOCUMENT:
        return reverse("desk:document", args=[hit.case_id, hit.source])
    if hit.place == Place.NOTE:
        return f"{reverse('desk:notes', args=[hit.case_id])}#note-{hit.source}"
    if hit.place == Place.SUBMISSION:
        return reverse("desk:submission", args=[hit.case_id])
    anchor = _ANCHORS.get(Place(hit.place), "")
    return reverse("desk:case", args=[hit.case_id]) + (f"#{anchor}" if anchor else "")
