"""What others will come to see of a draft, by the code that later shows it to them.

The case is opened inside a transaction that is rolled back, and projected. Free text is searched
for words that may tell who somebody is whom that audience shall not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.disclosure import Audience, disclosed
from cases.models.party import PartyKind
from cases.names import WORD, skeleton
from cases.payload import DocumentData, Shown, SubmissionData
from cases.services.filing import rehearsed
from cases.shown import DisclosedCase
from intake.answers import Answers
from intake.submission import composed, refused_files, told_issues
from office.current import current
from statements.leaks import Hit, Secret, find

if TYPE_CHECKING:
    from intake.models import Draft

KINDS = {
    "name": gettext_lazy("part of a name that shall stay hidden"),
    "principal": gettext_lazy("part of the name of somebody represented"),
    "email": gettext_lazy("an e-mail address"),
    "phone": gettext_lazy("a telephone number"),
    "address": gettext_lazy("a postal address"),
    "place": gettext_lazy("part of a place that you keep back"),
}
_OF_MANY_PLACES = (
    "village town city district region river street site mine factory house near "
    "село селе поселок посёлок город городе район районе область улица дом шахта рудник карьер "
    "завод возле около "
    "ауыл ауылы ауылында қала қаласы аудан ауданы облыс облысы өзен өзені көше көшесі үй кен "
    "зауыт жанында"
)
OF_MANY_PLACES = frozenset(skeleton(word) for word in _OF_MANY_PLACES.split())
"""Words of places that do not tell which one it is."""
PLAIN = ("title", "description", "place")


@dataclass(frozen=True)
class Piece:
    """A stretch of text; marked where it may give somebody away."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True)
class Mark:
    """A word that may give somebody away, what it is, where it stands and where to change it."""

    found: str
    what: Any
    where: str
    url: str


@dataclass(frozen=True)
class Text:
    """An answer in its own words, in the pieces that a page shows."""

    label: Any
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Preview:
    """What one audience will see, and what may give somebody away in it."""

    case: DisclosedCase
    issues: tuple[tuple[Any, tuple[Text, ...]], ...]
    marks: tuple[Mark, ...]
    files: tuple[DocumentData, ...]
    kept_files: tuple[DocumentData, ...]
    hides_somebody: bool


def seen_by(
    to: Audience, draft: Draft, answers: Answers, *, language: str, by_staff: bool
) -> Preview:
    """Return what an audience would see of this draft if it were sent now. Nothing is kept.

    Args:
        to: `Audience.RESPONDENT` or `Audience.PUBLIC`.
    """
    data = composed(answers, language=language, by_staff=by_staff)
    with rehearsed(data, data_key=draft.data_key) as case:
        view = disclosed(case, to=to)
    secrets = list(_secrets(data, to))
    refused = refused_files(answers)
    documents = [item for item in data.documents if item.id not in refused]
    ids = [item_id for item_id, _values in told_issues(answers)]
    issues, marks = [], []
    for issue, item_id in zip(view.issues, ids, strict=to != Audience.PUBLIC):
        texts = []
        for name in PLAIN:
            value = getattr(issue, name)
            hits = find(value, secrets, allowed=_allowed())
            texts.append(Text(name, _pieces(value, hits)))
            url = reverse("intake:item", args=["issues", item_id])
            marks += _marks(hits, issue.title, f"{url}?return=check#id_{name}")
        issues.append((issue, tuple(texts)))
    shown = [item for item in documents if not _is_kept(item, to)]
    for item in shown:
        hits = find(item.title, secrets, allowed=_allowed())
        url = reverse("intake:step", args=["evidence"])
        marks += _marks(hits, item.title, f"{url}#id_{item.id}-title")
    hits = find(view.name, secrets, allowed=_allowed())
    marks += _marks(hits, _("Name of the enterprise"), reverse("intake:step", args=["enterprises"]))
    return Preview(
        case=view,
        issues=tuple(issues),
        marks=tuple(dict.fromkeys(marks)),
        files=tuple(shown),
        kept_files=tuple(item for item in documents if _is_kept(item, to)),
        hides_somebody=bool(secrets),
    )


def _allowed() -> list[str]:
    """Return addresses and numbers that give nobody away: the office's own."""
    return current().own_words


def _may_know(shown: Shown, to: Audience) -> bool:
    if to == Audience.PUBLIC:
        return shown.public and shown.respondent and shown.mediator
    return shown.respondent


def _is_kept(item: DocumentData, to: Audience) -> bool:
    return item.withhold_from_public if to == Audience.PUBLIC else item.withhold_from_respondent


def _secrets(data: SubmissionData, to: Audience) -> Iterator[Secret]:
    """Yield what this audience shall not learn; ways to reach somebody are never shown."""
    for item in (*data.complainants, data.representative):
        if item is None:
            continue
        if not _may_know(item.shown, to):
            yield Secret("name", item.name, is_organisation=item.kind != PartyKind.INDIVIDUAL)
        for kind in ("email", "phone", "address"):
            if value := getattr(item, kind, ""):
                yield Secret(kind, value)
    if data.representative:
        for name in data.representative.principals:
            yield Secret("principal", name)
    for issue in data.issues:
        if to == Audience.RESPONDENT and "respondent.place" in issue.kept:
            words = [w for w in WORD.findall(issue.place) if skeleton(w) not in OF_MANY_PLACES]
            yield Secret("place", " ".join(words), is_organisation=True)


def _marks(hits: list[Hit], where: str, url: str) -> list[Mark]:
    return [Mark(hit.found, KINDS[hit.kind], where, url) for hit in hits]


def _pieces(text: str, hits: list[Hit]) -> tuple[Piece, ...]:
    if not text:
        return ()
    words = sorted({hit.found for hit in hits}, key=len, reverse=True)
    if not words:
        return (Piece(text),)
    pattern = re.compile("(" + "|".join(map(re.escape, words)) + ")")
    parts = pattern.split(text)
    return tuple(Piece(part, place % 2 == 1) for place, part in enumerate(parts) if part)
