"""A case lapses: a last notice to a complainant who no longer answers, and its day that passes."""

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
from cases.models import Case, LapseNotice
from cases.models.party import Side
from cases.services import deadlines
from cases.services.acting import locked, require, require_state
from cases.services.ending import ENDS_EARLY_FROM, end_early
from cases.services.requests import LONGEST
from cases.timeframes import day_text
from cases.workflow import Outcome

if TYPE_CHECKING:
    from accounts.models import User


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
        earliest = deadlines.usual_day(rules.load(row.rule_set).deadline("last_notice"))
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
