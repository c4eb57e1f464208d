"""The tables of the statistics page: counts with words in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .countries import name_of
from .statistics import Row, Statistics
from .vocabulary import CHAPTERS, SECTORS, Outcome


@dataclass(frozen=True)
class Bar:
    key: str
    label: str
    count: int
    share: int


@dataclass(frozen=True)
class Table:
    caption: str
    head: str
    rows: list[Bar]
    filter: str = ""
    note: str = ""


def _bars(rows: list[Row], labels: dict[str, str]) -> list[Bar]:
    return [Bar(row.key, labels.get(row.key, row.key), row.count, row.share) for row in rows]


def tables(figures: Statistics) -> list[Table]:
    durations = {
        "0": _("Less than 1 year"),
        "12": _("1 to 2 years"),
        "24": _("2 to 3 years"),
        "36": _("3 to 5 years"),
        "60": _("5 years and more"),
    }
    timed, unclear = figures.timed, figures.unclear_chapters
    return [
        Table(_("Cases by year of submission"), _("Year"), _bars(figures.years, {}), "year"),
        Table(
            _("Cases by outcome"),
            _("Outcome"),
            _bars(figures.outcomes, {o.value: str(o.label) for o in Outcome}),
            "outcome",
        ),
        Table(
            _("Cases by chapter of the Guidelines"),
            _("Chapter"),
            _bars(figures.chapters, {c: f"{c}. {name}" for c, name in CHAPTERS.items()}),
            "chapter",
            _("A case can cite several chapters.")
            + (
                " "
                + ngettext(
                    "%(n)s case is not counted: the edition that it cites is not recorded.",
                    "%(n)s cases are not counted: the edition that they cite is not recorded.",
                    unclear,
                )
                % {"n": unclear}
                if unclear
                else ""
            ),
        ),
        Table(
            _("Cases by sector"),
            _("Sector"),
            _bars(figures.sectors, {code: str(name) for code, name in SECTORS.items()}),
            "sector",
        ),
        Table(
            _("Cases by host country, the most frequent"),
            _("Host country"),
            _bars(figures.countries, {row.key: name_of(row.key) for row in figures.countries}),
            "country",
        ),
        Table(
            _("Time from submission to conclusion"),
            _("Duration"),
            _bars(figures.durations, durations) if timed else [],
            note=ngettext(
                "Counted for %(n)s case with a known month of submission and conclusion.",
                "Counted for %(n)s cases with a known month of submission and conclusion.",
                timed,
            )
            % {"n": timed},
        ),
    ]
