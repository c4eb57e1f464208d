"""Who stands in for whom on a day: one rule for pages, services and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Deputy


def stood_in_for(user: User) -> frozenset[UUID]:
    """Return the officers whose deputy a person is today; one query for each day and object."""
    from cases.models import Deputy
    from cases.services.deadlines import today

    day = today()
    held = user.__dict__.get("_stood_in_for")
    if held is None or held[0] != day:
        ids = frozenset(Deputy.objects.on(day).filter(deputy=user).values_list("absent", flat=True))
        held = user.__dict__["_stood_in_for"] = (day, ids)
    return held[1]


def standing_today(user: User) -> list[Deputy]:
    """Return the rows of today in which a person is away or stands in, with the names of both;
    `stood_in_for` needs no statement of its own afterwards."""
    from cases.models import Deputy
    from cases.services.deadlines import today

    day = today()
    rows = Deputy.objects.on(day).filter(Q(absent=user) | Q(deputy=user))
    found = list(rows.select_related("absent", "deputy").order_by("until", "pk"))
    ids = frozenset(row.absent_id for row in found if row.deputy_id == user.pk)
    user.__dict__["_stood_in_for"] = (day, ids)
    return found


def forget_who(*people: User) -> None:
    """Read it anew: somebody was named or ended."""
    for person in people:
        person.__dict__.pop("_stood_in_for", None)
