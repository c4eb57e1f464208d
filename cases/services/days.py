"""Days that the government declares working or free, and what they do to dates that run."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from cases.errors import Conflict
from cases.models import Case, Deadline, DeclaredDay
from cases.services import deadlines


@transaction.atomic
def declare(day: date, *, is_working: bool, note: str = "") -> DeclaredDay:
    """Declare a day working or free; open deadlines that it touches are computed anew.

    Raises:
        Conflict: the day was declared already.
    """
    row, made = DeclaredDay.objects.get_or_create(
        day=day, defaults={"is_working": is_working, "note": note.strip()}
    )
    if not made:
        raise Conflict(_("This day was declared already. Remove it first."))
    _recompute(day)
    return row


@transaction.atomic
def transfer(off: date, *, worked: date, note: str = "") -> tuple[DeclaredDay, DeclaredDay]:
    """Declare a day free that is worked on another day.

    Raises:
        Conflict: one of them was declared already.
    """
    return declare(off, is_working=False, note=note), declare(worked, is_working=True, note=note)


@transaction.atomic
def remove(row: DeclaredDay) -> None:
    """Take a declaration back; open deadlines that it touched are computed anew."""
    day = row.day
    row.delete()
    _recompute(day)


def _recompute(day: date) -> None:
    """Compute the open deadlines that run over a day or end near it."""
    touched = Deadline.objects.open().filter(opened_on__lte=day, due_on__gte=day)
    ends_there = Deadline.objects.open().filter(target_on=day)
    ids = touched.union(ends_there).values_list("case_id", flat=True)
    for case in Case.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk"):
        deadlines.recompute(case)
        case.save()
