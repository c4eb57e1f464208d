"""Advice of ministries, social partners, experts and the OECD: asked, given, shared with both
sides, so that no decision rests on what a party has not seen at least in gist."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import (
    Case,
    CaseDocument,
    ConflictDeclaration,
    Consultation,
    ConsultationDocument,
    ConsultationReminder,
    ConsultedBody,
    Recall,
)
from cases.models.consultation import SharedAs, Way
from cases.services import deadlines
from cases.services.acting import locked, require, require_state
from cases.services.outsiders import copies_to_give, withheld_names
from cases.services.requests import LONGEST
from cases.workflow import OPEN_STATES

if TYPE_CHECKING:
    from accounts.models import User


# Asking


def ask(
    case: Case,
    *,
    body: ConsultedBody,
    way: str,
    question: str,
    due_on: date,
    by: User,
    documents: Iterable[CaseDocument] = (),
    names_reason: str = "",
    version: int | None = None,
) -> Consultation:
    """Ask a body for advice; it gets the question and the chosen copies, nothing else.

    Args:
        way: by letter or e-mail, which the officer sends; or on a page, for an expert with an
            account.
        names_reason: why a withheld name stands in the question. The officers named on the case
            alone can decide that.

    Raises:
        ValidationError: no question, a day that is not ahead, a withheld name without a reason,
            or a document that is not cleared for people outside.
    """
    if not question.strip():
        raise ValidationError(_("Write the question."))
    if not deadlines.today() < due_on <= deadlines.today() + LONGEST:
        raise ValidationError(_("Give a day ahead, within a year."))
    if way not in Way.values or (way == Way.PAGE and not body.expert_id):
        raise ValidationError(_("Only an expert with an account answers on a page of their own."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, *OPEN_STATES)
        if body.retired_at:
            raise Incomplete(_("This body is not asked any more."))
        _require_no_name(row, question, names_reason, by=by)
        cleared = {item.pk: copy for item, copy in copies_to_give(row)}
        chosen = list(documents)
        if any(item.pk not in cleared for item in chosen):
            raise ValidationError(
                _("One of the documents is not cleared for people outside. Redact it first.")
            )
        if way == Way.PAGE and _stands_in_conflict(row, body):
            raise Incomplete(_("This expert declared a conflict of interest in this case."))
        pk, now = uuid.uuid4(), timezone.now()
        due_on = deadlines.calendar().working_day_from(due_on)
        event = record_event(
            row,
            EventKind.CONSULTATION_ASKED,
            by=by,
            at=now,
            consultation=pk,
            documents=[item.pk for item in chosen],
            names_shown=bool(names_reason.strip()),
        )
        deadline = deadlines.open_one(
            row, "consultation", event, side="", owed_by="consulted", due_on=due_on
        )
        asked = Consultation.objects.create(
            id=pk,
            case=row,
            body=body,
            expert_id=body.expert_id if way == Way.PAGE else None,
            way=Way(way),
            question=question.strip(),
            names_reason=names_reason.strip(),
            asked_by=by,
            asked_at=now,
            deadline=deadline,
        )
        ConsultationDocument.objects.bulk_create(
            ConsultationDocument(
                consultation=asked, case_document=item, copy=cleared[item.pk], number=number
            )
            for number, item in enumerate(chosen, start=1)
        )
    return asked


def _require_no_name(case: Case, text: str, reason: str, *, by: User) -> None:
    found = withheld_names(case, text)
    if not found:
        return
    if not reason.strip() or not permissions.may_see_identity(case, by):
        shown = ", ".join(found) if permissions.may_see_identity(case, by) else _("a name")
        raise ValidationError(
            _(
                "The question holds what is withheld from people outside: %(names)s. Take it out, "
                "or let an officer named on the case give the reason."
            )
            % {"names": shown}
        )


def _stands_in_conflict(case: Case, body: ConsultedBody) -> bool:
    return case.conflicts.filter(
        user=body.expert_id, has_conflict=True, superseded_at=None
    ).exists()


def _row(case: Case, item: Consultation) -> Consultation:
    found = case.consultations.select_related("deadline", "body").get(pk=item.pk)
    found.case = case
    return found


def remind(item: Consultation, *, by: User, note: str = "", version: int | None = None) -> None:
    """Put on record that the body was reminded; an expert with an account gets a mail.

    Raises:
        Conflict: it was answered or closed.
    """
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _row(row, item)
        _require_open(item)
        ConsultationReminder.objects.create(consultation=item, by=by, note=note.strip())
        record_event(row, EventKind.CONSULTATION_REMINDED, by=by, consultation=item.pk)


def _require_open(item: Consultation) -> None:
    if not item.is_open:
        raise Conflict(_("This question is answered or closed."))


def still_given(item: Consultation) -> QuerySet[ConsultationDocument]:
    """Return the copies that an expert may still open: none of a document that its provider pulled
    or that was recalled since."""
    rows = item.material.select_related("copy", "case_document")
    recalled = Recall.objects.filter(case=item.case_id, proposed_at__gte=item.asked_at)
    recalled = recalled.filter(document__isnull=False).exclude(is_confirmed=False)
    gone = recalled.values("document")
    return rows.filter(case_document__pulled_at=None).exclude(case_document__in=gone)


# The answer


def record_reply(
    item: Consultation, *, text: str, replied_on: date, by: User, version: int | None = None
) -> Consultation:
    """Record an answer that came by letter or e-mail.

    Raises:
        ValidationError: no text, or a day ahead or before the question.
        Conflict: it was answered or closed.
    """
    if not text.strip():
        raise ValidationError(_("Write the answer."))
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _row(row, item)
        _require_open(item)
        if not timezone.localdate(item.asked_at) <= replied_on <= deadlines.today():
            raise ValidationError(_("Give the day on which the answer came."))
        return _take_reply(row, item, text=text, on=replied_on, by=by)


def declare(item: Consultation, *, has_conflict: bool, by: User, explanation: str = "") -> None:
    """The expert declares before reading: no conflict of interest, or one, and then is out."""
    with locked(item.case) as row:
        item = _asked_of(row, item, by)
        if item.declared_at:
            raise Conflict(_("You have declared already."))
        now = timezone.now()
        row.conflicts.filter(user=by, superseded_at=None).update(superseded_at=now)
        ConflictDeclaration.objects.create(
            case=row, user=by, has_conflict=has_conflict, explanation=explanation.strip()
        )
        item.declared_at = now
        item.save(update_fields=["declared_at"])
        record_event(
            row,
            EventKind.CONFLICT_DECLARED,
            by=by,
            has_conflict=has_conflict,
            consultation=item.pk,
        )


def answer(item: Consultation, *, text: str, by: User) -> Consultation:
    """The expert answers on their own page.

    Raises:
        ValidationError: no text.
        Incomplete: the expert has not declared on conflicts of interest.
        Conflict: it was answered or closed.
    """
    if not text.strip():
        raise ValidationError(_("Write the answer."))
    with locked(item.case) as row:
        item = _asked_of(row, item, by)
        _require_open(item)
        if item.declared_at is None:
            raise Incomplete(_("First declare that you have no conflict of interest."))
        return _take_reply(row, item, text=text, on=deadlines.today(), by=by)


def _asked_of(case: Case, item: Consultation, by: User) -> Consultation:
    require(Consultation.objects.asked_of(by).filter(pk=item.pk).exists())
    return _row(case, item)


def _take_reply(case: Case, item: Consultation, *, text: str, on: date, by: User) -> Consultation:
    item.reply, item.replied_on, item.replied_at = text.strip(), on, timezone.now()
    item.reply_recorded_by = by
    item.save()
    record_event(case, EventKind.CONSULTATION_REPLIED, by=by, consultation=item.pk)
    deadlines.end_one(case, item.deadline)
    return item


def note_opened(item: Consultation, *, by: User) -> None:
    """Note when the expert first opened the question."""
    Consultation.objects.filter(pk=item.pk, expert=by, opened_at=None).update(
        opened_at=timezone.now()
    )


# What the parties learn


def share(
    item: Consultation, *, shared_as: str, text: str = "", by: User, version: int | None = None
) -> Consultation:
    """Decide what both sides learn of an answer: the whole, its gist, or nothing, and then nothing
    may rest on it.

    Args:
        text: the gist; or why nothing rests on the answer.

    Raises:
        ValidationError: the gist or the reason is missing, or a withheld name stands in the text.
        Incomplete: there is no answer yet, it was decided already, or the enterprise was not told.
    """
    if shared_as not in SharedAs.values:
        raise ValidationError(_("Choose what both sides learn."))
    if shared_as != SharedAs.WHOLE and not text.strip():
        raise ValidationError(_("Write the gist, or why nothing rests on the answer."))
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _row(row, item)
        if item.replied_at is None:
            raise Incomplete(_("There is no answer yet."))
        if item.shared_as in (SharedAs.WHOLE, SharedAs.GIST):
            raise Incomplete(_("Both sides have read it already."))
        if shared_as != SharedAs.NOT_USED:
            if not row.is_served:
                raise Incomplete(_("The enterprise was not told of the case yet."))
            shown = item.reply if shared_as == SharedAs.WHOLE else text
            if withheld_names(row, shown):
                raise ValidationError(
                    _("A name that is withheld stands in the text. Share the gist without it.")
                )
        item.shared_as = SharedAs(shared_as)
        item.shared_text = item.reply if shared_as == SharedAs.WHOLE else text.strip()
        item.shared_at, item.shared_by = timezone.now(), by
        item.save()
        kind = EventKind.CONSULTATION_SHARED
        if shared_as == SharedAs.NOT_USED:
            kind = EventKind.CONSULTATION_SETTLED
        record_event(row, kind, by=by, consultation=item.pk, shared_as=shared_as)
    return item


def close(
    item: Consultation, *, note: str = "", by: User, version: int | None = None
) -> Consultation:
    """Close a question: an expert reads no more of it; an answer that never came is waited for no
    longer.

    Raises:
        ValidationError: no answer came and no reason is given.
        Conflict: it is closed.
    """
    with locked(item.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        item = _row(row, item)
        if item.closed_at:
            raise Conflict(_("This question is answered or closed."))
        if item.replied_at is None and not note.strip():
            raise ValidationError(_("Say why the answer is waited for no longer."))
        item.closed_at, item.closing_note = timezone.now(), note.strip()
        item.save()
        record_event(row, EventKind.CONSULTATION_CLOSED, by=by, consultation=item.pk)
        if item.deadline.is_open:
            deadlines.end_one(row, item.deadline, is_met=False)
    return item


def require_nothing_unseen(case: Case) -> None:
    """Refuse a decision while it could rest on advice of which the parties know nothing.

    Raises:
        Incomplete: says how many answers wait for that.
    """
    waiting = case.consultations.unshared().count()
    if waiting:
        raise Incomplete(
            _(
                "%(count)s answers of bodies that were asked were neither shared with both sides "
                "nor set aside. A decision rests on nothing that they have not seen."
            )
            % {"count": waiting}
        )
