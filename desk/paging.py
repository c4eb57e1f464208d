"""Pages by key: a page names the row it begins after, so that page 500 costs what page 1 costs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet


@dataclass(frozen=True)
class Order:
    """An order of rows: a column and, where it is equal, the id."""

    column: str
    is_descending: bool = False

    def columns(self, *, backwards: bool = False) -> tuple[str, str]:
        sign = "-" if self.is_descending is not backwards else ""
        return f"{sign}{self.column}", f"{sign}id"


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the ids that the neighbouring pages begin at, or ""."""

    rows: list[Any]
    before: str = ""
    after: str = ""


def page_of(
    rows: QuerySet[Any], order: Order, *, after: str = "", before: str = "", size: int = 25
) -> Page:
    """Return the rows after or before a row; an id that is unknown gives the first page."""
    anchor = _anchor(rows, order, after or before)
    backwards = bool(before) and not after and anchor is not None
    found = rows
    if anchor:
        value, pk = anchor
        way = "lt" if order.is_descending is not backwards else "gt"
        # The first condition alone says where the index begins; the second sorts out equal values.
        found = found.filter(
            Q(**{f"{order.column}__{way}e": value})
            & (Q(**{f"{order.column}__{way}": value}) | Q(**{f"id__{way}": pk}))
        )
    taken = list(found.order_by(*order.columns(backwards=backwards))[: size + 1])
    has_more, taken = len(taken) > size, taken[:size]
    if backwards:
        taken.reverse()
    if not taken:
        return Page([])
    first, last = str(taken[0].pk), str(taken[-1].pk)
    if backwards:
        return Page(taken, before=first if has_more else "", after=last)
    return Page(taken, before=first if anchor else "", after=last if has_more else "")


def _anchor(rows: QuerySet[Any], order: Order, pk: str) -> tuple[Any, uuid.UUID] | None:
    try:
        key = uuid.UUID(pk)
    except ValueError:
        return None
    return (
        rows.model.objects.filter(pk=key, **{f"{order.column}__isnull": False})
        .values_list(order.column, "pk")
        .first()
    )
