"""The parties settled outside the procedure: one side reports it, both confirm it, the case
ends."""

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
from cases.models import Case, Settlement, SettlementAnswer
from cases.models.party import Side
from cases.services import deadlines
from cases.services.acting import locked, require, require_state
from cases.services.ending import ENDS_EARLY_FROM, end_early
from cases.timeframes import day_text
from cases.workflow import Outcome

if TYPE_CHECKING:
    from accounts.models import User


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
        received_on = timezone.localdate(row.received_at)
        if settled_on < received_on:
            raise ValidationError(
                _("The complaint was received on %(day)s. The settlement cannot be older.")
                % {"day": day_text(received_on)}
            )
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
        rule = rules.load(row.rule_set).deadline("settlement_reply")
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
