"""Material that reached the wrong side: access ends at once, a second person confirms, both sides
are told, the authority for data protection in time, and whoever kept a copy is asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import services as people
from cases import permissions, rules
from cases.calendar import local_date
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.kinds import EventKind
from cases.letters.drafts import said_to
from cases.models import Case, CaseDocument, Message, Recall, RecallReader, SentLetter, Serving
from cases.models.correspondence import Correspondent, DocumentAudience
from cases.models.party import Side
from cases.models.recall import RecallWhat
from cases.models.serving import ServingState
from cases.services import deadlines
from cases.services.acting import locked, require
from cases.timeframes import compute
from documents.models import Document

if TYPE_CHECKING:
    from accounts.models import User

Material = CaseDocument | Message | SentLetter


def begin(
    case: Case,
    item: Material,
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
        stop = {CaseDocument: _stop_document, Message: _stop_message, SentLetter: _stop_letter}
        what, reached_at, before, readers = stop[type(item)](
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


_Stopped = tuple[str, datetime | None, dict[str, Any], list[dict[str, Any]]]


def _stop_document(case: Case, item: Any, *, wrong_side: str, owner: str) -> _Stopped:
    found = case.documents.get(pk=item.pk)
    found.case = case
    if found.side != wrong_side and not found.is_shown_to_others:
        raise Incomplete(_("This side has no access to the document."))
    served = list(found.servings.filter(state=ServingState.SERVED))
    before = _hide_document(found, owner=owner)
    before["servings"] = [str(row.pk) for row in served]
    reached_at = served[0].served_at if served else found.provided_at
    files = _hide_files(case, wrong_side, since=reached_at or found.provided_at)
    before["files"] = files
    readers = _who_read(case, wrong_side, [found.pk, *files])
    return RecallWhat.DOCUMENT, reached_at, before, readers


def _hide_files(case: Case, side: str, *, since: datetime) -> dict[str, Any]:
    """Take the files of the case that were made for a side since then: what is recalled may stand
    in each of them. A new one is made without it."""
    hidden = {}
    made = case.dossiers.filter(audience=side, made_at__gte=since, served_as__isnull=False)
    for found in case.documents.filter(pk__in=made.values("served_as")):
        found.case = case
        if found.side == side or found.is_shown_to_others:
            hidden[str(found.pk)] = _hide_document(found, owner="")
    return hidden


def _hide_document(found: CaseDocument, *, owner: str) -> dict[str, Any]:
    """Take a document from everybody but its owner and the NCP; return what stood there."""
    before = {
        "side": found.side,
        "audience": found.audience,
        "copy": str(found.served_copy_id) if found.served_copy_id else "",
        "served_at": found.served_at.isoformat() if found.served_at else "",
    }
    found.servings.filter(state=ServingState.SERVED).update(
        state=ServingState.TAKEN_BACK, ended_at=timezone.now()
    )
    found.servings.filter(state__in=[ServingState.WAITING, ServingState.REDACTION_ASKED]).update(
        state=ServingState.DROPPED, ended_at=timezone.now()
    )
    found.side = owner
    found.audience = DocumentAudience.PARTY_AND_NCP if owner else DocumentAudience.NCP
    found.served_copy, found.served_at = None, None
    found.save()
    return before


def _who_read(case: Case, side: str, documents: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the people of a side with when they opened one of the documents, as the history has
    it."""
    readers = {user: _reader(user) for user in _people_of(case, side)}
    ids = [str(pk) for pk in documents]
    events = case.events.filter(kind=EventKind.DOCUMENT_READ, data__document__in=ids)
    for event in events.order_by("sequence"):
        if event.by_id in readers:
            _add(readers[event.by_id], event.at, event.at, 1)
    return list(readers.values())


def _add(row: dict[str, Any], first: datetime, last: datetime, times: int) -> None:
    row["first_read_at"] = min(row["first_read_at"] or first, first)
    row["last_read_at"] = max(row["last_read_at"] or last, last)
    row["times"] += times


def _people_of(case: Case, side: str) -> list[Any]:
    rows = case.participations.filter(side=side).order_by("since")
    return list(dict.fromkeys(rows.values_list("user_id", flat=True)))


def _reader(user_id: Any, read_at: datetime | None = None) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "first_read_at": read_at,
        "last_read_at": read_at,
        "times": int(bool(read_at)),
    }


def _stop_message(case: Case, item: Any, *, wrong_side: str, owner: str) -> _Stopped:
    message = case.messages.get(pk=item.pk)
    message.case = case
    if message.side != wrong_side and not message.is_response:
        raise Incomplete(_("This side has no access to the message."))
    if message.recalled_at:
        raise Incomplete(_("This message is recalled already."))
    message.recalled_at = timezone.now()
    message.save(update_fields=["recalled_at"])
    before: dict[str, Any] = {"attachments": {}}
    for row in message.attachments.select_related("case_document"):
        found = row.case_document
        found.case = case
        if found.side == wrong_side or found.is_shown_to_others:
            before["attachments"][str(found.pk)] = _hide_document(found, owner=owner)
    before["files"] = _hide_files(case, wrong_side, since=message.sent_at)
    opened = [*before["attachments"], *before["files"]]
    readers = {row["user_id"]: row for row in _who_read(case, wrong_side, opened)}
    for shown in message.readings.all():
        if shown.user_id in readers:
            _add(readers[shown.user_id], shown.first_read_at, shown.last_read_at, shown.times)
    found_readers = list(readers.values())
    if message.read_at and message.sender == Correspondent.NCP and not message.readings.exists():
        # Read before it was noted by whom: by the only person of that side, or by one of them.
        if len(found_readers) == 1:
            _add(found_readers[0], message.read_at, message.read_at, 1)
        else:
            found_readers.insert(0, _reader(None, message.read_at))
    return RecallWhat.MESSAGE, message.sent_at, before, found_readers


def _stop_letter(case: Case, item: Any, *, wrong_side: str, owner: str) -> _Stopped:
    """End the codes of whom the letter reached: paper cannot be called back, a code can."""
    letter = case.letters.get(pk=item.pk)
    users = case.participations.filter(party=letter.party).select_related("user")
    for row in users:
        people.revoke_access_codes(row.user)
    reached_at = timezone.make_aware(datetime.combine(letter.sent_on, datetime.min.time()))
    return RecallWhat.LETTER, reached_at, {}, [_reader(row.user_id) for row in users]


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
        if recall.document:
            _give_back(row, recall.document, recall.before)
        for pk, before in recall.before.get("files", {}).items():
            _give_back(row, row.documents.get(pk=pk), before)
        if recall.message:
            recall.message.case = row
            recall.message.recalled_at = None
            recall.message.save(update_fields=["recalled_at"])
            for pk, before in recall.before["attachments"].items():
                _give_back(row, row.documents.get(pk=pk), before)
        record_event(row, EventKind.RECALL_REJECTED, by=by, recall=recall.pk)
        if recall.deadline and recall.deadline.is_open:
            deadlines.end_one(row, recall.deadline, is_met=False)
    return recall


def _give_back(case: Case, found: CaseDocument, before: dict[str, Any]) -> None:
    found.case = case
    found.side, found.audience = before["side"], DocumentAudience(before["audience"])
    if before["copy"]:
        found.served_copy = Document.objects.get(pk=before["copy"])
        found.served_at = datetime.fromisoformat(before["served_at"])
    found.save()
    Serving.objects.filter(pk__in=before.get("servings", ())).update(
        state=ServingState.SERVED, ended_at=None
    )


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
