"""Many files as one ZIP, made while it is sent: nothing is held whole, nothing is written down."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import StreamingHttpResponse

from documents import services, vault
from documents.models import Document
from sealing.models import Erased

MOST_FILES = 1000
MOST_BYTES = 4 * 1024**3


@dataclass(frozen=True)
class Packed:
    """A file of the bundle: its name in it, and its SHA-256; an empty digest where it was left
    out, because it cannot be opened or the bundle is full."""

    document: Document
    name: str
    sha256: str


class _Pipe(io.RawIOBase):
    """Takes what the archive writes until it is passed on."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:  # type: ignore[no-untyped-def,override]
        self._held += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


def names(documents: list[Document]) -> list[str]:
    """Return names that tell nothing: place, part of the id, and the extension of the kind."""
    return [
        f"{place:03}-document-{document.pk.hex[:8]}{services.clean_extension(document)}"
        for place, document in enumerate(documents, start=1)
    ]


def stream(
    documents: list[Document], *, index: Callable[[list[Packed]], str], index_name: str
) -> Iterator[bytes]:
    """Yield a ZIP of the clean copies of documents, the index last.

    Args:
        index: makes the index of what was packed.
    """
    pipe = _Pipe()
    packed: list[Packed] = []
    total = 0
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for place, (document, name) in enumerate(zip(documents, names(documents), strict=True)):
            total += document.clean_size or 0
            is_full = place >= MOST_FILES or total > MOST_BYTES
            try:
                reader = None if is_full else services.open_clean(document)
            except (services.NotReady, FileNotFoundError, vault.Tampered, Erased):
                reader = None
            if reader is None:
                packed.append(Packed(document, name, ""))
                continue
            digest = hashlib.sha256()
            with archive.open(zipfile.ZipInfo(name), "w") as entry:
                for piece in reader.chunks():
                    digest.update(piece)
                    entry.write(piece)
                    yield pipe.take()
            packed.append(Packed(document, name, digest.hexdigest()))
        archive.writestr(zipfile.ZipInfo(index_name), index(packed))
    yield pipe.take()


def response(pieces: Iterator[bytes], *, name: str) -> StreamingHttpResponse:
    """Return the ZIP as an attachment of a name that tells nothing."""
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "no-store"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
