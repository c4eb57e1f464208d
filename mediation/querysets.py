"""Who sees which referral, and what of the room. The room has a rule of its own, `in_room_for`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.roles import STAFF, Role
from cases.models import Case, ConflictDeclaration, Participation
from cases.models.party import Side
from cases.workflow import State
from mediation.permissions import INTERNAL_ROLES
from mediation.workflow import LIVE_STATES, STAFFED_STATES, ReferralState

if TYPE_CHECKING:
    from accounts.models import User


def _conflicted(user: User) -> models.QuerySet[Any]:
    """Return the ids of the cases from which a declared conflict of interest keeps the person."""
    rows = ConflictDeclaration.objects.filter(user=user, has_conflict=True, superseded_at=None)
    return rows.values("case_id")


class BodyQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        """Bodies that cases may be referred to, by name."""
        return self.filter(is_active=True).order_by("name")


class BodyMemberQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        return self.filter(until=None, user__is_active=True)

    def coordinators(self) -> Self:
        return self.current().filter(role="coordinator")

    def mediators(self) -> Self:
        return self.current().filter(role="mediator")


class ReferralQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        """Referrals that somebody still works on."""
        return self.filter(state__in=LIVE_STATES, case__state=State.MEDIATION)

    def sent_to_bodies_of(self, user: User) -> Self:
        """Referrals to the bodies that the person coordinates, ended ones too."""
        if not user.is_authenticated or not user.is_active or not user.has_role(Role.COORDINATOR):
            return self.none()
        bodies = apps.get_model("mediation", "BodyMember").objects.coordinators().filter(user=user)
        return self.filter(body__in=bodies.values("body")).exclude(case__in=_conflicted(user))

    def mediated_by(self, user: User) -> Self:
        """Referrals that the person is appointed to: while the mediation lives, and afterwards, for
        the room alone, until the case is closed."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        allowed = Q(pk=None)
        if user.has_role(Role.MEDIATOR):
            allowed |= Q(body__isnull=False)
        if user.has_role(*INTERNAL_ROLES, Role.MEDIATOR):
            allowed |= Q(body=None)
        appointments = apps.get_model("mediation", "Appointment").objects.filter(
            mediator=user, released_at=None
        )
        return (
            self.filter(allowed, pk__in=appointments.values("referral"))
            .filter(
                Q(state__in=STAFFED_STATES, case__state=State.MEDIATION)
                | Q(state=ReferralState.CONCLUDED) & ~Q(case__state=State.CLOSED)
            )
            .exclude(case__in=_conflicted(user))
        )

    def visible_to(self, user: User) -> Self:
        """Referrals of which the person may know the process: coordinators, mediators, the NCP."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        rule = Q(pk__in=self.sent_to_bodies_of(user).values("pk"))
        rule |= Q(pk__in=self.mediated_by(user).values("pk"))
        if user.has_role(Role.OFFICER, Role.DECISION_MAKER, Role.AUDITOR):
            rule |= Q(case__in=Case.objects.visible_to(user))
        return self.filter(rule)


class RoomQuerySet(models.QuerySet[Any]):
    """Rows of the room: notes and files with `referral`, `audience` and `side`."""

    reader = "audience"
    """The column that says "joint" or "caucus"."""

    def visible_to(self, user: User) -> Self:
        """What of the room a person may read.

        A mediator of the referral who declared no conflict reads all of it; a side what is joint
        and what is its own; everybody else nothing. Roles at the NCP open nothing, whatever else
        the person is: only an appointment does.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        declared = apps.get_model("mediation", "Appointment").objects.filter(
            mediator=user, released_at=None, has_conflict=False, declared_at__isnull=False
        )
        mediated = apps.get_model("mediation", "Referral").objects.mediated_by(user)
        rule = Q(referral__in=mediated.filter(pk__in=declared.values("referral")).values("pk"))
        if not user.has_role(*STAFF):
            rows = Participation.objects.of_party(user).exclude(case__in=_conflicted(user))
            for side in Side:
                own = Q(**{self.reader: "joint"}) | Q(**{self.reader: "caucus"}, side=side)
                rule |= own & Q(referral__case__in=rows.filter(side=side).values("case_id"))
        return self.filter(rule)


class SessionQuerySet(RoomQuerySet):
    """Sessions with those who took part: the same rule, by their kind."""

    reader = "kind"
