"""Pages that cost the same wherever they are: each begins after a row, not after a number of rows.

A page's address names the row beside it. Nothing is signed: a forged or stale token only leads to
another place of a public list, or to its beginning.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from .models import PublishedRecord
from .querysets import RecordQuerySet

PAGE_SIZE = 25
COUNT_LIMIT = 1000


@dataclass(frozen=True)
class Page:
    """Rows of one page and the tokens of its neighbours, empty at the ends."""

    rows: list[PublishedRecord]
    newer: str = ""
    older: str = ""


def token(day: date, pk: UUID) -> str:
    return base64.urlsafe_b64encode(day.toordinal().to_bytes(3, "big") + pk.bytes).decode()


def read_token(text: str) -> tuple[date, UUID] | None:
    """The row that a token names; None for anything that is no token."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        if len(raw) != 19:
            return None
        return date.fromordinal(int.from_bytes(raw[:3], "big")), UUID(bytes=raw[3:])
    except (ValueError, OverflowError, binascii.Error):
        return None


def _token_of(record: PublishedRecord) -> str:
    return token(record.sort_on, record.pk)


def page_of(records: RecordQuerySet, *, after: str = "", before: str = "") -> Page:
    """One page, newest first, beginning after (or ending before) the row of a token.

    `records` are filtered but not ordered. Costs one statement.
    """
    place = read_token(before) if before else None
    if place:
        day, pk = place
        newer = records.filter(Q(sort_on__gte=day), Q(sort_on__gt=day) | Q(id__gt=pk))
        rows = list(newer.order_by("sort_on", "id")[: PAGE_SIZE + 1])
        more = len(rows) > PAGE_SIZE
        rows = rows[:PAGE_SIZE][::-1]
        if rows:
            return Page(rows, _token_of(rows[0]) if more else "", _token_of(rows[-1]))
        place = None
    elif after:
        place = read_token(after)
    if place:
        day, pk = place
        records = records.filter(Q(sort_on__lte=day), Q(sort_on__lt=day) | Q(id__lt=pk))
    rows = list(records.newest_first()[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    return Page(
        rows,
        _token_of(rows[0]) if rows and place else "",
        _token_of(rows[-1]) if more else "",
    )


def counted(records: RecordQuerySet) -> tuple[int, bool]:
    """How many records, counted up to 1,000, and whether there are more."""
    found = records.order_by().values("id")[: COUNT_LIMIT + 1].count()
    return min(found, COUNT_LIMIT), found > COUNT_LIMIT


def slice_around(
    hits: Sequence[UUID], *, after: str = "", before: str = ""
) -> tuple[list[UUID], str, str]:
    """A page of ranked hits by the id beside it, and the ids for the pages before and after."""

    def place_of(text: str) -> int | None:
        try:
            return hits.index(UUID(text))
        except ValueError:
            return None

    start = 0
    if before and (at := place_of(before)) is not None:
        start = max(0, at - PAGE_SIZE)
    elif after and (at := place_of(after)) is not None:
        start = at + 1
    page = list(hits[start : start + PAGE_SIZE])
    newer = str(page[0]) if page and start else ""
    older = str(page[-1]) if start + PAGE_SIZE < len(hits) else ""
    return page, newer, older
