"""Serves files: always as an attachment, never for the browser to run or guess at.

The caller has checked that this person may have this file.
"""

import re
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from documents import services
from documents.models import Document
from documents.names import extension_of, header_name
from documents.vault import SealedReader

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
UNTOUCHED_TYPE = "application/octet-stream"


def clean_response(
    request: HttpRequest, document: Document, *, file_name: str = ""
) -> HttpResponseBase:
    """The clean copy. Without `file_name` the name says nothing ("document-1f3a9c2e.pdf").

    Raises services.NotReady, FileNotFoundError, vault.Tampered, sealing.models.Erased.
    """
    extension = services.clean_extension(document)
    name = header_name(file_name or f"document-{document.pk.hex[:8]}", extension=extension)
    reader = services.open_clean(document)
    return _response(request, reader, document.detected_type, name)


def original_response(
    request: HttpRequest, document: Document, *, file_name: str = ""
) -> HttpResponseBase:
    """The sealed original, as bytes of no kind, so that nothing opens it by itself."""
    extension = extension_of(document.original_name)
    if not re.fullmatch(r"(\.[a-z0-9]+)?", extension):
        extension = ""
    name = header_name(file_name or f"original-{document.pk.hex[:8]}", extension=extension)
    return _response(request, services.open_original(document), UNTOUCHED_TYPE, name)


def _response(
    request: HttpRequest, reader: SealedReader, content_type: str, name: str
) -> HttpResponseBase:
    span = _span(request.headers.get("Range", ""), reader.size)
    response: HttpResponseBase
    if span is None:
        reader_size = reader.size
        reader.close()
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{reader_size}"
    else:
        start, stop = span
        body: Iterator[bytes] = iter(()) if request.method == "HEAD" else reader.chunks(start, stop)
        is_part = (start, stop) != (0, reader.size)
        response = StreamingHttpResponse(body, status=206 if is_part else 200)
        response["Content-Length"] = str(stop - start)
        if is_part:
            response["Content-Range"] = f"bytes {start}-{stop - 1}/{reader.size}"
        if request.method == "HEAD":
            reader.close()
    response["Content-Type"] = content_type
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _span(header: str, size: int) -> tuple[int, int] | None:
    """The bytes asked for; all of them for a header that is not understood; None: out of range."""
    match = RANGE.fullmatch(header.replace(" ", ""))
    if not match or match.groups() == ("", ""):
        return 0, size
    first, last = match.groups()
    if not first:
        count = int(last)
        return (max(size - count, 0), size) if count and size else None
    start = int(first)
    stop = min(int(last) + 1, size) if last else size
    return (start, stop) if start < stop else None
