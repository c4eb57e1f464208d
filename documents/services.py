"""What is done with files: keep, check, open, sweep."""

import hashlib
import logging
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.waking import wake
from documents import clamd, sandbox, vault
from documents.cleaning.types import BY_EXTENSION, BY_MIME, EXTENSIONS, Refused, detect
from documents.models import Document, DocumentState
from documents.names import extension_of, readable_name
from documents.refusals import Refusal
from sealing.fields import open_key
from sealing.models import DataKey, Erased

if TYPE_CHECKING:
    from accounts.models import User

log = logging.getLogger(__name__)

HEAD = 1024 * 1024
CLAIM = timedelta(minutes=10)
WAIT = timedelta(minutes=2)
MOST_ATTEMPTS = 4
ORPHAN_AGE = timedelta(hours=24)


class NotReady(Exception):
    """There is no clean copy: the file is still being checked, or was refused."""


def validate_upload(upload: File) -> None:
    """Check a file while the person is still there: size, name and what it begins with.

    Raises ValidationError with a sentence for that person. The thorough check comes later.
    """
    if upload.size is not None and upload.size > settings.MAX_FILE_BYTES:
        raise too_large()
    if not upload.size:
        raise refusal_error(Refusal.EMPTY)
    extension = extension_of(upload.name or "")
    upload.seek(0)
    data = upload.read(HEAD)
    upload.seek(0)
    # Of a larger file only the beginning is at hand: an archive is known by its end, and a cut
    # text may end inside a letter; those wait for the thorough check.
    claimed = BY_EXTENSION.get(extension)
    is_told_by_beginning = claimed and claimed.family not in ("text", "mail")
    if data.startswith(b"PK"):
        is_told_by_beginning = False
    if len(data) == upload.size or is_told_by_beginning or (extension and not claimed):
        try:
            detect(data, extension=extension)
        except Refused as refused:
            raise refusal_error(refused.code) from None


def refusal_error(code: str) -> ValidationError:
    return ValidationError(Refusal(code).label, code=str(code))


def too_large() -> ValidationError:
    return ValidationError(
        _("The file is too large. The limit is %(limit)s; send it in parts, or by post."),
        code="too_large",
        params={"limit": filesizeformat(settings.MAX_FILE_BYTES)},
    )


def store(upload: File, *, by: "User | None", data_key: DataKey) -> Document:
    """Seal a file as it came and return its row, pending its check.

    Reads in pieces and never holds the whole file. The sealed file is on the disk before the row
    exists; where the transaction fails later, the sweep removes the file.

    Raises:
        ValidationError: too large, empty, or of a kind that is not taken.
        sealing.models.Erased: the case was erased.
    """
    validate_upload(upload)
    document = Document(id=uuid.uuid4(), data_key=data_key, uploaded_by=by)
    digest = hashlib.sha256()
    size = 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        for piece in upload.chunks():
            size += len(piece)
            if size > settings.MAX_FILE_BYTES:
                raise too_large()
            digest.update(piece)
            yield piece

    name = original_path(document)
    vault.write(pieces(), key=open_key(data_key.pk), name=name)
    document.original_name = readable_name(upload.name or "")
    document.sha256, document.size = digest.hexdigest(), size
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except BaseException:
        default_storage.delete(name)
        raise
    transaction.on_commit(_wake_checker, robust=True)
    return document


def store_own(upload: File, *, by: "User | None", data_key: DataKey) -> Document:
    """Seal a file that this system made itself: its copy is the file, and nobody need wait.

    Raises:
        ValidationError: too large, or of a kind that is not taken.
        sealing.models.Erased: the case was erased.
    """
    document = store(upload, by=by, data_key=data_key)
    upload.seek(0)
    data = upload.read()
    family = BY_EXTENSION[extension_of(document.original_name)]
    return _conclude(document, sandbox.Outcome(copy=data, mime=family.mime))


def _wake_checker() -> None:
    from documents.tasks import check_pending

    wake(check_pending)


def claim_next(*, skip: frozenset[uuid.UUID] = frozenset()) -> Document | None:
    """Take the next file to check, so that no other worker does for ten minutes.

    The attempt is counted before the check begins: a file that kills its worker comes to an end.
    """
    now = timezone.now()
    with transaction.atomic():
        document = (
            Document.objects.pending(at=now)
            .exclude(pk__in=skip)
            .select_for_update(skip_locked=True, no_key=True)
            .first()
        )
        if document is None:
            return None
        document.attempts += 1
        document.not_before = now + CLAIM
        document.save(update_fields=["attempts", "not_before"])
    return document


def check(document: Document) -> Document:
    """Check a pending file, and write its clean copy or the reason why there is none.

    Done twice, it does no harm. Where the scanner is down the file stays pending; where the check
    finds no end, it is tried again and in the end refused as unchecked.
    """
    if not document.is_pending:
        return document
    try:
        outcome = _examine(document)
    except clamd.ScannerDown:
        log.error("The virus scanner does not answer; files wait.")
        return _settle(document, not_before=timezone.now() + WAIT, attempts=document.attempts - 1)
    except sandbox.Unfinished:
        if document.attempts < MOST_ATTEMPTS:
            return _settle(document, not_before=timezone.now() + WAIT)
        outcome = sandbox.Outcome(refused=Refusal.UNCHECKED)
    except Erased:
        outcome = sandbox.Outcome(refused=Refusal.UNCHECKED)
    except (vault.Tampered, FileNotFoundError):
        log.error("The sealed original of document %s does not open.", document.pk)
        outcome = sandbox.Outcome(refused=Refusal.DAMAGED)
    return _conclude(document, outcome)


def _examine(document: Document) -> sandbox.Outcome:
    if clamd.is_configured():
        with open_original(document) as original:
            if clamd.is_harmful(original.chunks()):
                return sandbox.Outcome(refused=Refusal.VIRUS)
    with open_original(document) as original:
        data = b"".join(original.chunks())
    return sandbox.clean(data, extension=extension_of(document.original_name))


def _conclude(document: Document, outcome: sandbox.Outcome) -> Document:
    scanned = {"scanned_at": timezone.now(), "is_virus_scanned": clamd.is_configured()}
    if outcome.refused:
        code = outcome.refused if outcome.refused in Refusal.values else Refusal.UNCHECKED
        return _settle(document, state=DocumentState.REFUSED, refusal_code=code, **scanned)
    name = clean_path(document)
    default_storage.delete(name)  # what a worker that was killed may have left
    vault.write(iter([outcome.copy]), key=open_key(document.data_key_id), name=name)
    return _settle(
        document,
        state=DocumentState.CLEAN,
        detected_type=outcome.mime,
        clean_size=len(outcome.copy),
        **scanned,
    )


def read_text(document: Document) -> int:
    """Keep the words of a clean copy beside it, sealed like it; return how many letters.

    For the search of the office. Done twice, it does no harm; a file without words has 0.
    """
    try:
        with open_clean(document) as copy:
            text = sandbox.text_of(b"".join(copy.chunks()), mime=document.detected_type)
    except (Erased, vault.Tampered, FileNotFoundError):
        text = ""
    name = text_path(document)
    default_storage.delete(name)
    if text:
        vault.write(iter([text.encode()]), key=open_key(document.data_key_id), name=name)
    Document.objects.filter(pk=document.pk, state=DocumentState.CLEAN).update(text_size=len(text))
    document.text_size = len(text)
    return len(text)


def open_text(document: Document) -> str:
    """Return the words of a clean copy, "" while they were not read and where there are none."""
    if not document.text_size:
        return ""
    try:
        with vault.open_sealed(text_path(document), key=open_key(document.data_key_id)) as sealed:
            return b"".join(sealed.chunks()).decode()
    except (Erased, vault.Tampered, FileNotFoundError):
        return ""


def _settle(document: Document, **values: object) -> Document:
    """Write the outcome, unless somebody else did in the meantime."""
    for name, value in values.items():
        setattr(document, name, value)
    Document.objects.filter(pk=document.pk, state=DocumentState.PENDING).update(**values)
    return document


def original_path(document: Document) -> str:
    return f"original/{document.pk.hex[:2]}/{document.pk.hex}"


def clean_path(document: Document) -> str:
    return f"clean/{document.pk.hex[:2]}/{document.pk.hex}"


def text_path(document: Document) -> str:
    return f"text/{document.pk.hex[:2]}/{document.pk.hex}"


def open_original(document: Document) -> vault.SealedReader:
    """The file exactly as it came. For the NCP only; it may be harmful.

    Raises FileNotFoundError, vault.Tampered, sealing.models.Erased.
    """
    return vault.open_sealed(original_path(document), key=open_key(document.data_key_id))


def open_clean(document: Document) -> vault.SealedReader:
    """The copy for people. Raises NotReady, and what `open_original` raises."""
    if not document.is_clean:
        raise NotReady(document.pk)
    return vault.open_sealed(clean_path(document), key=open_key(document.data_key_id))


def clean_extension(document: Document) -> str:
    """The extension that fits the clean copy (".pdf"); "" before the check."""
    kind = BY_MIME.get(document.detected_type)
    return kind.extension if kind else ""


def is_intact(document: Document) -> bool:
    """Whether the sealed original still has the digest that was noted when it came."""
    digest = hashlib.sha256()
    try:
        for piece in open_original(document).chunks():
            digest.update(piece)
    except (vault.Tampered, FileNotFoundError):
        return False
    return digest.hexdigest() == document.sha256


def erase_files(document: Document) -> None:
    """Remove the files of a document whose key was destroyed; the row stays as a trace."""
    for name in (original_path(document), clean_path(document), text_path(document)):
        default_storage.delete(name)


def sweep_orphans() -> int:
    """Remove files of which no row knows, a day after they were written. Returns how many."""
    removed = 0
    oldest = timezone.now() - ORPHAN_AGE
    for folder in ("original", "clean", "text"):
        for part in _folders(folder):
            names = default_storage.listdir(f"{folder}/{part}")[1]
            known = {
                pk.hex
                for pk in Document.objects.filter(pk__in=_ids(names)).values_list("pk", flat=True)
            }
            for name in names:
                path = f"{folder}/{part}/{name}"
                if name not in known and default_storage.get_modified_time(path) < oldest:
                    default_storage.delete(path)
                    removed += 1
    return removed


def _folders(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[0]
    except FileNotFoundError:
        return []


def _ids(names: list[str]) -> list[uuid.UUID]:
    ids = []
    for name in names:
        try:
            ids.append(uuid.UUID(hex=name))
        except ValueError:
            continue
    return ids


# What forms show beside a file field.
ACCEPT = ",".join(EXTENSIONS)
