"""Sets of people, roles, codes and links. Adjectives take the moment as `at`, now by default."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

PROPOSAL_DAYS = 14


class UserQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def staff(self) -> Self:
        """People of the NCP and of those it works with: never parties, who have no role and no
        invitation from an administrator."""
        return self.filter(
            Q(role_assignments__isnull=False)
            | Q(rolechanges__isnull=False)
            | Q(one_time_links__kind="invitation")
        ).distinct()

    def holding(self, *roles: str, at: datetime | None = None) -> Self:
        """Active people who hold one of the roles."""
        at = at or timezone.now()
        return (
            self.active()
            .filter(
                Q(role_assignments__until=None) | Q(role_assignments__until__gt=at),
                role_assignments__since__lte=at,
                role_assignments__role__in=roles,
            )
            .distinct()
        )


class RoleAssignmentQuerySet(models.QuerySet[Any]):
    def current(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.filter(Q(until=None) | Q(until__gt=at), since__lte=at)


class ProposalQuerySet(models.QuerySet[Any]):
    def waiting(self, at: datetime | None = None) -> Self:
        """Not decided, and not so old that nobody remembers why."""
        at = at or timezone.now()
        return self.filter(state="proposed", proposed_at__gt=at - timedelta(days=PROPOSAL_DAYS))

    def stale(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.filter(state="proposed", proposed_at__lte=at - timedelta(days=PROPOSAL_DAYS))


class AccessCodeQuerySet(models.QuerySet[Any]):
    def valid(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None, user__is_active=True
        )


class OneTimeLinkQuerySet(models.QuerySet[Any]):
    def valid(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.filter(
            used_at=None, revoked_at=None, expires_at__gt=at, user__is_active=True
        )


class PersonalTokenQuerySet(models.QuerySet[Any]):
    def valid(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.filter(revoked_at=None, expires_at__gt=at, user__is_active=True)
