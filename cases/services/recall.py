"""Material that reached the wrong side: access ends at once, a second person confirms, both sides
are told, the authority for data protection in time, and whoever kept a copy is asked for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import permissions, rules
from cases.calendar import local_date
from cases.errors import Conflict
from cases.events import record_event
from cases.kinds import EventKind
from cases.letters.drafts import said_to
from cases.models import Case, Message, Recall, RecallReader
from cases.models.correspondence import Correspondent
from cases.models.party import Side
from cases.services import deadlines, stopping
from cases.services.acting import locked, require
from cases.timeframes import compute

if TYPE_CHECKING:
    from accounts.models import User


def begin(
    case: Case,
    item: stopping.Material,
    *,
    wrong_side: str,
    reason: str,
    by: User,
    owner: str = "",
    holds: str = "",
    found_at: datetime | None = None,
    version: int | None = None,
) -> Recall:
    """Stop what reached the wrong side: nobody there can open it from this moment.

    One officer is enough, because every minute counts; a second person confirms or gives it back.

    Args:
        owner: the side whose material it is; "" for the NCP's own.
        holds: which personal data stand in it.
        found_at: when somebody found out; the time for telling the authority runs from then.

    Raises:
        ValidationError: no reason, or a moment that lies ahead.
        Incomplete: that side has no access to it, or it is being recalled already.
    """
    if not reason.strip():
        raise ValidationError(_("Say what went wrong."))
    if wrong_side not in Side.values or owner not in ("", *Side.values) or owner == wrong_side:
        raise ValidationError(_("Say which side got it, and whose it is: they cannot be the same."))
    now = timezone.now()
    if found_at and found_at > now:
        raise ValidationError(_("It cannot have been found later than now."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        what, reached_at, before, readers = stopping.stop(
            row, item, wrong_side=wrong_side, owner=owner
        )
        recall = Recall(
            case=row,
            what=what,
            wrong_side=Side(wrong_side),
            owner=owner,
            before=before,
            reason=reason.strip(),
            holds=holds.strip(),
            found_at=found_at or now,
            reached_at=reached_at,
            proposed_by=by,
            proposed_at=now,
            **{what: item},
        )
        event = record_event(
            row, EventKind.RECALL_BEGUN, by=by, at=now, recall=recall.pk, what=what
        )
        recall.deadline = deadlines.open_one(
            row,
            "breach_notice",
            event,
            side="",
            owed_by="ncp",
            due_on=_notice_day(row, recall.found_at),
        )
        recall.save(force_insert=True)
        RecallReader.objects.bulk_create(
            RecallReader(recall=recall, **values) for values in readers
        )
    return recall


# The authority


def _notice_day(case: Case, found_at: datetime) -> date:
    rule = rules.load(case.rule_set).deadline("breach_notice")
    found_on = local_date(found_at, settings.TIME_ZONE)
    if rule.unit == "days":
        return local_date(found_at + timedelta(days=rule.length), settings.TIME_ZONE)
    return compute(rule, found_on, calendar=deadlines.calendar()).due_on


def latest_moment(recall: Recall) -> datetime | None:
    """Return by when the authority must be told, to the minute where the rule counts hours; None
    where it counts whole working days."""
    rule = rules.load(recall.case.rule_set).deadline("breach_notice")
    return recall.found_at + timedelta(days=rule.length) if rule.unit == "days" else None


def tell_authority(
    recall: Recall, *, told_on: date | None, note: str, by: User, version: int | None = None
) -> Recall:
    """Record that the authority was told, or why it need not be.

    Raises:
        ValidationError: no note, or a day ahead.
        Conflict: it is on record already, or the recall was not confirmed.
    """
    if not note.strip():
        raise ValidationError(_("Write the number of the notice, or why none is needed."))
    if told_on and told_on > deadlines.today():
        raise ValidationError(_("Give the day on which the authority was told."))
    with locked(recall.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        recall = _fresh(row, recall)
        if recall.authority_note or recall.is_confirmed is False:
            raise Conflict(_("This is settled already."))
        recall.authority_told_on, recall.authority_note = told_on, note.strip()
        recall.save()
        record_event(row, EventKind.RECALL_TOLD, by=by, recall=recall.pk, told=told_on is not None)
        if recall.deadline and recall.deadline.is_open:
            deadlines.end_one(row, recall.deadline)
    return recall


def _fresh(case: Case, recall: Recall) -> Recall:
    found = case.recalls.select_related("deadline").get(pk=recall.pk)
    found.case = case
    return found


# The second person


def may_settle(recall: Recall, user: User) -> bool:
    """Tell whether the person may confirm: another officer or a member, never who began it."""
    return (
        recall.is_open
        and recall.proposed_by_id != user.pk
        and (
            permissions.may_run_procedure(recall.case, user)
            or permissions.may_decide(recall.case, user)
        )
    )


def confirm(
    recall: Recall,
    *,
    to_wrong_side: str,
    to_other_side: str,
    by: User,
    version: int | None = None,
) -> Recall:
    """Confirm a recall: both sides are told in the same second what happened and what it asks of
    them. The side that the NCP has not told of the case yet is told nothing.

    Raises:
        ValidationError: a text is missing.
        PermissionDenied: the person began it, or has no right to confirm.
    """
    if not to_wrong_side.strip() or not to_other_side.strip():
        raise ValidationError(_("Write what each side is told."))
    with locked(recall.case, version=version, by=by) as row:
        recall = _open(row, recall, by)
        recall.is_confirmed, recall.settled_by, recall.settled_at = True, by, timezone.now()
        recall.save()
        event = record_event(row, EventKind.RECALL_CONFIRMED, by=by, recall=recall.pk)
        for side in Side:
            if side == Side.RESPONDENT and not row.is_served:
                continue
            is_wrong = side == recall.wrong_side
            Message.objects.create(
                case=row,
                side=side,
                sender=Correspondent.NCP,
                sent_by=by,
                sent_at=event.at,
                subject=said_to(row, side, gettext_lazy("Material that reached the wrong side")),
                text=(to_wrong_side if is_wrong else to_other_side).strip(),
            )
    return recall


def _open(case: Case, recall: Recall, by: User) -> Recall:
    recall = _fresh(case, recall)
    if not recall.is_open:
        raise Conflict(_("This recall was settled already."))
    require(may_settle(recall, by))
    return recall


def reject(recall: Recall, *, by: User, version: int | None = None) -> Recall:
    """Give back what was stopped by mistake; codes of a letter stay ended."""
    with locked(recall.case, version=version, by=by) as row:
        recall = _open(row, recall, by)
        recall.is_confirmed, recall.settled_by, recall.settled_at = False, by, timezone.now()
        recall.save()
        stopping.give_back(row, recall)
        record_event(row, EventKind.RECALL_REJECTED, by=by, recall=recall.pk)
        if recall.deadline and recall.deadline.is_open:
            deadlines.end_one(row, recall.deadline, is_met=False)
    return recall


# Whoever kept a copy


def promise_deletion(
    reader: RecallReader, *, text: str, by: User, version: int | None = None
) -> RecallReader:
    """Put on record that somebody deleted what they had kept; an officer records a promise that
    came on paper.

    Raises:
        ValidationError: nothing is written.
        Conflict: it is on record already.
    """
    if not text.strip():
        raise ValidationError(_("Write what was deleted and where it was kept."))
    with locked(reader.recall.case, version=version, by=by) as row:
        require(reader.user_id == by.pk or permissions.may_run_procedure(row, by))
        reader = RecallReader.objects.select_related("recall").get(pk=reader.pk)
        reader.recall.case = row
        if reader.promised_at or not reader.recall.is_confirmed:
            raise Conflict(_("This is settled already."))
        reader.promised_at, reader.promise, reader.recorded_by = timezone.now(), text.strip(), by
        reader.save()
        record_event(
            row,
            EventKind.DELETION_PROMISED,
            by=by,
            side=reader.recall.wrong_side,
            recall=reader.recall_id,
        )
    return reader


def asked_of(case: Case, user: User) -> RecallReader | None:
    """Return what a person of a side is asked to delete and has not answered."""
    rows = RecallReader.objects.filter(
        recall__case=case, recall__is_confirmed=True, user=user, promised_at=None
    )
    return rows.select_related("recall").first()
