"""What a decision rests on, who has seen it, and the words of both sides.

No decision rests on material that the affected party has not seen, at least in gist
(Commentary to the Implementation Procedures, 2023, on impartiality and equitable treatment).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import permissions
from cases.errors import Conflict
from cases.events import record_event
from cases.kinds import EventKind
from cases.letters.drafts import said_to
from cases.models import Case, CaseDocument, Evidence, Gist, Issue, Message, Position
from cases.models.correspondence import Correspondent
from cases.models.party import Side
from cases.services import correspondence
from cases.services.acting import locked, require, require_state
from cases.workflow import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User


@dataclass(frozen=True)
class Unseen:
    """Cited material that a side knows not even in gist."""

    side: str
    document: CaseDocument | None
    message: Message | None

    @property
    def side_label(self) -> str:
        return str(Side(self.side).label)

    @property
    def title(self) -> str:
        return title_of(self.document, self.message)

    @property
    def kind(self) -> str:
        return "document" if self.document else "message"

    @property
    def id(self) -> str:
        source = self.document or self.message
        return str(source.pk) if source else ""


def title_of(document: CaseDocument | None, message: Message | None) -> str:
    """Return how the desk calls a source."""
    from django.utils.formats import date_format

    if document is not None:
        return document.title
    if message is None:
        return _("The submission")
    values = {
        "who": message.get_sender_display(),
        "day": date_format(message.sent_at, "j E Y"),
        "subject": message.subject,
    }
    if message.is_response:
        return _("The enterprise's answer of %(day)s") % values
    if message.subject:
        return _("Message of %(day)s, %(who)s: %(subject)s") % values
    return _("Message of %(day)s, %(who)s") % values


def citable(case: Case, user: User) -> tuple[list[CaseDocument], list[Message]]:
    """Return the documents and messages of a case that the person may cite."""
    documents = CaseDocument.objects.visible_to(user).filter(case=case, pulled_at=None)
    messages = Message.objects.visible_to(user).filter(case=case, is_reprisal_report=False)
    return list(documents.select_related("document")), list(messages)


def sides_that_saw(document: CaseDocument | None, message: Message | None) -> set[str]:
    """Return the sides that gave the material or were shown it; the submission reached both."""
    if document is not None:
        seen = {document.side} if document.side else set()
        if document.served_at and document.audience in ("parties", "mediation", "public"):
            seen |= set(Side.values)
        return seen
    if message is not None:
        return set(Side.values) if message.is_response else {str(message.side)}
    return set(Side.values)


def unseen(case: Case) -> list[Unseen]:
    """Return what the answers to the criteria cite and a side knows not even in gist, once for
    each side and source."""
    rows = (
        Evidence.objects.filter(assessment__issue__case=case)
        .select_related("case_document", "message")
        .order_by("pk")
    )
    told = {
        (gist.side, gist.case_document_id, gist.message_id)
        for gist in Gist.objects.filter(case=case)
    }
    found = {}
    for row in rows:
        for side in Side.values:
            key = (side, row.case_document_id, row.message_id)
            if side in sides_that_saw(row.case_document, row.message) or key in told:
                continue
            for source in (row.case_document, row.message):
                if source is not None:
                    source.case = case
            found[key] = Unseen(side, row.case_document, row.message)
    return list(found.values())


def give_gist(
    case: Case,
    *,
    side: str,
    text: str,
    by: User,
    document: CaseDocument | None = None,
    message: Message | None = None,
    version: int | None = None,
) -> Gist:
    """Tell a side, in a message of its own, the substance of something that it cannot read.

    Raises:
        Conflict: the side has seen it, or was told its gist already.
        ValidationError: the text is empty, or the material is not of this case.
    """
    source = document or message
    if source is None or source.case_id != case.pk:
        raise ValidationError(_("This is no material of the case."))
    if message is not None and message.is_reprisal_report:
        raise ValidationError(_("This is no material of the case that may be cited."))
    if not text.strip():
        raise ValidationError(_("Write the substance of it."))
    with locked(case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        told = Gist.objects.filter(case=row, side=side, case_document=document, message=message)
        if side in sides_that_saw(document, message) or told.exists():
            raise Conflict(_("This side knows it already."))
        sent = correspondence.send_message(
            row,
            side=side,
            subject=said_to(row, side, gettext_lazy("What the office was told, in substance")),
            text=text,
            by=by,
        )
        row.refresh_from_db()
        gist = Gist.objects.create(
            case=row,
            side=side,
            case_document=document,
            message=message,
            told_by_message=sent,
            given_by=by,
        )
        record_event(row, EventKind.GIST_GIVEN, by=by, side=side, gist=gist.pk)
    return gist


def note_position(
    issue: Issue,
    *,
    side: str,
    quote: str,
    by: User,
    document: CaseDocument | None = None,
    message: Message | None = None,
    place: str = "",
    version: int | None = None,
) -> Position:
    """Put words of a side beside an issue, with where they stand.

    Raises:
        ValidationError: nothing is quoted, the source is another side's, or the words do not stand
            in the message that is named.
    """
    source = document or message
    if not quote.strip():
        raise ValidationError(_("Copy the words of the side."))
    if source is not None and source.case_id != issue.case_id:
        raise ValidationError(_("This is no material of the case."))
    if document is not None and document.side != side:
        raise ValidationError(_("This document is not from this side."))
    if message is not None and (message.sender != side or message.is_reprisal_report):
        raise ValidationError(_("This message is not from this side."))
    if source is None and side == Side.RESPONDENT:
        raise ValidationError(_("The submission is not from this side."))
    if message is not None and not _stands_in(quote, message.text):
        raise ValidationError(_("These words do not stand in the message. Copy them as they are."))
    with locked(issue.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, State.INITIAL_ASSESSMENT)
        issue.case = row
        position = Position.objects.create(
            issue=issue,
            side=Side(side),
            quote=quote.strip(),
            place=place.strip(),
            case_document=document,
            message=message,
            added_by=by,
        )
        record_event(row, EventKind.POSITION_NOTED, by=by, issue=issue.pk, of_side=side)
    return position


def _stands_in(quote: str, text: str) -> bool:
    """Tell whether a quotation stands in a text; "…" leaves something out."""
    held, start = " ".join(text.split()), 0
    parts = [" ".join(part.split()) for part in quote.replace("...", "…").split("…")]
    for part in (part for part in parts if part):
        place = held.find(part, start)
        if place < 0:
            return False
        start = place + len(part)
    return True


def remove_position(position: Position, *, by: User, version: int | None = None) -> None:
    """Take words of a side away from an issue; they stay where they were said."""
    with locked(position.issue.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        require_state(row, State.INITIAL_ASSESSMENT)
        issue, side = position.issue_id, position.side
        Position.objects.filter(pk=position.pk).delete()
        record_event(row, EventKind.POSITION_NOTED, by=by, issue=issue, of_side=side, removed=True)


def responses(messages: Iterable[Message]) -> list[Message]:
    """Return the enterprise's answers, the oldest first."""
    return [row for row in messages if row.is_response and row.sender == Correspondent.RESPONDENT]
