"""Declarations on conflicts of interest, per case; the latest counts and all stay on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.roles import Role
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, ConflictDeclaration
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from accounts.models import User


def declare(
    case: Case,
    *,
    by: User,
    has_conflict: bool,
    explanation: str = "",
    version: int | None = None,
) -> Case:
    """Declare whether one has a conflict of interest. A declared conflict takes the case away
    at once.

    An officer who stood named on the case loses it; somebody else must be named.
    """
    with locked(case, version=version, by=by) as row:
        require(by.has_role(Role.OFFICER, Role.DECISION_MAKER, Role.MEDIATOR, Role.COORDINATOR))
        now = timezone.now()
        row.conflicts.filter(user=by, superseded_at=None).update(superseded_at=now)
        ConflictDeclaration.objects.create(
            case=row, user=by, has_conflict=has_conflict, explanation=explanation.strip()
        )
        if has_conflict:
            row.participations.filter(user=by, until=None).update(until=now)
            if row.officer_id == by.pk:
                row.officer = None
        record_event(row, EventKind.CONFLICT_DECLARED, by=by, has_conflict=has_conflict)
    return row
