"""Sets of messages and deliveries; the notices of a person start from `visible_to`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from accounts.roles import Role
from cases.models import Case, Consultation
from mediation.models import Referral

if TYPE_CHECKING:
    from accounts.models import User


class OutboxMessageQuerySet(models.QuerySet[Any]):
    def waiting(self, *, at: datetime) -> Self:
        """Messages whose deliveries are still to be written, the oldest first."""
        return self.filter(spread_at=None, next_try_at__lte=at).order_by("created_at")


class DeliveryQuerySet(models.QuerySet[Any]):
    def mails_waiting(self, *, at: datetime) -> Self:
        """Mails still to be sent, the oldest first."""
        return self.filter(channel="mail", state="waiting", next_try_at__lte=at).order_by(
            "created_at"
        )

    def visible_to(self, user: User) -> Self:
        """A person's own notices, of cases or referrals that they may see now."""
        if not user.is_authenticated:
            return self.none()
        rule = Q(message__case__in=Case.objects.visible_to(user))
        if user.has_role(Role.MEDIATOR, Role.COORDINATOR):
            # Somebody appointed has no part in the case before they declared on conflicts.
            referrals = Referral.objects.visible_to(user).values("case")
            rule |= Q(room="mediation", message__case__in=referrals)
        if user.has_role(Role.EXPERT):
            asked = Consultation.objects.asked_of(user).values("case")
            rule |= Q(room="expert", message__case__in=asked)
        return self.filter(rule, user=user, channel="inbox")

    def unread(self) -> Self:
        return self.filter(read_at=None)
