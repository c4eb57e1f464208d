"""What a recall stops at once, and what it gives back when it was a mistake."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services as people
from cases.errors import Incomplete
from cases.kinds import EventKind
from cases.models import Case, CaseDocument, Message, Recall, SentLetter, Serving
from cases.models.correspondence import Correspondent, DocumentAudience
from cases.models.recall import RecallWhat
from cases.models.serving import ServingState
from documents.models import Document

Material = CaseDocument | Message | SentLetter
Stopped = tuple[str, datetime | None, dict[str, Any], list[dict[str, Any]]]
"""What it is, when it reached the wrong side, what stood before, and who may have read it."""


def stop(case: Case, item: Material, *, wrong_side: str, owner: str) -> Stopped:
    """Take something from everybody but its owner and the NCP; the case is locked.

    Raises:
        Incomplete: that side has no access to it, or it is being recalled already.
    """
    by_type = {CaseDocument: _stop_document, Message: _stop_message, SentLetter: _stop_letter}
    return by_type[type(item)](case, item, wrong_side=wrong_side, owner=owner)


def give_back(case: Case, recall: Recall) -> None:
    """Give back what was stopped by mistake; codes of a letter stay ended."""
    if recall.document:
        _give_back(case, recall.document, recall.before)
    for pk, before in recall.before.get("files", {}).items():
        _give_back(case, case.documents.get(pk=pk), before)
    if recall.message:
        recall.message.case = case
        recall.message.recalled_at = None
        recall.message.save(update_fields=["recalled_at"])
        for pk, before in recall.before["attachments"].items():
            _give_back(case, case.documents.get(pk=pk), before)


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


def _stop_document(case: Case, item: Any, *, wrong_side: str, owner: str) -> Stopped:
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


def _stop_message(case: Case, item: Any, *, wrong_side: str, owner: str) -> Stopped:
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


def _stop_letter(case: Case, item: Any, *, wrong_side: str, owner: str) -> Stopped:
    """End the codes of whom the letter reached: paper cannot be called back, a code can."""
    letter = case.letters.get(pk=item.pk)
    users = case.participations.filter(party=letter.party).select_related("user")
    for row in users:
        people.revoke_access_codes(row.user)
    reached_at = timezone.make_aware(datetime.combine(letter.sent_on, datetime.min.time()))
    return RecallWhat.LETTER, reached_at, {}, [_reader(row.user_id) for row in users]
