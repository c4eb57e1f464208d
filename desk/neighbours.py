"""The case before and after another one in somebody's list, by key: no list is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import CharField, Q, QuerySet, Value

from accounts.roles import Role
from cases.models import Case
from cases.workflow import OPEN_STATES
from desk.paging import Order

if TYPE_CHECKING:
    from django.http import QueryDict

    from accounts.models import User

BY_DEADLINE = Order("next_due_on")


CARRIED = ("state", "officer", "late", "chapter", "country", "sector", "order", "mine", "risk")
"""What a case's address takes along from the list. Words that somebody typed may name people and
stay out of it."""


def query_of(data: QueryDict) -> str:
    """Return what the address of a case takes along from its list: "" or "?state=…"."""
    kept = [(name, value) for name in CARRIED for value in data.getlist(name) if value]
    return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True)
class Neighbours:
    """The ids of the case before and of the one after, or None at an end of the list."""

    before: UUID | None = None
    after: UUID | None = None


def my_list(user: User) -> QuerySet[Case]:
    """Return the open cases of somebody by their next deadline: an officer's own, everybody
    else's all."""
    rows = Case.objects.visible_to(user).filter(state__in=OPEN_STATES, next_due_on__isnull=False)
    return rows.filter(officer=user) if user.has_role(Role.OFFICER) else rows


def neighbours(rows: QuerySet[Any], order: Order, case: Case) -> Neighbours:
    """Return what stands beside a case in a list, whether or not it is in it, at one statement.

    Args:
        rows: the list, without an order.
        order: its order; a case that has no value for it has no neighbours.
    """
    value = getattr(case, order.column)
    if value is None:
        return Neighbours()
    found = dict(
        _beside(rows, order, case.pk, value, name="before", backwards=True)
        .union(_beside(rows, order, case.pk, value, name="after", backwards=False), all=True)
        .values_list("beside", "pk")
    )
    return Neighbours(found.get("before"), found.get("after"))


def _beside(
    rows: QuerySet[Any], order: Order, pk: UUID, value: Any, *, name: str, backwards: bool
) -> QuerySet[Any]:
    way = "lt" if order.is_descending is not backwards else "gt"
    return (
        rows.filter(
            Q(**{f"{order.column}__{way}e": value})
            & (Q(**{f"{order.column}__{way}": value}) | Q(**{f"id__{way}": pk}))
        )
        .order_by(*order.columns(backwards=backwards))
        .annotate(beside=Value(name, output_field=CharField()))
        .values_list("beside", "pk")[:1]
    )
