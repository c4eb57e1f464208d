"""Interests that people declare every year. They only hint at a conflict: who declares for a case
decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.models import User as Person
from accounts.roles import Role
from cases.disclosure import Audience, disclosed
from cases.errors import Stale
from cases.models import AnnualDeclaration, Case, Interest
from cases.models.interest import InterestKind
from cases.services import deadlines
from cases.services.acting import require

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
    return list(declaration.interests.filter(ended_at=None).order_by("pk"))


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
        Hint(row.name, str(InterestKind(row.kind).label), row.detail, name)
        for row in rows
        for name in dict.fromkeys(names)
        if resembles(row.name, name)
    ]


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
