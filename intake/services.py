"""What happens to a draft: begun, saved, given files, sent, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.services import party_user, store_access_code
from cases.errors import Conflict
from cases.models import Submission
from cases.services.filing import Filed, file_once
from documents.models import Document
from documents.services import erase_files, store
from intake.answers import Answers
from intake.models import Draft, DraftState, expiry
from intake.steps import remember_status
from intake.submission import as_submission
from sealing.models import DataKey

if TYPE_CHECKING:
    from accounts.models import User


class DraftGone(Conflict):
    """The draft was sent, deleted or has expired, perhaps in another window."""

    def __init__(self) -> None:
        super().__init__(_("This draft was sent or deleted in the meantime."))


@transaction.atomic
def begin(*, privacy_notice_version: str, entered_by: User | None = None, **kind: Any) -> Draft:
    """Begin a draft with a key and a code of its own.

    Args:
        kind: `recording=True` for the short way, `write_up_of` (id of a case) for what an officer
            writes down of a recording.
    """
    code = codes.new_code()
    answers = Answers({"draft_code": code, **kind})
    return Draft.objects.create(
        data_key=DataKey.generate(),
        payload=answers.dumps(),
        code_digest=codes.digest(code),
        privacy_notice_version=privacy_notice_version,
        entered_by=entered_by,
    )


@transaction.atomic
def change(draft: Draft, edit: Callable[[Answers], Any]) -> Answers:
    """Change the answers under a lock, so that two windows never undo each other's pages.

    Raises:
        DraftGone: nothing can be written any more.
    """
    locked = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if not locked.is_open:
        raise DraftGone
    answers = Answers.loads(locked.payload)
    edit(answers)
    remember_status(answers)
    locked.payload = answers.dumps()
    locked.changed_at = timezone.now()
    locked.expires_at = expiry()
    locked.save(update_fields=["payload", "changed_at", "expires_at"])
    return answers


@transaction.atomic
def add_files(
    draft: Draft, uploads: list[UploadedFile], *, by: User | None, **purpose: bool
) -> Answers:
    """Seal files under the draft's key and list them among the answers.

    Args:
        purpose: `is_mandate=True` or `is_original=True`; without it they are evidence.

    Raises:
        ValidationError: a file is not taken, or there are too many by now.
    """
    rows = []
    for upload in uploads:
        document = store(upload, by=by, data_key=draft.data_key)
        row = {"id": str(document.pk), "name": upload.name, "size": upload.size}
        rows.append(row | purpose)

    def edit(answers: Answers) -> None:
        # Several are sent at once: what the page counted may be over by now.
        if len(answers.files) + len(rows) > settings.MAX_FILES:
            raise ValidationError(
                _("There is room for %(count)s files in all.") % {"count": settings.MAX_FILES}
            )
        answers.files.extend(rows)

    return change(draft, edit)


@transaction.atomic
def remove_file(draft: Draft, file_id: str) -> Answers:
    """Take a file out of the draft and destroy it."""

    def edit(answers: Answers) -> None:
        if any(row["id"] == file_id for row in answers.files):
            answers.remove_file(file_id)
            _forget_documents(Document.objects.filter(pk=file_id, data_key_id=draft.data_key_id))

    return change(draft, edit)


def ensure_access_code(draft: Draft) -> Answers:
    """Make the access code of the coming case, once."""

    def edit(answers: Answers) -> None:
        if not answers.access_code:
            answers.data["access_code"] = codes.new_code()

    return change(draft, edit)


@transaction.atomic
def send(draft: Draft, *, language: str) -> Filed:
    """File the submission, once: code, person, case and receipt in one transaction.

    A second click, a second window or a repeated request finds the draft sent and gets the same
    receipt.

    Raises:
        DraftGone: the draft was deleted or has expired.
        Incomplete: a name, an enterprise or what happened is missing, or the code is not confirmed.
    """
    now = timezone.now()
    # Whoever turns this row into a sent one files it; everybody else waits here and finds it sent.
    # What was read before is what is sent: a change in another window makes this try again.
    unsent = Draft.objects.filter(
        pk=draft.pk, state=DraftState.OPEN, changed_at=draft.changed_at, expires_at__gt=now
    )
    if not unsent.update(state=DraftState.SENT, changed_at=now, payload=""):
        current = Draft.objects.select_related("data_key", "entered_by").get(pk=draft.pk)
        if current.is_sent:
            return filed_earlier(current)
        if not current.is_open:
            raise DraftGone
        return send(current, language=language)
    answers = Answers.loads(draft.payload)
    data = as_submission(
        answers,
        language=language,
        privacy_notice_version=draft.privacy_notice_version,
        by_staff=draft.entered_by is not None,
    )
    person = None
    if answers.access_code:
        person = party_user(language=data.language)
        store_access_code(person, answers.access_code, label=str(_("From the form")))
    return file_once(
        data,
        filed_by=person,
        data_key=draft.data_key,
        idempotency_key=draft.idempotency_key,
        entered_by=draft.entered_by,
        arrived_at=_arrival(data.arrived_on),
    )


def filed_earlier(draft: Draft) -> Filed:
    """Return what sending gave the first time."""
    from cases import receipts

    case = Submission.objects.select_related("case").get(idempotency_key=draft.idempotency_key).case
    return Filed(case, receipts.of(case), is_new=False)


def _arrival(day: str) -> datetime | None:
    if not day:
        return None
    noon = datetime.combine(datetime.fromisoformat(day), time(12), timezone.get_current_timezone())
    return min(noon, timezone.now())


@transaction.atomic
def discard(draft: Draft) -> None:
    """Delete a draft at its writer's wish: the key is destroyed, its files with it."""
    locked = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if locked.state == DraftState.OPEN:
        _forget(locked, DraftState.DISCARDED)


def forget_expired(*, at: datetime) -> int:
    """Delete drafts that nobody changed for so long, one a transaction; return how many."""
    count = 0
    for pk in Draft.objects.expired(at=at).values_list("pk", flat=True):
        count += _forget_if_expired(pk, at)
    return count


@transaction.atomic
def _forget_if_expired(pk: UUID, at: datetime) -> int:
    draft = (
        Draft.objects.expired(at=at)
        .select_for_update(no_key=True, skip_locked=True)
        .filter(pk=pk)
        .first()
    )
    if draft is None:
        return 0
    _forget(draft, DraftState.EXPIRED)
    return 1


def _forget(draft: Draft, state: DraftState) -> None:
    _forget_documents(Document.objects.filter(data_key_id=draft.data_key_id))
    draft.data_key.destroy()
    draft.payload = ""
    draft.state = state
    draft.changed_at = timezone.now()
    draft.save(update_fields=["payload", "state", "changed_at"])


def _forget_documents(documents: QuerySet[Document]) -> None:
    for document in list(documents):
        Document.objects.filter(pk=document.pk).delete()
        transaction.on_commit(partial(erase_files, document), robust=True)
