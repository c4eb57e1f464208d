"""The review of the procedure, where the rule set has one: a side asks within its window, before
publication; members who did not decide before look at how the case was run, not at who is right."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions, rules
from cases.errors import Incomplete
from cases.events import record_event
from cases.held import held
from cases.kinds import EventKind
from cases.models import Case, ReviewRequest, ReviewWindow
from cases.models.ending import ReviewResult
from cases.services import deadlines
from cases.services.acting import locked, perform, require, require_state
from cases.services.outsiders import withheld_names
from cases.timeframes import day_text
from cases.workflow import State

if TYPE_CHECKING:
    from accounts.models import User

KEEPS_THE_TEXT = (ReviewResult.REJECTED, ReviewResult.MINOR)
DECIDED_BEFORE = (
    EventKind.DECISION_PROPOSED,
    EventKind.VOTE_CAST,
    EventKind.VOTES_COUNTED,
    EventKind.ASSESSMENT_CONCLUDED,
    EventKind.STATEMENT_SIGNED_OFF,
)
"""Whoever did one of these in the case does not review it."""


def open_window(case: Case, *, statement: UUID, by: User) -> ReviewWindow | None:
    """Show the signed text to both sides and let them ask for a review; the caller holds the lock.

    There is one window for each text that the case comes to: none after a review that kept it.
    """
    rule_set = rules.load(case.rule_set)
    if not rule_set.allows_review:
        return None
    last = case.reviews.filter(decided_at__isnull=False).order_by("decided_at").last()
    if last and last.result in KEEPS_THE_TEXT:
        return None
    now = timezone.now()
    case.review_windows.filter(closed_at=None).update(closed_at=now)
    window = ReviewWindow.objects.create(
        case=case,
        statement=statement,
        opened_at=now,
        last_on=deadlines.usual_day(rule_set.deadline("review_request")),
    )
    record_event(case, EventKind.REVIEW_WINDOW_OPENED, by=by, statement=statement)
    return window


def window_of(case: Case) -> ReviewWindow | None:
    """Return the window in which a side may ask today."""
    rows = case.review_windows.filter(closed_at=None, last_on__gte=deadlines.today())
    return rows.first()


def ask(case: Case, *, side: str, grounds: str, by: User, version: int | None = None) -> None:
    """Ask for a review of the procedure; an officer records one that came on paper.

    Raises:
        ValidationError: no grounds.
        Incomplete: no window is open, or this side asked already.
    """
    if not grounds.strip():
        raise ValidationError(_("Say which rule of the procedure was not kept, and how."))
    with locked(case, version=version, by=by) as row:
        require(
            permissions.is_party_member(row, by, side=side)
            or permissions.may_run_procedure(row, by)
        )
        require_state(row, State.FINAL_STATEMENT)
        if window_of(row) is None:
            raise Incomplete(_("The time in which a review may be asked for is over."))
        if row.reviews.filter(side=side, decided_at=None).exists():
            raise Incomplete(_("Your side asked for a review already."))
        request = ReviewRequest.objects.create(
            case=row, side=side, grounds=grounds.strip(), asked_by=by
        )
        record_event(row, EventKind.REVIEW_ASKED, by=by, side=side, review=request.pk)


def hold(case: Case, *, by: User, version: int | None = None) -> Case:
    """Hold the statement back while the procedure is reviewed, as a side asked.

    Raises:
        Incomplete: the rules have no review, or nobody asked for one.
    """
    with locked(case, version=version, by=by) as row:
        if not rules.load(row.rule_set).allows_review:
            raise Incomplete(_("The rules of this case have no procedural review."))
        waiting = list(row.reviews.filter(decided_at=None))
        if not waiting:
            raise Incomplete(_("No side asked for a review. Record its request first."))
        perform(row.hold_for_review, by=by)
        for request in waiting:
            request.case = row
            request.held_at = timezone.now()
            request.save()
        record_event(row, EventKind.HELD_FOR_REVIEW, by=by)
    return row


def may_review(case: Case, user: User) -> bool:
    """Tell whether a member may review: whoever decided nothing in the case before."""
    if not permissions.may_decide(case, user):
        return False
    events = held(case, "events")
    if events is None:
        return not case.events.filter(kind__in=DECIDED_BEFORE, by=user).exists()
    return not any(event.kind in DECIDED_BEFORE and event.by_id == user.pk for event in events)


def decide(case: Case, *, result: str, reasons: str, by: User, version: int | None = None) -> Case:
    """Decide on the review: reject it, note a minor fault, or remit the case.

    The result and its reasons are published with the statement.

    Raises:
        ValidationError: no reasons, or a withheld name stands in them.
        PermissionDenied: the person decided in this case before.
    """
    if result not in ReviewResult.values:
        raise ValidationError(_("Choose what the review found."))
    if not reasons.strip():
        raise ValidationError(_("Give the reasons: both sides and the public read them."))
    with locked(case, version=version, by=by) as row:
        if names := withheld_names(row, reasons):
            raise ValidationError(
                _("This is published and may tell who somebody is. Take out: %(words)s")
                % {"words": ", ".join(names)}
            )
        move = {
            ReviewResult.REJECTED: row.reject_review,
            ReviewResult.MINOR: row.reject_review,
            ReviewResult.EXAMINATION: row.remit_to_examination,
            ReviewResult.ASSESSMENT: row.remit_to_assessment,
        }[ReviewResult(result)]
        perform(move, by=by)
        if not may_review(row, by):
            raise PermissionDenied(
                _("Whoever decided in this case before does not review how it was run.")
            )
        now = timezone.now()
        for request in row.reviews.filter(decided_at=None):
            request.case = row
            request.result, request.reasons = ReviewResult(result), reasons.strip()
            request.decided_by, request.decided_at = by, now
            request.save()
        row.review_windows.filter(closed_at=None).update(closed_at=now)
        said = "rejected" if result in KEEPS_THE_TEXT else result
        record_event(row, EventKind.REVIEW_CONCLUDED, by=by, result=said, finding=result)
    return row


def require_over(case: Case) -> None:
    """Refuse publication while a side may still ask for a review, or asked and has no answer.

    Raises:
        Incomplete: says until when.
    """
    if not rules.load(case.rule_set).allows_review:
        return
    if case.reviews.filter(decided_at=None).exists():
        raise Incomplete(_("A side asked for a review of the procedure. Decide on it first."))
    window = window_of(case)
    if window:
        raise Incomplete(
            _("Both sides may ask for a review of the procedure until %(day)s.")
            % {"day": day_text(window.last_on)}
        )
