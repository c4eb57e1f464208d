"""Who sees which statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from cases.querysets import NCP_ROLES

if TYPE_CHECKING:
    from accounts.models import User


class StatementQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> StatementQuerySet:
        """Statements of visible cases: all for the NCP's people, for a party what was sent to it.

        A mediator, a coordinator and a guest see none: they read what is published.
        """
        case = apps.get_model("cases", "Case")
        if not user.is_authenticated:
            return self.none()
        if user.has_role(*NCP_ROLES):
            return self.filter(case__in=case.objects.visible_to(user))
        return self.filter(case__in=case.objects.of_party(user)).exclude(rounds=None).distinct()

    def at_work(self) -> StatementQuerySet:
        """Statements whose text may change now."""
        return self.filter(
            Q(published_at=None) | Q(correcting_since__isnull=False), set_aside_at=None
        )
