"""Counts over the published records. Published facts only, so small numbers hide nobody."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, F, Func, Q
from django.db.models.aggregates import Aggregate
from django.db.models.fields import FloatField

from .models import PublishedRecord
from .vocabulary import CHAPTERS, Outcome

DURATIONS = ((0, 12), (12, 24), (24, 36), (36, 60), (60, None))  # months: from, below
TOP = 20


@dataclass(frozen=True)
class Row:
    key: str
    count: int
    share: int  # of the longest bar, 0 to 100


@dataclass(frozen=True)
class Statistics:
    total: int
    years: list[Row]
    outcomes: list[Row]
    chapters: list[Row]
    unclear_chapters: int
    sectors: list[Row]
    countries: list[Row]
    durations: list[Row]
    median_months: int | None
    timed: int


class _Median(Aggregate):
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def _rows(pairs: list[tuple[Any, int]]) -> list[Row]:
    longest = max((count for _key, count in pairs), default=0) or 1
    return [Row(str(key), count, round(100 * count / longest)) for key, count in pairs]


def _most(counts: dict[str, int]) -> list[tuple[str, int]]:
    """The counted values that are known, the most frequent first."""
    known = [(value, count) for value, count in counts.items() if value]
    return sorted(known, key=lambda pair: (-pair[1], pair[0]))


def _grouped(field: str) -> dict[Any, int]:
    groups = PublishedRecord.objects.public().order_by().values_list(field)
    return dict(groups.annotate(n=Count("*")))


def _unnested(field: str) -> dict[str, int]:
    values = (
        PublishedRecord.objects.public().order_by().annotate(v=Func(F(field), function="unnest"))
    )
    return dict(values.values_list("v").annotate(n=Count("*")))


@lru_cache(maxsize=2)
def statistics(revision: tuple[int, datetime]) -> Statistics:
    """Counts at a revision of the register; each process counts once in a revision."""
    years, outcomes, sectors = _grouped("year"), _grouped("outcome"), _grouped("sector")
    chapters, countries = _unnested("chapters"), _unnested("host_countries")
    bands = {}
    for low, high in DURATIONS:
        inside = Q(months__gte=low) & (Q(months__lt=high) if high else Q())
        bands[f"band_{low}"] = Count("pk", filter=inside)
    timed = PublishedRecord.objects.public().aggregate(
        median=_Median("months"),
        timed=Count("months"),
        total=Count("*"),
        unclear=Count("pk", filter=Q(chapters=[]) & ~Q(provisions=[])),
        **bands,
    )
    top = _most(countries)[:TOP]
    known = [(year, count) for year, count in years.items() if year]
    return Statistics(
        total=timed["total"],
        years=_rows(sorted(known, reverse=True)),
        outcomes=_rows([(o, outcomes[o]) for o in Outcome.values if o in outcomes]),
        chapters=_rows([(c, chapters[c]) for c in CHAPTERS if c in chapters]),
        unclear_chapters=timed["unclear"],
        sectors=_rows(
            sorted(((s, n) for s, n in sectors.items() if s), key=lambda p: (-p[1], p[0]))
        ),
        countries=_rows(top),
        durations=_rows([(low, timed[f"band_{low}"]) for low, _high in DURATIONS]),
        median_months=round(timed["median"]) if timed["median"] is not None else None,
        timed=timed["timed"],
    )
