"""Which kinds of file are taken, told from their content.

An allow-list of signatures at the very beginning of the file: whatever is not known is refused,
and a file that begins as two kinds at once does not exist. What the name claims must fit.
"""

import codecs
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO


class Refused(Exception):
    """The file cannot be taken; `code` names the sentence that says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Kind:
    """A kind of file: its media type, the family that decides how it is cleaned, extensions."""

    mime: str
    family: str
    extensions: tuple[str, ...]

    @property
    def extension(self) -> str:
        return self.extensions[0]


_OOXML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
KINDS = (
    Kind("application/pdf", "pdf", (".pdf",)),
    Kind("image/jpeg", "image", (".jpg", ".jpeg", ".jpe", ".jfif")),
    Kind("image/png", "image", (".png",)),
    Kind("image/tiff", "image", (".tif", ".tiff")),
    Kind("image/webp", "image", (".webp",)),
    Kind("image/heic", "heif", (".heic", ".heif")),
    Kind(f"{_OOXML}.wordprocessingml.document", "office", (".docx",)),
    Kind(f"{_OOXML}.spreadsheetml.sheet", "office", (".xlsx",)),
    Kind(f"{_OOXML}.presentationml.presentation", "office", (".pptx",)),
    Kind(f"{_ODF}.text", "office", (".odt",)),
    Kind(f"{_ODF}.spreadsheet", "office", (".ods",)),
    Kind(f"{_ODF}.presentation", "office", (".odp",)),
    Kind("audio/mpeg", "media", (".mp3",)),
    Kind("audio/ogg", "media", (".ogg", ".oga", ".opus")),
    Kind("audio/wav", "media", (".wav",)),
    Kind("audio/mp4", "media", (".m4a",)),
    Kind("video/mp4", "media", (".mp4", ".m4v")),
    Kind("video/quicktime", "media", (".mov",)),
    Kind("video/3gpp", "media", (".3gp",)),
    Kind("video/webm", "media", (".webm",)),
    Kind("message/rfc822", "mail", (".eml",)),
    Kind("text/csv", "text", (".csv",)),
    Kind("text/plain", "text", (".txt", ".text", ".log", ".md")),
)
BY_MIME = {kind.mime: kind for kind in KINDS}
BY_EXTENSION = {extension: kind for kind in KINDS for extension in kind.extensions}
EXTENSIONS = tuple(BY_EXTENSION)

BRANDS = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
    **dict.fromkeys((b"heic", b"heix", b"mif1", b"heim", b"heis"), "image/heic"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gr6", b"3gs7"), "video/3gpp"),
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV",
         b"dash", b"mp71", b"F4V ", b"XAVC"),
        "video/mp4",
    ),
}  # fmt: skip
OFFICE_PARTS = {
    "word/document.xml": ".docx",
    "xl/workbook.xml": ".xlsx",
    "ppt/presentation.xml": ".pptx",
}
OLE = b"\xd0\xcf\x11\xe0"  # what an office program wraps a document with a password in
MARKUP = re.compile(
    r"\s*(<!doctype|<\?xml|<html|<head|<body|<svg|<script|<iframe|<object|<math|<!--)",
    re.IGNORECASE,
)
HEADER_LINE = re.compile(r"[!-9;-~]+:[ \t]", re.ASCII)
MAIL_HEADERS = re.compile(
    r"^(from|received|message-id|date|subject):", re.IGNORECASE | re.MULTILINE
)
# Media types whose files a name may mix up without harm, because the copy gets the right name.
ALIKE = (
    {"image/jpeg", "image/png", "image/tiff", "image/webp", "image/heic"},
    {"audio/mp4", "video/mp4", "video/quicktime", "video/3gpp"},
    {"text/plain", "text/csv", "message/rfc822"},
)


def detect(data: bytes, *, extension: str = "") -> Kind:
    """The kind of this file. Raises Refused: "type" for others, "mismatch" where the name lies."""
    claimed = BY_EXTENSION.get(extension)
    if extension and claimed is None:
        raise Refused("macros" if extension in (".docm", ".xlsm", ".pptm", ".dotm") else "type")
    if claimed and claimed.family == "office" and data.startswith(OLE):
        raise Refused("encrypted")
    mime = _signature(data) or _text(data, claimed)
    if mime is None:
        raise Refused("mismatch" if claimed and claimed.family != "text" else "type")
    if claimed and claimed.mime != mime:
        if not any({claimed.mime, mime} <= alike for alike in ALIKE):
            raise Refused("mismatch")
        # A sound recording and a film share their signature; the name tells them apart.
        if {claimed.mime, mime} == {"audio/mp4", "video/mp4"}:
            mime = claimed.mime
    return BY_MIME[mime]


def _signature(data: bytes) -> str | None:
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"II*\0", b"MM\0*")):
        return "image/tiff"
    if data.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(data[8:12])
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"ID3") or (
        data[0:1] == b"\xff" and len(data) > 2 and data[1] & 0xE6 == 0xE2 and data[2] & 0xF0 != 0xF0
    ):
        return "audio/mpeg"
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in data[:64] else None
    if data[4:8] == b"ftyp":
        return BRANDS.get(data[8:12])
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    return None


def _office(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                with archive.open("mimetype") as part:
                    mime = part.read(100).decode("ascii", "replace").strip()
                return mime if mime in BY_MIME and BY_MIME[mime].family == "office" else None
    except Exception:  # zipfile and zlib raise nearly anything for a file made to hurt
        raise Refused("damaged") from None
    for main_part, extension in OFFICE_PARTS.items():
        if main_part in names and "[Content_Types].xml" in names:
            return BY_EXTENSION[extension].mime
    return None


def _text(data: bytes, claimed: Kind | None) -> str | None:
    text = decode_text(data)
    if text is None or MARKUP.match(text.lstrip("\ufeff")):
        return None
    if claimed and claimed.mime == "message/rfc822":
        head = re.split(r"\r?\n\r?\n", text.lstrip("\ufeff"), maxsplit=1)[0]
        is_mail = HEADER_LINE.match(head) and len(MAIL_HEADERS.findall(head)) >= 2
        return "message/rfc822" if is_mail else "text/plain"
    if claimed and claimed.mime == "text/csv":
        return "text/csv"
    return "text/plain"


def decode_text(data: bytes) -> str | None:
    """The text of a file in UTF-8, UTF-16 with its mark, or Windows-1251; None for no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8", "cp1251"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]", text):
            return None
        return text
    return None
