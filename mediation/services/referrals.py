"""A case goes to a mediation body, which accepts or declines; the NCP may take it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Conflict, Incomplete
from cases.kinds import EventKind
from cases.models import Case, Issue
from cases.services.acting import locked as locked_case
from cases.services.acting import require, require_state
from cases.services.deadlines import today
from cases.workflow import State
from mediation.models import BodyMember, MediationBody, Referral
from mediation.services.acting import let_coordinators_in, let_out, locked, perform, record
from mediation.workflow import LIVE_STATES

if TYPE_CHECKING:
    from accounts.models import User

DAYS_TO_ANSWER = 30


def propose_referral(
    case: Case,
    body: MediationBody,
    *,
    by: User,
    issues: Iterable[Issue | UUID],
    note: str = "",
    expires_on: date | None = None,
    version: int | None = None,
) -> Referral:
    """Refer a case in good offices to a mediation body. Its coordinators see the disclosed names.

    Args:
        issues: the accepted issues that the mediation is to be about, rows or ids.
        note: to the coordinators; kept sealed.
        expires_on: the last day on which the body may accept; 30 days from today if not given.
        version: row version of the case.

    Raises:
        ValidationError: no issue or one that was not accepted; a day in the past.
        Incomplete: a side refused good offices; the body has nobody who could answer.
        Conflict: the case is with a mediator or a body already.
    """
    day = today()
    if expires_on is not None and expires_on < day:
        raise ValidationError(_("The last day to answer lies in the past."))
    with locked_case(case, version=version) as row:
        require_state(row, State.MEDIATION)
        require(permissions.may_run_procedure(row, by))
        check_free(row)
        if not body.is_active or not BodyMember.objects.coordinators().filter(body=body).exists():
            raise Incomplete(_("This body has no coordinator who could answer."))
        referral = Referral.objects.create(
            case=row,
            body=body,
            note=note.strip(),
            proposed_by=by,
            expires_on=expires_on or day + timedelta(days=DAYS_TO_ANSWER),
        )
        referral.issues.set(scope(row, issues))
        let_coordinators_in(referral)
        record(referral, EventKind.REFERRAL_PROPOSED, by=by, body=body.pk)
    return referral


def check_free(case: Case) -> None:
    """Refuse a second mediation beside a first, and one that a side refused.

    Raises:
        Conflict, Incomplete.
    """
    if Referral.objects.filter(case=case, state__in=LIVE_STATES).exists():
        raise Conflict(_("The case is with a mediator already. Take that referral back first."))
    if case.replies.filter(accepts=False).exists():
        raise Incomplete(_("A side refused good offices. It would have to agree first."))


def scope(case: Case, issues: Iterable[Issue | UUID]) -> list[Issue]:
    """Return the rows of the issues that a mediation is about.

    Raises:
        ValidationError: none is given, or one is no accepted issue of the case.
    """
    ids = {item.pk if isinstance(item, Issue) else item for item in issues}
    rows = list(case.issues.filter(pk__in=ids, accepted=True))
    if not ids or len(rows) != len(ids):
        raise ValidationError(_("Choose at least one of the accepted issues."))
    return rows


def accept_referral(referral: Referral, *, by: User, version: int | None = None) -> Referral:
    """The body takes the case.

    Raises:
        Incomplete: the last day to answer has passed.
    """
    with locked(referral, version=version) as row:
        if row.is_expired(on=today()):
            raise Incomplete(_("The last day to answer has passed. Ask the office to refer again."))
        perform(row.accept, by=by, at=timezone.now())
        row.answered_by = by
        record(row, EventKind.REFERRAL_ACCEPTED, by=by)
    return row


def decline_referral(
    referral: Referral, *, by: User, reason: str, version: int | None = None
) -> Referral:
    """The body does not take the case; it sees nothing of it any more.

    Raises:
        ValidationError: the reason is missing.
    """
    if not reason.strip():
        raise ValidationError(_("Say why: the office must find another way."))
    with locked(referral, version=version) as row:
        perform(row.decline, by=by, at=timezone.now(), reason=reason.strip())
        row.answered_by = by
        let_out(row)
        record(row, EventKind.REFERRAL_DECLINED, by=by)
    return row


def revoke_referral(
    referral: Referral, *, by: User, reason: str, version: int | None = None
) -> Referral:
    """The office takes a referral back; body and mediators see nothing of the case any more.

    Raises:
        ValidationError: the reason is missing.
    """
    if not reason.strip():
        raise ValidationError(_("Say why: the body reads it."))
    with locked(referral, version=version) as row:
        perform(row.revoke, by=by, at=timezone.now(), reason=reason.strip())
        row.appointments.filter(released_at=None).update(released_at=timezone.now())
        let_out(row)
        record(row, EventKind.REFERRAL_REVOKED, by=by)
    return row
