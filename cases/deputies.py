"""Who stands in for whom on a day: one rule for pages, services and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from accounts.models import User


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


def forget_who(*people: User) -> None:
    """Read it anew: somebody was named or ended."""
    for person in people:
        person.__dict__.pop("_stood_in_for", None)
