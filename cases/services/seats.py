"""Who chairs the members, and who is whose alternate. Ended seats stay on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases.errors import Conflict
from cases.models import Seat
from cases.models.meeting import SeatFunction
from cases.services.acting import require

if TYPE_CHECKING:
    from accounts.models import User


def _current() -> list[Seat]:
    """Return the seats held now, locked, so that two administrators do not name two chairs."""
    return list(Seat.objects.current().select_for_update(no_key=True).order_by("pk"))


@transaction.atomic
def name_chair(user: User, *, by: User) -> Seat:
    """Make a member the chair; the one before gives the chair up.

    Raises:
        ValidationError: the person is no member, or somebody's alternate.
    """
    require(by.has_role(Role.ADMINISTRATOR))
    _check_member(user)
    seats = _current()
    if any(s.function == SeatFunction.ALTERNATE and s.user_id == user.pk for s in seats):
        raise ValidationError(_("An alternate cannot be the chair."))
    for seat in seats:
        if seat.function == SeatFunction.CHAIR:
            if seat.user_id == user.pk:
                return seat
            _end(seat, by=by)
    return Seat.objects.create(user=user, function=SeatFunction.CHAIR, named_by=by)


@transaction.atomic
def name_alternate(user: User, *, stands_in_for: User, by: User) -> Seat:
    """Name somebody who votes where a member is absent or recused, and only then.

    Raises:
        Conflict: the member has an alternate, or the person is one already.
        ValidationError: both must be members, and not the same person.
    """
    require(by.has_role(Role.ADMINISTRATOR))
    _check_member(user)
    _check_member(stands_in_for)
    if user.pk == stands_in_for.pk:
        raise ValidationError(_("Nobody is their own alternate."))
    seats = _current()
    alternates = {s.user_id: s for s in seats if s.function == SeatFunction.ALTERNATE}
    if user.pk in alternates or stands_in_for.pk in {
        seat.stands_in_for_id for seat in alternates.values()
    }:
        raise Conflict(_("This person or this member has such a seat already. End it first."))
    if stands_in_for.pk in alternates or user.pk in {
        s.user_id for s in seats if s.function == SeatFunction.CHAIR
    }:
        raise ValidationError(_("An alternate has no alternate, and the chair is none."))
    if user.pk in {seat.stands_in_for_id for seat in alternates.values()}:
        raise ValidationError(_("A member who has an alternate cannot be one."))
    return Seat.objects.create(
        user=user, function=SeatFunction.ALTERNATE, stands_in_for=stands_in_for, named_by=by
    )


@transaction.atomic
def end_seat(seat: Seat, *, by: User) -> None:
    """End a seat; votes that were cast from it stay."""
    require(by.has_role(Role.ADMINISTRATOR))
    for row in _current():
        if row.pk == seat.pk:
            _end(row, by=by)


def _end(seat: Seat, *, by: User) -> None:
    seat.until, seat.ended_by = timezone.now(), by
    seat.save(update_fields=["until", "ended_by"])


def _check_member(user: User) -> None:
    if not user.has_role(Role.DECISION_MAKER):
        raise ValidationError(_("Choose a member of the NCP."))
