"""What a case is about, in one sentence and a few words, as a person may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.countries import country_name
from cases.models.party import Side
from cases.provisions import in_order
from cases.sectors import SECTORS

if TYPE_CHECKING:
    from cases.models import Case
    from cases.shown import DisclosedCase

NAMED = 3
"""How many names of a side the sentence has; the others are counted."""


@dataclass(frozen=True)
class About:
    """The head of the case page.

    Args:
        sentence: who raised the matter against whom, by the names that the reader may know.
        issues: number and title of each issue; empty for whoever does not read the case yet.
        countries: where it happened, else where the parties are.
        chapters: the chapters of the Guidelines that are cited.
    """

    sentence: str
    issues: tuple[tuple[int, str], ...]
    countries: tuple[str, ...]
    chapters: tuple[str, ...]
    sector: str


def about(case: Case, shown: DisclosedCase) -> About:
    """Return the head of a case; its issues must be loaded."""
    reads = bool(shown.issues)
    places = {row.country for row in case.issues.all() if row.country} if reads else set()
    places = places or {party.country for party in shown.parties if party.country}
    cited = [item for row in case.issues.all() for item in row.provisions.all()] if reads else []
    return About(
        sentence=_sentence(shown),
        issues=tuple((issue.number, issue.title) for issue in shown.issues),
        countries=tuple(sorted(country_name(code) for code in places)),
        chapters=tuple(in_order(item.chapter for item in cited)),
        sector=str(SECTORS.get(case.sector, "")) if reads else "",
    )


def _sentence(shown: DisclosedCase) -> str:
    raised = _names([party.name for party in shown.parties if party.side == Side.COMPLAINANT])
    against = _names([party.name for party in shown.parties if party.side == Side.RESPONDENT])
    if not raised or not against:
        return raised or against
    return _("%(complainants)s against %(enterprises)s") % {
        "complainants": raised,
        "enterprises": against,
    }


def _names(names: list[str]) -> str:
    if len(names) <= NAMED:
        return ", ".join(names)
    more = len(names) - NAMED
    return ngettext("%(names)s and %(n)s more", "%(names)s and %(n)s more", more) % {
        "names": ", ".join(names[:NAMED]),
        "n": more,
    }
