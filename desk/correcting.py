"""Take a step back with all that hangs on it: what other rooms hold is undone first, then the case
goes back, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.errors import Conflict
from cases.models import Case, Correction
from cases.services import correction as service
from cases.services import undoing
from cases.services.acting import locked, require
from cases.workflow import State
from mediation.models import Referral
from mediation.services import referrals
from notifications.models import Delivery
from statements.models import CommentRound, Statement

if TYPE_CHECKING:
    from accounts.models import User

WITH_STATEMENT = frozenset({State.FINAL_STATEMENT, State.HELD_FOR_REVIEW})


def settle(correction: Correction, *, confirm: bool, by: User, version: int | None = None) -> None:
    """Confirm or reject a correction; a confirmed one also revokes referrals and sets aside the
    statements that were begun.

    Raises:
        Conflict: the case moved on since it was proposed.
        PermissionDenied: the person proposed it, or has no right to confirm.
    """
    with transaction.atomic(), locked(correction.case, version=version, by=by) as case:
        correction.case = case
        require(service.may_settle(correction, by))
        if confirm:
            if case.state != correction.from_state:
                raise Conflict(_("The case has moved on since this was proposed."))
            _undo_mediation(case, correction, by=by)
            _undo_statements(case, correction)
        service.settle(correction, confirm=confirm, by=by)


def _undo_mediation(case: Case, correction: Correction, *, by: User) -> None:
    if correction.from_state != State.MEDIATION:
        return
    open_ones = list(Referral.objects.open().filter(case=case))
    for referral in open_ones:
        referrals.revoke_referral(
            referral, by=by, reason=_("The step that led here was taken back as a mistake.")
        )
    undoing.note(correction, "referral", len(open_ones))


def _undo_statements(case: Case, correction: Correction) -> None:
    if correction.from_state not in WITH_STATEMENT or correction.to_state in WITH_STATEMENT:
        return
    now = timezone.now()
    rows = list(Statement.objects.filter(case=case, published_at=None, set_aside_at=None))
    rows = [row for row in rows if row.ends_the_case]
    rounds = CommentRound.objects.filter(statement__in=rows, closed_at=None)
    for round in rounds.select_related("statement"):
        round.statement.case = case
        round.closed_at, round.closed_by = now, correction.proposed_by
        round.early_reason = _("The step that led here was taken back as a mistake.")
        round.save()
        undoing.note(correction, "comments")
    for row in rows:
        row.case = case
        row.set_aside_at, row.row_version = now, row.row_version + 1
        row.save()
    undoing.note(correction, "statement", len(rows))


def remains(case: Case) -> list[Any]:
    """Return in sentences what taking the last step back cannot undo, the mails among it."""
    since = service.step_of(case)
    found = undoing.remains(case, since=since)
    if since is None:
        return found
    mails = Delivery.objects.filter(
        message__case=case, message__event__sequence__gte=since, channel="mail", state="done"
    ).count()
    if mails:
        found.append(
            ngettext(
                "%(n)s mail went out. It says only that there is something to read.",
                "%(n)s mails went out. They say only that there is something to read.",
                mails,
            )
            % {"n": mails}
        )
    return found
