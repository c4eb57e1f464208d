"""A reminder of the next thing that somebody owes, sent by an officer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions, rules
from cases.errors import Conflict
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Deadline
from cases.models.party import Side
from cases.services import deadlines
from cases.services.acting import locked, require

if TYPE_CHECKING:
    from accounts.models import User

PAUSE_BETWEEN = timedelta(hours=20)
"""Nobody is reminded of the same thing twice on one day."""


def next_owed(case: Case) -> Deadline | None:
    """Return what is due first of what anybody owes in a case; reports of pressure are not for a
    list."""
    return case.deadlines.open().exclude(kind=deadlines.FOR_OFFICERS).order_by("due_on").first()


def remind(case: Case, *, by: User, version: int | None = None) -> Deadline:
    """Remind whoever owes what is due next: one side, both, the mediation, or the officer.

    A party hears only of deadlines that its rule set makes public. The reminder says no more than
    that something waits.

    Raises:
        PermissionDenied: the person does not run the procedure.
        Conflict: nothing is owed, the clock stands, or they were reminded today.
    """
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = next_owed(row)
        if item is None:
            raise Conflict(_("Nothing is due in this case."))
        if row.pauses.filter(until=None).exists():
            raise Conflict(_("The clock of this case is paused."))
        since = timezone.now() - PAUSE_BETWEEN
        if row.events.filter(
            kind=EventKind.DEADLINE_REMINDED, at__gte=since, data__deadline=str(item.pk)
        ).exists():
            raise Conflict(_("A reminder of this went out already today."))
        is_public = rules.load(row.rule_set).deadline(item.kind).public
        for side in _sides(item):
            if not is_public:
                raise Conflict(_("The parties are not told of this deadline."))
            if side == Side.RESPONDENT and not row.is_served:
                raise Conflict(_("The enterprise was not told of the case yet."))
        for owed_by, side in _reminded(item):
            record_event(
                row,
                EventKind.DEADLINE_REMINDED,
                by=by,
                deadline=str(item.pk),
                owed_by=owed_by,
                side=side or None,
            )
    return item


def _sides(item: Deadline) -> list[str]:
    if item.owed_by == "both":
        return [item.side] if item.side else list(Side)
    return [item.owed_by] if item.owed_by in Side.values else []


def _reminded(item: Deadline) -> list[tuple[str, str]]:
    sides = _sides(item)
    return [(side, side) for side in sides] if sides else [(item.owed_by, "")]
