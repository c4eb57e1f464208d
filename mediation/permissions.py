"""Who may do what with a referral. Predicates take the referral and the person, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.roles import Role
from cases.permissions import has_conflict, is_party_member, may_run_procedure

if TYPE_CHECKING:
    from accounts.models import User
    from mediation.models import Appointment, Referral

INTERNAL_ROLES = (Role.OFFICER, Role.DECISION_MAKER)


def coordinates(referral: Referral, user: User) -> bool:
    """Tell whether the person coordinates the body that the case was referred to."""
    from mediation.models import BodyMember

    return (
        referral.body_id is not None
        and user.is_active
        and user.has_role(Role.COORDINATOR)
        and BodyMember.objects.coordinators().filter(body=referral.body_id, user=user).exists()
        and not has_conflict(referral.case, user)
    )


may_answer = coordinates


def runs_it(referral: Referral, user: User) -> bool:
    """The officers of the case take a referral back."""
    return may_run_procedure(referral.case, user)


def may_appoint(referral: Referral, user: User) -> bool:
    """The body appoints from its own people; where there is no body, the officer does."""
    return coordinates(referral, user) if referral.body_id else runs_it(referral, user)


def holds_the_role(referral: Referral, user: User) -> bool:
    """Tell whether the person may mediate at all: a mediator or, inside, somebody of the NCP."""
    roles = (Role.MEDIATOR,) if referral.body_id else (*INTERNAL_ROLES, Role.MEDIATOR)
    return user.is_active and user.has_role(*roles)


def is_appointed(appointment: Appointment, user: User) -> bool:
    """Tell whether the appointment is the person's own and stands."""
    return (
        appointment.mediator_id == user.pk
        and appointment.released_at is None
        and holds_the_role(appointment.referral, user)
    )


def mediates(referral: Referral, user: User) -> bool:
    """Tell whether the person is appointed, declared no conflict, and is still in it."""
    return (
        referral.appointments.filter(
            mediator=user, released_at=None, declared_at__isnull=False, has_conflict=False
        ).exists()
        and holds_the_role(referral, user)
        and not has_conflict(referral.case, user)
    )


def may_consent(referral: Referral, user: User, *, side: str) -> bool:
    """A side consents for itself; the mediator writes down what was said or signed."""
    return is_party_member(referral.case, user, side=side) or mediates(referral, user)
