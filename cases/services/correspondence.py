"""Messages, documents and their audience, the enterprise's answer, pressure that somebody
reports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import permissions, readings
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.letters.drafts import said_to
from cases.models import Case, CaseDocument, Message, MessageDocument, Participation
from cases.models.audit import ReadKind
from cases.models.correspondence import Correspondent, DocumentAudience
from cases.models.party import ParticipationRole, Side
from cases.services import deadlines
from cases.services.acting import locked, require, require_state
from cases.workflow import OPEN_STATES, State
from documents.models import Document

if TYPE_CHECKING:
    from accounts.models import User


def _speaker(case: Case, by: User, side: str) -> str:
    """Return whose voice it is: that side's, or the NCP's.

    Raises:
        PermissionDenied: the person is neither on that side nor runs the procedure.
    """
    if permissions.is_party_member(case, by, side=side):
        return side
    require(permissions.may_run_procedure(case, by))
    return Correspondent.NCP


def send_message(
    case: Case,
    *,
    side: str,
    text: str,
    by: User,
    subject: str = "",
    documents: Iterable[CaseDocument] = (),
    version: int | None = None,
) -> Message:
    """Send a message between one side and the NCP; the other side never sees it.

    Raises:
        ValidationError: the text is empty.
    """
    if not text.strip():
        raise ValidationError(_("Write the message."))
    with locked(case, version=version, by=by) as row:
        sender = _speaker(row, by, side)
        if sender == Correspondent.NCP and side == Side.RESPONDENT and not row.is_served:
            raise Incomplete(_("The enterprise was not told of the case yet."))
        message = Message.objects.create(
            case=row,
            side=Side(side),
            sender=sender,
            sent_by=by,
            subject=subject.strip(),
            text=text.strip(),
        )
        MessageDocument.objects.bulk_create(
            MessageDocument(message=message, case_document=item) for item in documents
        )
        record_event(
            row, EventKind.MESSAGE_SENT, by=by, side=side, sender=sender, message=message.pk
        )
    return message


def mark_read(messages: Iterable[Message], *, by: User) -> None:
    """Note when the other end first read messages; reading is no change of the case."""
    ids = [row.pk for row in messages if row.sent_by_id != by.pk and row.read_at is None]
    if not ids:
        return
    Message.objects.filter(pk__in=ids, read_at=None).update(read_at=timezone.now())


_SHOWN = """
INSERT INTO cases_messagereading (message_id, user_id, first_read_at, last_read_at, times)
SELECT id, %s, %s, %s, 1 FROM unnest(%s::uuid[]) AS shown (id)
ON CONFLICT (message_id, user_id) DO UPDATE
SET last_read_at = EXCLUDED.last_read_at, times = cases_messagereading.times + 1
"""


def note_shown(messages: Iterable[Message], *, by: User) -> None:
    """Put on record that somebody of a side is shown messages that others wrote, and mark those of
    the NCP as read. Should one of them have reached the wrong side, it is known who read it."""
    others = [message for message in messages if message.sent_by_id != by.pk]
    if not others:
        return
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, [by.pk, now, now, [str(message.pk) for message in others]])
    mark_read([row for row in others if row.sender == Correspondent.NCP], by=by)


def add_document(
    case: Case,
    document: Document,
    *,
    title: str,
    side: str,
    by: User,
    asked_to_withhold: bool = False,
    reason: str = "",
    version: int | None = None,
) -> CaseDocument:
    """Add a file to a case. It goes to its provider and the NCP only, until an officer decides
    its audience.

    Args:
        side: whose document it is; "" for one of the NCP.
    """
    with locked(case, version=version, by=by) as row:
        require(
            permissions.may_run_procedure(row, by)
            or (bool(side) and permissions.is_party_member(row, by, side=side))
        )
        require_state(row, *OPEN_STATES)
        item = CaseDocument.objects.create(
            case=row,
            document=document,
            title=title.strip() or _("Document"),
            side=side,
            audience=DocumentAudience.PARTY_AND_NCP if side else DocumentAudience.NCP,
            asked_to_withhold=asked_to_withhold,
            withholding_reason=reason.strip(),
            provided_by=by,
        )
        record_event(row, EventKind.DOCUMENT_ADDED, by=by, side=side, document=item.pk)
    return item


def record_download(*items: CaseDocument, by: User) -> None:
    """Put on record that somebody other than their provider read documents of one case."""
    read = [item for item in items if item.provided_by_id != by.pk]
    if not read:
        return
    with locked(read[0].case) as row:
        readings.note(row, by, *((ReadKind.DOCUMENT, item.pk) for item in read))
        for item in read:
            record_event(row, EventKind.DOCUMENT_READ, by=by, document=item.pk)


def respond(case: Case, *, text: str, by: User, version: int | None = None) -> Message:
    """Record the enterprise's answer to the complaint.

    Raises:
        ValidationError: the text is empty.
        WrongState: the assessment is over, or the enterprise was not told yet.
    """
    if not text.strip():
        raise ValidationError(_("Write the answer."))
    with locked(case, version=version, by=by) as row:
        sender = _speaker(row, by, Side.RESPONDENT)
        require_state(row, State.INITIAL_ASSESSMENT)
        if not row.is_served:
            raise Incomplete(_("The enterprise was not told of the case yet."))
        message = Message.objects.create(
            case=row,
            side=Side.RESPONDENT,
            sender=Correspondent.RESPONDENT,
            sent_by=by,
            subject=_("Answer to the complaint"),
            text=text.strip(),
            is_response=True,
        )
        record_event(
            row, EventKind.RESPONDENT_RESPONDED, by=by, message=message.pk, recorded_by=sender
        )
    return message


def report_reprisal(case: Case, *, text: str, by: User) -> Message:
    """Tell the officers named on the case, and nobody else, of pressure or reprisals."""
    if not text.strip():
        raise ValidationError(_("Write what happened."))
    with locked(case) as row:
        side = row.participations.of_party(by).values_list("side", flat=True).first()
        require(side is not None)
        assert side is not None
        row.reprisal_risk = True
        message = Message.objects.create(
            case=row,
            side=side,
            sender=side,
            sent_by=by,
            subject=_("Pressure or reprisal"),
            text=text.strip(),
            is_reprisal_report=True,
        )
        event = record_event(row, EventKind.REPRISAL_REPORTED, by=by, side=side, message=message.pk)
        message.deadline = deadlines.open_one(
            row, "reprisal_answer", event, side=side, owed_by="ncp"
        )
        message.save(update_fields=["deadline"])
    return message


def answer_reprisal(report: Message, *, text: str, by: User, version: int | None = None) -> Message:
    """Answer a report of pressure; its side and the officers named on the case alone read it.

    Raises:
        ValidationError: the text is empty.
        Conflict: it was answered already.
    """
    if not text.strip():
        raise ValidationError(_("Write the answer."))
    with locked(report.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by) and permissions.may_see_identity(row, by))
        report = row.messages.select_related("deadline").get(pk=report.pk)
        if report.deadline is None or not report.deadline.is_open:
            raise Conflict(_("This report was answered already."))
        answer = Message.objects.create(
            case=row,
            side=report.side,
            sender=Correspondent.NCP,
            sent_by=by,
            subject=said_to(row, report.side, gettext_lazy("Answer to your report of pressure")),
            text=text.strip(),
            is_reprisal_report=True,
        )
        if report.read_at is None:
            report.read_at = timezone.now()
            report.save(update_fields=["read_at"])
        deadlines.end_one(row, report.deadline)
        record_event(row, EventKind.REPRISAL_ANSWERED, by=by, side=report.side, message=answer.pk)
    return answer


def stand_in(case: Case, *, by: User, version: int | None = None) -> Case:
    """Take part as a second officer who may read withheld identities and reports of pressure;
    the officer of the case stays."""
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        if permissions.may_see_identity(row, by):
            raise Conflict(_("You are an officer of this case already."))
        Participation.objects.create(case=row, user=by, role=ParticipationRole.OFFICER)
        record_event(row, EventKind.OFFICER_STANDS_IN, by=by, officer=by.pk)
    return row
