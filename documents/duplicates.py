"""A file kept a second time under another key, so that one case can be erased without the other."""

from __future__ import annotations

import uuid

from django.core.files.storage import default_storage
from django.db import transaction

from documents import services, vault
from documents.models import Document
from sealing.fields import open_key
from sealing.models import DataKey

COPIED = (
    "original_name", "sha256", "size", "detected_type", "clean_size", "state", "refusal_code",
    "is_virus_scanned", "scanned_at", "attempts", "uploaded_by_id", "created_at",
)  # fmt: skip


def duplicate(document: Document, *, data_key: DataKey) -> Document:
    """Seal a file and its clean copy anew under another key and return the new row.

    Where the transaction fails later, the sweep removes the files.

    Raises:
        FileNotFoundError, vault.Tampered, sealing.models.Erased: the file does not open.
    """
    copy = Document(
        id=uuid.uuid4(), data_key=data_key, **{name: getattr(document, name) for name in COPIED}
    )
    written = []
    try:
        sources = [(services.open_original, services.original_path)]
        if document.is_clean:
            sources.append((services.open_clean, services.clean_path))
        for opened, path_of in sources:
            with opened(document) as reader:
                vault.write(reader.chunks(), key=open_key(data_key.pk), name=path_of(copy))
            written.append(path_of(copy))
        with transaction.atomic():
            copy.save(force_insert=True)
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise
    return copy
