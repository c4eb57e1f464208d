"""Good offices: the replies of both sides, what the mediation reports, the end and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions, rules
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, GoodOfficesReply
from cases.models.party import Side
from cases.services.acting import locked, perform, require, require_state
from cases.workflow import GOOD_OFFICES_OUTCOMES, Outcome, State

if TYPE_CHECKING:
    from accounts.models import User


def reply(
    case: Case,
    *,
    side: str,
    accepts: bool,
    by: User,
    note: str = "",
    version: int | None = None,
) -> Case:
    """Record what one side says to the offer of good offices; a later reply replaces an
    earlier one.

    An officer may record a reply that came on paper.

    Raises:
        PermissionDenied: the person is neither on that side nor an officer.
        Conflict: good offices are not on offer any more, or that side gave the same reply already.
    """
    with locked(case, version=version, by=by) as row:
        require_state(row, State.MEDIATION)
        require(
            permissions.is_party_member(row, by, side=side)
            or permissions.may_run_procedure(row, by)
        )
        held = row.replies.filter(side=side).first()
        if held and held.accepts == accepts:
            raise Conflict(_("This reply was recorded already."))
        held = held or GoodOfficesReply(case=row, side=Side(side))
        held.accepts, held.note, held.by, held.at = accepts, note.strip(), by, timezone.now()
        held.save()
        record_event(row, EventKind.GOOD_OFFICES_REPLY, by=by, side=side, accepts=accepts)
        if row.replies.count() == len(Side) and not _have_replied(row):
            record_event(row, EventKind.GOOD_OFFICES_REPLIED, by=by)
    return row


def _have_replied(case: Case) -> bool:
    """Tell whether it is on record that both sides replied; after a split they are asked again."""
    kinds = [EventKind.GOOD_OFFICES_REPLIED, EventKind.CASE_SPLIT, EventKind.SPLIT_OFF]
    last = case.events.filter(kind__in=kinds).order_by("-sequence").first()
    return last is not None and last.kind == EventKind.GOOD_OFFICES_REPLIED


def both_sides_agree(case: Case) -> bool:
    """Tell whether both sides said yes to good offices."""
    return case.replies.filter(accepts=True).count() == len(Side)


def record_mediation(case: Case, kind: EventKind, *, by: User, **ids: Any) -> Case:
    """Record a step of the mediation in the history of a case that is in good offices.

    `mediation` calls it after it checked the person by its own rules; only ids pass.
    """
    with locked(case) as row:
        require_state(row, State.MEDIATION)
        record_event(row, kind, by=by, **ids)
    return row


def conclude(
    case: Case,
    *,
    outcome: str,
    by: User,
    on_issues: Mapping[UUID, str] | None = None,
    examine: bool = False,
    version: int | None = None,
) -> Case:
    """End the good offices with an outcome; the case goes on to its statement, or to examination.

    Args:
        outcome: one of `GOOD_OFFICES_OUTCOMES`.
        on_issues: outcome per accepted issue, where they differ.
        examine: the NCP examines the issues itself, where the rule set allows it.

    Raises:
        ValidationError: the outcome is none of good offices.
        Incomplete: the rule set knows no examination, or the parties agreed.
    """
    if outcome not in GOOD_OFFICES_OUTCOMES:
        raise ValidationError(_("Choose one of the outcomes."))
    with locked(case, version=version, by=by) as row:
        if examine:
            if not rules.load(row.rule_set).allows_examination or outcome == Outcome.AGREEMENT:
                raise Incomplete(
                    _("The rules of this case do not provide for an examination here.")
                )
            perform(row.begin_examination, by=by, at=timezone.now(), outcome=outcome)
        else:
            perform(row.conclude_good_offices, by=by, at=timezone.now(), outcome=outcome)
        for issue in row.issues.filter(accepted=True):
            issue.outcome = (on_issues or {}).get(issue.pk, outcome)
            issue.save()
        record_event(row, EventKind.GOOD_OFFICES_CONCLUDED, by=by, outcome=outcome)
        if examine:
            record_event(row, EventKind.EXAMINATION_BEGUN, by=by)
    return row


def resume(case: Case, *, by: User, version: int | None = None) -> Case:
    """Go back from examination to good offices: both sides want to try again."""
    with locked(case, version=version, by=by) as row:
        perform(row.resume_good_offices, by=by)
        record_event(row, EventKind.GOOD_OFFICES_RESUMED, by=by)
    return row


def conclude_examination(case: Case, *, by: User, version: int | None = None) -> Case:
    """End the NCP's own examination; the case goes on to its statement."""
    with locked(case, version=version, by=by) as row:
        perform(row.conclude_examination, by=by, at=timezone.now())
        record_event(row, EventKind.EXAMINATION_CONCLUDED, by=by)
    return row
