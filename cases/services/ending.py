"""How a case ends: withdrawn, before its conclusion, because the enterprise ceased to exist; and
closed with its statement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Ceasing, Message, Party, Withdrawal
from cases.models.correspondence import Correspondent
from cases.models.ending import CameBy, Freely
from cases.models.party import Side
from cases.services import deadlines
from cases.services.acting import locked, perform
from cases.workflow import EARLY_OUTCOMES, Outcome, State

if TYPE_CHECKING:
    from accounts.models import User

ENDS_EARLY_FROM = frozenset({State.INITIAL_ASSESSMENT, State.MEDIATION, State.EXAMINATION})


def withdraw(
    case: Case,
    *,
    by: User,
    reason: str = "",
    came_by: str = "",
    freely: str = "",
    check_note: str = "",
    version: int | None = None,
) -> Case:
    """Withdraw a case. Before the enterprise was told nothing is published; after, a statement
    says so.

    The reason, if one is given, is kept as a message from the complainant to the NCP. Whether the
    decision was free stands on a row that the officers named on the case alone read; the other
    side learns that it was withdrawn and nothing else.

    Args:
        came_by, freely: codes of `CameBy` and `Freely`; a party answers for itself.
        check_note: how an officer made sure that it was free, by a way safe for the person.

    Raises:
        Incomplete: an officer records it where pressure is feared and did not say what was done
            to make sure that it is free.
    """
    with locked(case, version=version, by=by) as row:
        is_party = permissions.is_party_member(row, by)
        came_by = came_by or (CameBy.PORTAL if is_party else CameBy.LETTER)
        freely = freely or (Freely.YES if is_party else Freely.NOT_ASKED)
        if came_by not in CameBy.values or freely not in Freely.values:
            raise ValidationError(_("Choose one of the answers."))
        if not is_party and row.reprisal_risk and not check_note.strip():
            raise Incomplete(
                _(
                    "Somebody spoke of pressure in this case. Say how you made sure, by a way that "
                    "is safe for the person, that the withdrawal is their own decision."
                )
            )
        if row.is_served:
            perform(row.end_early, by=by, at=timezone.now(), outcome=Outcome.WITHDRAWN)
            kind = EventKind.ENDED_EARLY
        else:
            perform(row.withdraw_before_service, by=by, at=timezone.now())
            kind = EventKind.WITHDRAWN
        Withdrawal.objects.create(
            case=row, by=by, came_by=came_by, freely=freely, check_note=check_note.strip()
        )
        if reason.strip():
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
    """End a served case before its conclusion. A statement follows.

    Whoever calls it has done what must come before: `lapsing.lapse`,
    `settling.end_settled`, `end_ceased` here, the transfer to another NCP.

    Raises:
        Incomplete: the outcome is none of these.
    """
    if outcome not in EARLY_OUTCOMES:
        raise Incomplete(_("Choose one of the outcomes."))
    with locked(case, version=version, by=by) as row:
        perform(row.end_early, by=by, at=timezone.now(), outcome=outcome)
        record_event(row, EventKind.ENDED_EARLY, by=by, outcome=outcome)
    return row


def end_ceased(
    case: Case,
    *,
    party: Party,
    ceased_on: date,
    proof: str,
    heard: str,
    by: User,
    successor: str = "",
    version: int | None = None,
) -> Case:
    """End a case whose only enterprise ceased to exist and nobody came after it.

    Args:
        heard: what the complainant, and whoever may have taken the enterprise over, said.
        successor: who came after it; with one the case goes on against them and does not end.

    Raises:
        ValidationError: a text is missing, or the day lies ahead.
        Incomplete: there is a successor, or another enterprise still stands in the case.
    """
    if not proof.strip() or not heard.strip():
        raise ValidationError(_("Write how it is known, and what the complainant says to it."))
    if ceased_on > deadlines.today():
        raise ValidationError(_("Give the day on which it ceased to exist."))
    if successor.strip():
        raise Incomplete(
            _(
                "Somebody took the enterprise over: name them as a party and go on with them. The "
                "case does not end."
            )
        )
    with locked(case, version=version, by=by) as row:
        standing = row.parties.standing().filter(side=Side.RESPONDENT)
        party = standing.get(pk=party.pk)
        if standing.exclude(pk=party.pk).exists():
            raise Incomplete(_("Another enterprise still stands in this case. It goes on."))
        Ceasing.objects.create(
            case=row,
            party=party,
            ceased_on=ceased_on,
            proof=proof.strip(),
            heard=heard.strip(),
            by=by,
        )
        return end_early(row, outcome=Outcome.RESPONDENT_CEASED, by=by)


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
        row.review_windows.filter(closed_at=None).update(closed_at=timezone.now())
        record_event(row, EventKind.STATEMENT_PUBLISHED, by=by, statement=statement)
        record_event(row, EventKind.CLOSED, by=by, outcome=row.outcome)
    return row
