"""What a person of a supporting NCP reads of a case: a projection, with pseudonyms and blots."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from cases.models import NcpGuest, NcpRelease, NcpShare
from cases.search.masking import Mask
from cases.shown import DisclosedCase


def masked(shown: DisclosedCase, mask: Mask) -> DisclosedCase:
    """Return a projection whose texts hold no withheld name, address or number."""
    issues = tuple(
        replace(
            issue,
            title=mask.blot(issue.title),
            description=mask.blot(issue.description),
            place=mask.blot(issue.place),
            reasons=mask.blot(issue.reasons),
        )
        for issue in shown.issues
    )
    deadlines = tuple(
        replace(item, overdue_reason=mask.blot(item.overdue_reason)) for item in shown.deadlines
    )
    return replace(shown, issues=issues, deadlines=deadlines)


def by_country(countries: Collection[str]) -> dict[str, list[NcpGuest]]:
    """Return the people of some NCPs who may be shown cases now."""
    found: dict[str, list[NcpGuest]] = {}
    rows = NcpGuest.objects.filter(country__in=countries, until=None).select_related("user")
    for row in rows.order_by("user__name"):
        found.setdefault(row.country, []).append(row)
    return found


def released(share: NcpShare) -> list[dict[str, Any]]:
    """Return the documents that a guest may read now, under titles that name nobody."""
    rows = NcpRelease.objects.filter(share=share, ended_at=None)
    rows = rows.select_related("case_document", "copy").order_by("released_at", "pk")
    found = []
    for number, row in enumerate((row for row in rows if row.is_open), start=1):
        title = row.case_document.get_side_display() or _("NCP")
        found.append(
            {
                "release": row,
                "title": _("Document %(number)s (%(whose)s)") % {"number": number, "whose": title},
                "size": row.copy.clean_size,
            }
        )
    return found
