"""How a case ends: withdrawn, ended early, reviewed, closed with its statement, followed up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions, rules
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Message
from cases.models.correspondence import Correspondent
from cases.models.party import Side
from cases.services.acting import locked, perform
from cases.workflow import EARLY_OUTCOMES, Outcome

if TYPE_CHECKING:
    from accounts.models import User


def withdraw(case: Case, *, by: User, reason: str = "", version: int | None = None) -> Case:
    """Withdraw a case. Before the enterprise was told nothing is published; after, a statement
    says so.

    The reason, if one is given, is kept as a message from the complainant to the NCP.
    """
    with locked(case, version=version, by=by) as row:
        if row.is_served:
            perform(row.end_early, by=by, at=timezone.now(), outcome=Outcome.WITHDRAWN)
            kind = EventKind.ENDED_EARLY
        else:
            perform(row.withdraw_before_service, by=by, at=timezone.now())
            kind = EventKind.WITHDRAWN
        if reason.strip():
            is_party = permissions.is_party_member(row, by)
            Message.objects.create(
                case=row,
                side=Side.COMPLAINANT,
                sender=Correspondent.COMPLAINANT if is_party else Correspondent.NCP,
                sent_by=by,
                text=reason.strip(),
            )
        record_event(row, kind, by=by, outcome=Outcome.WITHDRAWN)
    return row


def end_early(case: Case, *, outcome: str, by: User, version: int | None = None) -> Case:
    """End a served case before its conclusion: lapsed, settled outside or transferred. A
    statement follows.

    Raises:
        Incomplete: the outcome is none of these.
    """
    if outcome not in EARLY_OUTCOMES:
        raise Incomplete(_("Choose one of the outcomes."))
    with locked(case, version=version, by=by) as row:
        perform(row.end_early, by=by, at=timezone.now(), outcome=outcome)
        record_event(row, EventKind.ENDED_EARLY, by=by, outcome=outcome)
    return row


def hold_for_review(case: Case, *, by: User, version: int | None = None) -> Case:
    """Hold the statement back while the procedure is reviewed, where the rule set has a review."""
    with locked(case, version=version, by=by) as row:
        if not rules.load(row.rule_set).allows_review:
            raise Incomplete(_("The rules of this case have no procedural review."))
        perform(row.hold_for_review, by=by)
        record_event(row, EventKind.HELD_FOR_REVIEW, by=by)
    return row


def conclude_review(case: Case, *, result: str, by: User, version: int | None = None) -> Case:
    """End a review: `rejected`, or remitted to `examination` or to `assessment`."""
    with locked(case, version=version, by=by) as row:
        move = {
            "rejected": row.reject_review,
            "examination": row.remit_to_examination,
            "assessment": row.remit_to_assessment,
        }[result]
        perform(move, by=by)
        record_event(row, EventKind.REVIEW_CONCLUDED, by=by, result=result)
    return row


def close(
    case: Case,
    *,
    by: User,
    statement: object,
    follow_up_on: date | None = None,
    version: int | None = None,
) -> Case:
    """Close a case with its published statement. `statements` calls it when it publishes.

    Args:
        statement: id of the published statement.
        follow_up_on: the day that the statement names for the follow-up.
    """
    with locked(case, version=version, by=by) as row:
        perform(row.close, by=by, at=timezone.now())
        row.follow_up_on = follow_up_on
        record_event(row, EventKind.STATEMENT_PUBLISHED, by=by, statement=statement)
        record_event(row, EventKind.CLOSED, by=by, outcome=row.outcome)
    return row


def begin_follow_up(case: Case, *, by: User, version: int | None = None) -> Case:
    """Begin the follow-up on the date that the statement names, or on new facts."""
    with locked(case, version=version, by=by) as row:
        perform(row.begin_follow_up, by=by)
        record_event(row, EventKind.FOLLOW_UP_BEGUN, by=by)
    return row


def conclude_follow_up(case: Case, *, by: User, version: int | None = None) -> Case:
    """End the follow-up: its statement goes the same way to publication."""
    with locked(case, version=version, by=by) as row:
        perform(row.conclude_follow_up, by=by)
        record_event(row, EventKind.FOLLOW_UP_CONCLUDED, by=by)
    return row
