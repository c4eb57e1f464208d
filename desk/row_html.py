"""Lines of lists as HTML. The same lines are shown again and again, and making one costs more than
everything else of a list: a line is made once for all that it shows, and kept for a while."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from desk.lists import Row

MOST = 4000
_made: dict[tuple[Any, ...], SafeString] = {}


def html(
    row: Row, *, columns: Iterable[str], acts: bool, ticks: bool, query: str = ""
) -> SafeString:
    """Return the `<tr>` of a line. Whatever it shows is part of what it is found by."""
    key = (get_language(), tuple(columns), acts, ticks, query, *_shown(row))
    found = _made.get(key)
    if found is None:
        context = {
            "row": row,
            "columns": columns,
            "acts": acts,
            "ticks": ticks,
            "case_query": query,
        }
        found = get_template("desk/_row.html").render(context)
        if len(_made) >= MOST:
            _made.clear()
        _made[key] = found
    return found


def _shown(row: Row) -> tuple[Any, ...]:
    case = row.case
    act = row.next and (str(row.next.label), row.next.url, row.next.letter)
    return (
        case.pk, case.row_version, str(case), case.title, case.state, case.outcome,
        case.officer_id and case.officer.name, case.next_due_on, case.received_at, row.deadline,
        row.standing, row.tag, row.shows_risk, row.reason, row.reason_url, act, tuple(row.parties),
        tuple(row.countries), tuple(row.chapters), row.sector,
    )  # fmt: skip
