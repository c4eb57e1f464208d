"""How a case ends: withdrawn, lapsed, settled outside, transferred, the enterprise ceased to
exist; closed with its statement, followed up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions, rules
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import (
    Case,
    Ceasing,
    LapseNotice,
    Message,
    Party,
    Settlement,
    SettlementAnswer,
    Withdrawal,
)
from cases.models.correspondence import Correspondent
from cases.models.ending import CameBy, Freely
from cases.models.party import Side
from cases.ruleset import DeadlineRule
from cases.services import deadlines
from cases.services.acting import locked, perform, require, require_state
from cases.services.requests import LONGEST
from cases.timeframes import day_text
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

    Whoever calls it has done what must come before: `lapse`, `end_settled` and `end_ceased` here,
    the transfer to another NCP.

    Raises:
        Incomplete: the outcome is none of these.
    """
    if outcome not in EARLY_OUTCOMES:
        raise Incomplete(_("Choose one of the outcomes."))
    with locked(case, version=version, by=by) as row:
        perform(row.end_early, by=by, at=timezone.now(), outcome=outcome)
        record_event(row, EventKind.ENDED_EARLY, by=by, outcome=outcome)
    return row


# Lapse


def warn_of_lapse(
    case: Case, *, text: str, tried: str, last_on: date, by: User, version: int | None = None
) -> LapseNotice:
    """Tell a complainant who no longer answers by when they must say that they want to go on.

    Args:
        text: what the complainant reads.
        tried: which ways were tried before; stays with the NCP.

    Raises:
        ValidationError: a text is missing, or the last day is nearer than the rule set's time.
        Incomplete: a notice runs already.
    """
    if not text.strip() or not tried.strip():
        raise ValidationError(_("Write the notice, and how you tried to reach the complainant."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *ENDS_EARLY_FROM)
        if row.lapse_notices.filter(answered_at=None, lapsed_at=None).exists():
            raise Incomplete(_("A last notice runs already."))
        earliest = deadlines.usual_day(_rule(row, "last_notice"))
        if not earliest <= last_on <= deadlines.today() + LONGEST:
            raise ValidationError(
                _("Give the time of the rules at least: the earliest last day is %(day)s.")
                % {"day": day_text(earliest)}
            )
        event = record_event(row, EventKind.LAPSE_WARNED, by=by, side=Side.COMPLAINANT)
        deadline = deadlines.open_one(
            row,
            "last_notice",
            event,
            side=Side.COMPLAINANT,
            owed_by=Side.COMPLAINANT,
            due_on=deadlines.calendar().working_day_from(last_on),
        )
        return LapseNotice.objects.create(
            case=row, text=text.strip(), tried=tried.strip(), deadline=deadline, given_by=by
        )


def _rule(case: Case, kind: str) -> DeadlineRule:
    return rules.load(case.rule_set).deadline(kind)


def answer_lapse_notice(
    notice: LapseNotice, *, text: str, by: User, version: int | None = None
) -> LapseNotice:
    """The complainant wants to go on; or an officer records that they said so. Late is not too
    late while the case has not lapsed.

    Raises:
        ValidationError: nothing is written.
        Conflict: it was answered, or the case lapsed.
    """
    if not text.strip():
        raise ValidationError(_("Write a few words."))
    with locked(notice.case, version=version, by=by) as row:
        is_party = permissions.is_party_member(row, by, side=Side.COMPLAINANT)
        require(is_party or permissions.may_run_procedure(row, by))
        notice = row.lapse_notices.select_related("deadline").get(pk=notice.pk)
        notice.case = row
        if not notice.is_open:
            raise Conflict(_("This notice is over."))
        notice.answer, notice.answered_at = text.strip(), timezone.now()
        notice.save()
        record_event(row, EventKind.LAPSE_ANSWERED, by=by, side=Side.COMPLAINANT)
        if notice.deadline.is_open:
            deadlines.end_one(row, notice.deadline)
    return notice


def has_passed(notice: LapseNotice) -> bool:
    """Tell whether the last day went by without an answer."""
    return notice.is_open and notice.deadline.due_on < deadlines.today()


def lapse(case: Case, *, by: User, version: int | None = None) -> Case:
    """End a case whose complainant let the last day of a notice go by.

    Raises:
        Incomplete: there was no notice, it was answered, or its last day is not over.
    """
    with locked(case, version=version, by=by) as row:
        notice = row.lapse_notices.select_related("deadline").filter(lapsed_at=None).last()
        if notice is None or not has_passed(notice):
            raise Incomplete(
                _("A case lapses only when the last day of a notice passed without an answer.")
            )
        notice.case = row
        notice.lapsed_at = timezone.now()
        notice.save()
        return end_early(row, outcome=Outcome.LAPSED, by=by)


# Settled outside the procedure


def report_settlement(
    case: Case,
    *,
    side: str,
    settled_on: date,
    by: User,
    note: str = "",
    version: int | None = None,
) -> Settlement:
    """One side says that the parties settled; an officer may record it for a side.

    The NCP does not learn the terms: a side may add them as a document of its own.

    Raises:
        ValidationError: a day ahead or before the complaint.
        Incomplete: a report waits for the other side.
    """
    if settled_on > deadlines.today():
        raise ValidationError(_("Give the day on which you settled."))
    with locked(case, version=version, by=by) as row:
        require(_speaks_for(row, by, side))
        require_state(row, *ENDS_EARLY_FROM)
        if not row.is_served:
            raise Incomplete(_("The enterprise was not told of the case yet."))
        if row.settlements.filter(withdrawn_at=None).exists():
            raise Incomplete(_("A settlement was reported already."))
        settlement = Settlement.objects.create(
            case=row, settled_on=settled_on, reported_by=by, reported_side=side
        )
        SettlementAnswer.objects.create(
            settlement=settlement, side=side, confirms=True, note=note.strip(), by=by
        )
        event = record_event(row, EventKind.SETTLEMENT_REPORTED, by=by, settlement=settlement.pk)
        other = Side.RESPONDENT if side == Side.COMPLAINANT else Side.COMPLAINANT
        rule = _rule(row, "settlement_reply")
        deadlines.open_one(
            row,
            "settlement_reply",
            event,
            side=other,
            owed_by=other,
            due_on=deadlines.usual_day(rule),
        )
    return settlement


def _speaks_for(case: Case, user: User, side: str) -> bool:
    return permissions.is_party_member(case, user, side=side) or permissions.may_run_procedure(
        case, user
    )


def answer_settlement(
    settlement: Settlement,
    *,
    side: str,
    confirms: bool,
    by: User,
    note: str = "",
    version: int | None = None,
) -> SettlementAnswer:
    """A side says whether the matter is settled; it may say so anew until the case ends.

    Raises:
        Conflict: the report was set aside, or the case moved on.
    """
    with locked(settlement.case, version=version, by=by) as row:
        require(_speaks_for(row, by, side))
        require_state(row, *ENDS_EARLY_FROM)
        settlement = row.settlements.get(pk=settlement.pk)
        settlement.case = row
        if settlement.withdrawn_at:
            raise Conflict(_("This report was set aside."))
        said = SettlementAnswer.objects.create(
            settlement=settlement, side=Side(side), confirms=confirms, note=note.strip(), by=by
        )
        record_event(
            row, EventKind.SETTLEMENT_ANSWERED, by=by, settlement=settlement.pk, confirms=confirms
        )
        for item in row.deadlines.open().filter(kind="settlement_reply", side=side):
            deadlines.end_one(row, item)
    return said


def confirmations(settlement: Settlement) -> dict[str, SettlementAnswer]:
    """Return the latest answer of each side."""
    return {row.side: row for row in settlement.answers.order_by("at")}


def is_confirmed(settlement: Settlement) -> bool:
    """Tell whether both sides say that the matter is settled."""
    said = confirmations(settlement)
    return len(said) == len(Side) and all(row.confirms for row in said.values())


def drop_settlement(settlement: Settlement, *, by: User, version: int | None = None) -> Settlement:
    """Set a report aside: the sides do not agree that the matter is settled. The case goes on."""
    with locked(settlement.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        settlement = row.settlements.get(pk=settlement.pk)
        settlement.case = row
        if settlement.withdrawn_at:
            raise Conflict(_("This report was set aside."))
        settlement.withdrawn_at = timezone.now()
        settlement.save(update_fields=["withdrawn_at"])
        record_event(row, EventKind.SETTLEMENT_DROPPED, by=by, settlement=settlement.pk)
        for item in row.deadlines.open().filter(kind="settlement_reply"):
            deadlines.end_one(row, item, is_met=False)
    return settlement


def end_settled(case: Case, *, by: User, version: int | None = None) -> Case:
    """End a case that both sides call settled.

    Raises:
        Incomplete: nobody reported it, or a side has not confirmed it.
    """
    with locked(case, version=version, by=by) as row:
        settlement = row.settlements.filter(withdrawn_at=None).first()
        if settlement is None or not is_confirmed(settlement):
            raise Incomplete(_("Both sides must confirm that the matter is settled."))
        return end_early(row, outcome=Outcome.SETTLED_OUTSIDE, by=by)


# The enterprise ceased to exist


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


# Closed


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
