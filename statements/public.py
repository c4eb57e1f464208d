"""What other rooms ask of published texts, so that only this app knows the register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from register.models import PublishedRecord
from statements.projection import source_key

if TYPE_CHECKING:
    from cases.models import Case


def record_id(case: Case) -> UUID | None:
    """Return the id of the case's page on the public register, or None where it has none."""
    rows = PublishedRecord.objects.public().filter(source_key=source_key(case))
    return rows.values_list("pk", flat=True).first()


@dataclass(frozen=True)
class Earlier:
    """A published case, of this NCP or another, as far as it bears on the same provision."""

    title: str
    language: str
    lead_ncp: str
    year: int | None
    outcome: str
    provisions: tuple[str, ...]
    url: str


def earlier_records(
    provisions: Iterable[tuple[str, str]], *, but: Case, limit: int = 8
) -> list[Earlier]:
    """Return published cases that cite one of these provisions, the same paragraph first, then
    the same chapter; the newest first among equals.

    Args:
        provisions: pairs of edition and code ("2023", "VI.1").
        but: the case at hand, which is left out.
    """
    wanted = set(provisions)
    if not wanted:
        return []
    codes = {code for _edition, code in wanted}
    chapters = {code.split(".")[0] for code in codes}
    rule = Q(chapters__overlap=sorted(chapters))
    for code in codes:
        rule |= Q(provisions__contains=[{"code": code}])
    rows = PublishedRecord.objects.public().filter(rule).exclude(source_key=source_key(but))
    found = []
    for row in rows.order_by("-sort_on", "-id")[:60]:
        cited = tuple(item["code"] for item in row.provisions)
        same = codes.intersection(cited)
        found.append((not same, _earlier(row, tuple(sorted(same)) or cited)))
    found.sort(key=lambda item: item[0])
    return [item for _rank, item in found[:limit]]


def _earlier(row: PublishedRecord, provisions: tuple[str, ...]) -> Earlier:
    try:
        url = reverse("register:record", args=[row.pk])
    except NoReverseMatch:
        url = ""
    return Earlier(
        title=row.title_shown,
        language=row.title_language,
        lead_ncp=row.lead_ncp,
        year=row.year,
        outcome=str(row.get_outcome_display()),
        provisions=provisions[:6],
        url=url,
    )
