"""Interests that people declare every year. They only hint at a conflict: who declares for a case
decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User as Person
from accounts.roles import Role
from cases.disclosure import Audience, disclosed
from cases.errors import Conflict, Stale
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import (
    AnnualDeclaration,
    Case,
    ConflictDeclaration,
    Interest,
    PrefilledLine,
)
from cases.models.interest import InterestKind
from cases.services import deadlines
from cases.services.acting import locked, require
from cases.tracking import unwatched

if TYPE_CHECKING:
    from accounts.models import User

DECLARING = (Role.OFFICER, Role.DECISION_MAKER)
"""Who declares every year."""

_WORD = re.compile(r"[^\W_]+")
_LEGAL_FORMS = {
    "ag", "ao", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "jsc", "kg", "llc",
    "llp", "limited", "ltd", "nv", "oao", "oy", "plc", "pte", "sa", "sarl", "spa", "too", "ао",
    "оао", "зао", "пао", "ооо", "тоо", "тдо", "ип", "жшс", "ақ", "акционерное", "общество",
    "товарищество", "с", "ограниченной", "ответственностью", "the", "and", "of", "und", "и",
}  # fmt: skip
_CLOSE = 0.86
_NO_ACTS = (
    EventKind.CONFLICT_DECLARED,
    EventKind.INTEREST_TAKEN_BACK,
    EventKind.DOCUMENT_READ,
    EventKind.EXTRACT_MADE,
)
"""Events by which somebody decides nothing and moves nothing in a case."""


@dataclass(frozen=True)
class InterestData:
    """An interest as it is typed."""

    kind: str
    name: str
    detail: str = ""


def current_year() -> int:
    """Return the year that declarations are asked for now."""
    return deadlines.today().year


def of_year(user: User, year: int) -> AnnualDeclaration | None:
    return AnnualDeclaration.objects.filter(user=user, year=year).first()


def latest(user: User) -> AnnualDeclaration | None:
    """Return the newest declaration, from which the next one begins."""
    return AnnualDeclaration.objects.filter(user=user).order_by("-year").first()


def standing(declaration: AnnualDeclaration | None) -> list[Interest]:
    """Return the interests that stand, in the order in which they were given."""
    if declaration is None:
        return []
    return list(declaration.interests.filter(ended_at=None, taken_back_at=None).order_by("pk"))


@transaction.atomic
def declare_year(
    *,
    by: User,
    added: Iterable[InterestData] = (),
    ended: Iterable[int] = (),
    kept: Iterable[InterestData] = (),
    version: int | None = None,
) -> AnnualDeclaration:
    """Declare the interests of this year; having none is a declaration too.

    Args:
        added: what is new.
        ended: ids of interests of this year's declaration that stand no more.
        kept: what is taken over from the year before, at the first declaration of a year.

    Raises:
        Stale: the same person saved it meanwhile in another window.
    """
    require(by.has_role(*DECLARING))
    # The row of the person serialises the first declaration of a year in two windows.
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    row = of_year(by, current_year())
    if version is not None and (row.row_version if row else 0) != version:
        raise Stale
    if row is None:
        row = AnnualDeclaration.objects.create(user=by, year=current_year(), row_version=0)
        Interest.objects.bulk_create(_rows(row, kept))
    now = timezone.now()
    row.interests.filter(pk__in=list(ended), ended_at=None).update(ended_at=now)
    Interest.objects.bulk_create(_rows(row, added))
    row.row_version += 1
    row.changed_at = now
    row.save()
    return row


def _rows(row: AnnualDeclaration, items: Iterable[InterestData]) -> list[Interest]:
    return [
        Interest(
            declaration=row,
            kind=InterestKind(item.kind),
            name=item.name.strip(),
            detail=item.detail.strip(),
        )
        for item in items
        if item.name.strip()
    ]


@dataclass(frozen=True)
class Hint:
    """A declared interest whose name resembles that of a disclosed party."""

    id: int
    interest: str
    kind_label: str
    detail: str
    party: str


def hints(case: Case, user: User, *, to: Audience) -> list[Hint]:
    """Return the person's interests of this year (else of the newest one) that resemble the names
    that the audience may know; pseudonyms are never compared."""
    rows = standing(latest(user))
    if not rows:
        return []
    shown = disclosed(case, to=to)
    names = [party.name for party in shown.parties if not party.is_pseudonym]
    names += [party.native_name for party in shown.parties if party.native_name]
    names += [item.name for item in shown.representatives if item.kind_label]
    return [
        Hint(row.pk, row.name, str(InterestKind(row.kind).label), row.detail, name)
        for row in rows
        for name in dict.fromkeys(names)
        if resembles(row.name, name)
    ]


def still_there(
    hints: Iterable[Hint], explanation: str, lines: Mapping[int, str]
) -> dict[int, str]:
    """Return the prefilled lines of which the explanation still says something, changed or not."""
    said = explanation.casefold()
    return {
        hint.id: lines[hint.id]
        for hint in hints
        if any(part and part.casefold() in said for part in (hint.interest, hint.detail))
    }


def same_as(interest: Interest) -> list[Interest]:
    """Return an interest with what was taken over from it, or it from, in other years."""
    rows = Interest.objects.filter(
        declaration__user=interest.declaration.user_id, kind=interest.kind, taken_back_at=None
    )
    return [row for row in rows if (row.name, row.detail) == (interest.name, interest.detail)]


def lines_of(interest: Interest) -> list[PrefilledLine]:
    """Return the lines that an interest put into declarations for cases."""
    rows = PrefilledLine.objects.filter(interest__in=same_as(interest))
    return list(rows.select_related("declaration__case__data_key", "declaration__user"))


def is_kept(declaration: ConflictDeclaration) -> bool:
    """Tell whether something rests on a declaration, so that its words stay: it states a conflict,
    a party challenged the person, or the person did anything in the case on the strength of it."""
    case, person = declaration.case, declaration.user_id
    return (
        declaration.has_conflict
        or case.challenges.filter(challenged=person).exists()
        or case.events.filter(by=person).exclude(kind__in=_NO_ACTS).exists()
    )


@dataclass(frozen=True)
class TakenBack:
    """From how many declarations for cases the words went, and in how many they stay."""

    cut: int
    kept: int


@transaction.atomic
def take_back(interest: Interest, *, by: User) -> TakenBack:
    """Take back an interest that was entered by mistake. Its words go: from the yearly declarations
    and from the explanations that it prefilled, unless something was decided on the strength of
    these. That it was taken back stays on record, without a word of it.

    Raises:
        Conflict: it was taken back already.
        PermissionDenied: it is somebody else's.
    """
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    interest = Interest.objects.select_related("declaration").get(pk=interest.pk)
    require(interest.declaration.user_id == by.pk)
    if interest.taken_back_at:
        raise Conflict(_("This was taken back already."))
    lines = lines_of(interest)
    kept: set[int] = set()
    by_case: dict[Case, list[PrefilledLine]] = {}
    for line in sorted(lines, key=lambda item: str(item.declaration.case_id)):
        if line.declaration.case.data_key.destroyed_at:
            continue
        if is_kept(line.declaration):
            kept.add(line.declaration_id)
        else:
            by_case.setdefault(line.declaration.case, []).append(line)
    cut = sum(_cut(case, found, by=by) for case, found in by_case.items())
    Interest.objects.filter(pk__in=[row.pk for row in same_as(interest)]).update(
        name="", detail="", taken_back_at=timezone.now()
    )
    return TakenBack(cut, len(kept))


def _cut(case: Case, lines: list[PrefilledLine], *, by: User) -> int:
    """Take the lines out of the declarations of a case; a line that was changed by hand takes the
    whole explanation with it. The history notes that it happened and keeps nothing of the words."""
    with locked(case, by=by) as row:
        declarations: dict[int, ConflictDeclaration] = {}
        for line in lines:
            held = declarations.setdefault(line.declaration_id, line.declaration)
            held.case = row
            rest = [text for text in held.explanation.splitlines() if text.strip() != line.text]
            is_there = len(rest) < len(held.explanation.splitlines())
            held.explanation = "\n".join(rest).strip() if is_there else ""
        with unwatched(row):
            for held in declarations.values():
                held.explanation_cut_at = timezone.now()
                held.save(update_fields=["explanation", "explanation_cut_at"])
            PrefilledLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
        record_event(row, EventKind.INTEREST_TAKEN_BACK, by=by, declarations=len(declarations))
    return len(declarations)


def resembles(one: str, other: str) -> bool:
    """Tell whether two names may mean the same: the words of the shorter stand in the longer, legal
    forms apart, or they are spelt nearly alike."""
    a, b = _words(one), _words(other)
    if not a or not b:
        return False
    shorter, longer = sorted((a, b), key=len)
    if all(any(_alike(word, held) for held in longer) for word in shorter):
        return sum(map(len, shorter)) >= 3
    return SequenceMatcher(None, " ".join(a), " ".join(b)).ratio() >= _CLOSE


def _alike(one: str, other: str) -> bool:
    return one == other or (
        min(len(one), len(other)) > 4 and SequenceMatcher(None, one, other).ratio() >= _CLOSE
    )


def _words(name: str) -> list[str]:
    found = _WORD.findall(name.casefold())
    return [word for word in found if word not in _LEGAL_FORMS] or found


def owing(*, year: int | None = None) -> list[Person]:
    """Return who has not declared for a year yet, in the order of their names."""
    year = year or current_year()
    people = Person.objects.holding(*DECLARING)
    return list(people.exclude(annual_declarations__year=year).order_by("name", "pk"))
