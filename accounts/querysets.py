"""Sets of people, roles, codes and links. Adjectives take the moment as `at`, now by default."""

import uuid
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

    def matching(self, text: str) -> Self:
        """People whose name or address contains a text."""
        text = text.strip()[:200]
        if not text:
            return self
        return self.filter(Q(name__icontains=text) | Q(email__icontains=text))

    def with_role_names(self) -> Self:
        """Bring the current roles along as `current_assignments`, in one query for all rows."""
        from accounts.models import RoleAssignment

        current = RoleAssignment.objects.current().order_by("since")
        return self.prefetch_related(
            models.Prefetch("role_assignments", queryset=current, to_attr="current_assignments")
        )

    def page_after(self, last: str, *, size: int) -> tuple[list[Any], str]:
        """Return a page in the order of names and ids, and where the next one begins ("" if none).

        Args:
            last: what the page before gave; anything else starts from the beginning.
        """
        rows = self.order_by("name", "pk")
        try:
            name, pk = rows.values_list("name", "pk").get(pk=uuid.UUID(last))
        except (ValueError, self.model.DoesNotExist):
            pass
        else:
            rows = rows.filter(Q(name__gt=name) | Q(name=name, pk__gt=pk))
        page = list(rows[: size + 1])
        return page[:size], str(page[size - 1].pk) if len(page) > size else ""


class RoleAssignmentQuerySet(models.QuerySet[Any]):
    def past(self, at: datetime | None = None) -> Self:
        return self.filter(until__lte=at or timezone.now())

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

    def decided(self) -> Self:
        return self.exclude(state="proposed").exclude(decided_at=None).order_by("-decided_at")

    def with_people(self) -> Self:
        return self.select_related("person", "proposed_by", "decided_by")


class AccessCodeQuerySet(models.QuerySet[Any]):
    def valid(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.filter(
            Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None, user__is_active=True
        )


class OneTimeLinkQuerySet(models.QuerySet[Any]):
    def valid(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=at, user__is_active=True)


class PersonalTokenQuerySet(models.QuerySet[Any]):
    def valid(self, at: datetime | None = None) -> Self:
        at = at or timezone.now()
        return self.filter(revoked_at=None, expires_at__gt=at, user__is_active=True)

    def with_standing(self) -> Self:
        """Tell of each whether it still works, as `is_valid`."""
        works = Q(revoked_at=None, expires_at__gt=timezone.now())
        return self.annotate(
            is_valid=models.Case(
                models.When(works, then=models.Value(True)), default=models.Value(False)
            )
        )
