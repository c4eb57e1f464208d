"""Other proceedings about the same matter: what they are, how far they overlap, whether
examining would prejudice them, and when somebody looks at them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import permissions
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, ParallelProceeding, ProceedingCheck, ProceedingOverlap
from cases.models.proceeding import ENDED, Overlap, Prejudice, Stage
from cases.models.timeframe import PauseReason
from cases.services import clock, deadlines
from cases.services.acting import locked, require, require_state
from cases.services.requests import LONGEST
from cases.workflow import OPEN_STATES

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Facts:
    """What is known of another proceeding. `overlaps` gives the extent by issue id."""

    forum: str
    reference: str = ""
    parties: str = ""
    stage: str = ""
    prejudice: str = ""
    prejudice_reason: str = ""
    overlaps: Mapping[Any, str] | None = None


def save(
    case: Case,
    item: ParallelProceeding | None,
    facts: Facts,
    *,
    next_check_on: date | None,
    by: User,
    version: int | None = None,
) -> ParallelProceeding:
    """Record another proceeding, or what was found out of one that the form named.

    Raises:
        ValidationError: no forum, a finding on prejudice without reasons, or a day of the next
            check that is not ahead.
    """
    if not facts.forum.strip():
        raise ValidationError(_("Say before which court or body it is."))
    if facts.stage not in Stage.values or facts.prejudice not in Prejudice.values:
        raise ValidationError(_("Choose one of the answers."))
    if facts.prejudice and not facts.prejudice_reason.strip():
        raise ValidationError(_("Give the reasons: the parties may ask for them."))
    _require_ahead(next_check_on)
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *OPEN_STATES)
        item = row.proceedings.get(pk=item.pk) if item else ParallelProceeding(added_by=by)
        item.case = row
        item.forum, item.reference = facts.forum.strip(), facts.reference.strip()
        item.parties, item.stage = facts.parties.strip(), facts.stage
        item.prejudice, item.prejudice_reason = facts.prejudice, facts.prejudice_reason.strip()
        item.save()
        for issue in row.issues.all():
            extent = (facts.overlaps or {}).get(issue.pk, "")
            if extent in Overlap.values:
                ProceedingOverlap.objects.update_or_create(
                    proceeding=item, issue=issue, defaults={"extent": extent}
                )
            else:
                item.overlaps.filter(issue=issue).delete()
        event = record_event(row, EventKind.PROCEEDING_RECORDED, by=by, proceeding=item.pk)
        _plan(row, item, next_check_on, event)
    return item


def check(
    item: ParallelProceeding,
    *,
    finding: str,
    stage: str,
    next_check_on: date | None,
    by: User,
    version: int | None = None,
) -> ProceedingCheck:
    """Put on record how the other proceeding stands now, and when it is looked at again.

    Raises:
        ValidationError: nothing is written, or it goes on and no day for the next look is given.
    """
    if not finding.strip():
        raise ValidationError(_("Write what you found."))
    if stage not in Stage.values:
        raise ValidationError(_("Choose one of the answers."))
    _require_ahead(next_check_on)
    if next_check_on is None and stage not in ENDED:
        raise ValidationError(_("It goes on: give the day of the next check."))
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = row.proceedings.select_related("deadline").get(pk=item.pk)
        item.case = row
        done = ProceedingCheck.objects.create(
            proceeding=item,
            checked_on=deadlines.today(),
            stage=stage,
            finding=finding.strip(),
            next_check_on=next_check_on,
            by=by,
        )
        item.stage = stage
        item.save()
        event = record_event(row, EventKind.PROCEEDING_CHECKED, by=by, proceeding=item.pk)
        _plan(row, item, next_check_on, event)
    return done


def _require_ahead(day: date | None) -> None:
    if day is not None and not deadlines.today() < day <= deadlines.today() + LONGEST:
        raise ValidationError(_("Give a day ahead, within a year."))


def _plan(case: Case, item: ParallelProceeding, day: date | None, event: Any) -> None:
    """End the check that was planned and plan the next one."""
    if item.deadline and item.deadline.is_open:
        if day == item.deadline.due_on:
            return
        deadlines.end_one(case, item.deadline)
    item.next_check_on = deadlines.calendar().working_day_from(day) if day else None
    item.deadline = None
    if item.next_check_on:
        item.deadline = deadlines.open_one(
            case, "proceeding_check", event, side="", owed_by="ncp", due_on=item.next_check_on
        )
    item.save()


def pause_for(
    item: ParallelProceeding, *, note: str = "", by: User, version: int | None = None
) -> Case:
    """Stop the clock of the case because of another proceeding; the next check goes on running.

    Raises:
        ValidationError: nobody said yet whether examining would prejudice it, or when it is looked
            at again: a pause without an end in sight is none.
    """
    if not item.prejudice or item.prejudice == Prejudice.NONE:
        raise ValidationError(
            _("First say, with reasons, that examining would prejudice this proceeding.")
        )
    if item.next_check_on is None or item.next_check_on < deadlines.today():
        raise ValidationError(_("First give the day on which somebody looks at it again."))
    return clock.pause(
        item.case,
        reason=PauseReason.PARALLEL_PROCEEDINGS,
        by=by,
        note=note,
        proceeding=item,
        version=version,
    )
