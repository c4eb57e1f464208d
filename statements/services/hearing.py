"""Both sides read the same draft and say what they think of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions as case_permissions
from cases import rules
from cases.errors import Conflict, Incomplete, Stale
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case
from cases.models.party import Side
from cases.services import consultations, deadlines
from cases.services.acting import require
from statements import permissions
from statements.models import Comment, CommentRound, Statement
from statements.services.acting import at_work_on, require_open
from statements.services.writing import check
from statements.standing import has_everybody_commented, latest_versions, open_findings

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User

USUAL_WORKING_DAYS = 10


def require_no_leak(statement: Statement) -> None:
    """Refuse while the leak check, run anew, finds words that nobody has settled.

    Raises:
        Incomplete: says how many places there are.
    """
    versions = latest_versions(statement).values()
    for version in versions:
        check(version)
    places = len(open_findings(versions))
    if places:
        raise Incomplete(
            _(
                "The text may tell who somebody is: %(places)s places must be taken out, or kept "
                "with a reason."
            )
            % {"places": places}
        )


def open_comments(statement: Statement, *, by: User, version: int | None = None) -> CommentRound:
    """Send the draft to both sides, in the same second and with the same time.

    Raises:
        Incomplete: a round is open already, there is no text, the text may give somebody away, or
            the enterprise was not told of the case.
    """
    with at_work_on(statement, version=version) as row:
        require(permissions.may_write(row.case, by))
        require_open(row)
        if not row.case.is_served and not row.case.is_archived:
            raise Incomplete(_("The enterprise was not told of the case yet."))
        if CommentRound.objects.filter(statement__case=row.case, closed_at=None).exists():
            raise Incomplete(_("Both sides are already commenting on a draft of this case."))
        versions = latest_versions(row)
        if row.language not in versions:
            raise Incomplete(_("Write the text first."))
        require_no_leak(row)
        consultations.require_nothing_unseen(row.case)
        event = record_event(row.case, EventKind.COMMENTS_OPENED, by=by, statement=row.pk)
        deadline = row.case.deadlines.open().filter(kind="comments").first()
        number = row.rounds.count() + 1
        round = CommentRound.objects.create(
            statement=row,
            number=number,
            deadline=deadline,
            first_due_on=deadline.due_on if deadline else _usual_due_day(row.case),
            opened_at=event.at,
            opened_by=by,
        )
        round.versions.set(versions.values())
    return round


def _usual_due_day(case: Case) -> date:
    """Return the last day where the rule set names none: ten working days, as most NCPs have it."""
    return deadlines.calendar().add_working_days(deadlines.today(), USUAL_WORKING_DAYS)


def comment(
    round: CommentRound,
    *,
    side: str,
    by: User,
    text: str = "",
    has_none: bool = False,
    version: int | None = None,
) -> Comment:
    """Record what one side says of the draft, or that it has no comments.

    It may be replaced until the round closes. An officer may record comments that came on paper.

    Args:
        version: row version of the comment that is replaced; 0 for none, None without a form.

    Raises:
        ValidationError: neither text nor "no comments", or both.
        Conflict: the round is closed.
        Stale: somebody of the same side wrote meanwhile.
    """
    if has_none and text.strip():
        raise ValidationError(_("You wrote comments and said that you have none. Choose one."))
    if not has_none and not text.strip():
        raise ValidationError(_("Write your comments, or say that you have none."))
    with at_work_on(round.statement) as row:
        require(
            case_permissions.is_party_member(row.case, by, side=side)
            or permissions.may_write(row.case, by)
        )
        round = CommentRound.objects.get(pk=round.pk)
        round.statement = row
        if not round.is_open:
            raise Conflict(_("The comment round is closed. You can still write to us."))
        held = round.comments.filter(side=side).first()
        if version is not None and version != (held.row_version if held else 0):
            raise Stale(_("Somebody else on your side commented since you opened the page."))
        held = held or Comment(round=round, side=Side(side), row_version=0)
        held.round = round
        held.text, held.has_none, held.by, held.at = text.strip(), has_none, by, timezone.now()
        held.row_version += 1
        held.save()
        record_event(row.case, EventKind.COMMENT_RECEIVED, by=by, side=side, statement=row.pk)
    return held


def may_close(round: CommentRound) -> bool:
    """Tell whether a round can be closed: the time is over, or both sides have commented."""
    return deadlines.today() > round.due_on or has_everybody_commented(round)


def close_comments(
    round: CommentRound, *, by: User, reason: str = "", version: int | None = None
) -> CommentRound:
    """Close a comment round: after its last day, or earlier when both sides have commented.

    Raises:
        Incomplete: a side still has time, or the round is closed early without a reason.
        Conflict: it is closed already.
    """
    with at_work_on(round.statement, version=version) as row:
        require(permissions.may_write(row.case, by))
        round = CommentRound.objects.select_related("deadline").get(pk=round.pk)
        round.statement = row
        if not round.is_open:
            raise Conflict(_("This comment round is closed already."))
        if not may_close(round):
            raise Incomplete(
                _("One side has not commented yet and still has time until the last day.")
            )
        is_early = deadlines.today() <= round.due_on
        if is_early and not reason.strip():
            raise Incomplete(_("Say why the round is closed before its last day."))
        round.closed_at, round.closed_by = timezone.now(), by
        round.early_reason = reason.strip() if is_early else ""
        round.save()
        record_event(row.case, EventKind.COMMENTS_CLOSED, by=by, statement=row.pk)
    return round


def open_round_for(case: Case) -> CommentRound | None:
    """Return the draft that both sides may comment on now, if there is one."""
    return (
        CommentRound.objects.filter(statement__case=case, closed_at=None)
        .select_related("statement__case", "deadline")
        .prefetch_related("comments", "versions")
        .first()
    )


def rule_of(case: Case) -> str:
    """Return the name of the comment deadline in the case's rule set, for pages."""
    return str(rules.load(case.rule_set).deadline("comments").label)
