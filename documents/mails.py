"""Reads an e-mail that somebody saved: .eml, Outlook's .msg, or its source as text.

Nothing in an e-mail proves who wrote it: what stands here is what the file says.
"""

from __future__ import annotations

import email
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, default
from email.utils import getaddresses, parsedate_to_datetime
from io import BytesIO

import olefile

from documents.cleaning.mail import MOST_PARTS, _Text

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LONGEST = 200_000
MOST_ATTACHMENTS = 50
_HEADERS = re.compile(r"\A(?:[!-9;-~]+:[ \t].*(?:\r?\n[ \t].*)*\r?\n)+\r?\n", re.ASCII)


class NoMail(Exception):
    """The file is no e-mail that can be read."""


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What an e-mail says of itself."""

    sender: str
    address: str
    subject: str
    text: str
    written_at: datetime | None = None
    addresses: tuple[str, ...] = ()
    """Everybody whom the head or a forwarded head names, the sender first."""
    attachments: tuple[Attachment, ...] = field(default_factory=tuple)


_FORWARDED = re.compile(
    r"^\W*(?:from|von|de|от|кімнен|жіберуші)\W*:\s*(.{3,200})$", re.IGNORECASE | re.MULTILINE
)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+\.[^\W\d_]{2,}")


def read(data: bytes) -> Mail:
    """Read an e-mail from its file.

    Raises:
        NoMail: it is none, or it cannot be read.
    """
    try:
        return _read_msg(data) if data.startswith(OLE) else _read_eml(data)
    except NoMail:
        raise
    except Exception as error:  # parsers of mail raise nearly anything for a file made to hurt
        raise NoMail from error


def _read_eml(data: bytes) -> Mail:
    message = email.message_from_bytes(data, policy=default)
    if not (message["From"] or message["Subject"]):
        raise NoMail
    body = message.get_body(preferencelist=("plain", "html"))
    text = _words(body) if body is not None else ""
    attachments: list[Attachment] = []
    for number, part in enumerate(_leaves(message)):
        if number > MOST_PARTS:
            raise NoMail
        if part is body:
            continue
        attachment = _attachment(part, len(attachments) + 1)
        if attachment:
            attachments.append(attachment)
    return _mail(
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        text=text,
        written_at=_moment(str(message["Date"] or "")),
        attachments=attachments,
    )


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    """Return the parts of a message; a message within it is one part."""
    found, waiting = [], [message]
    while waiting and len(found) <= MOST_PARTS:
        part = waiting.pop(0)
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            waiting = [*part.get_payload(), *waiting]
        else:
            found.append(part)
    return found


def _words(part: EmailMessage) -> str:
    text = str(part.get_content())
    if part.get_content_subtype() == "html":
        reader = _Text()
        reader.feed(text)
        text = reader.text()
    return text


def _attachment(part: EmailMessage, number: int) -> Attachment | None:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0)
        return Attachment(f"message-{number}.eml", inner.as_bytes(policy=SMTP))
    if not part.get_filename() and part.get_content_maintype() == "text":
        return None  # the same words another way
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or not content:
        return None
    return Attachment(part.get_filename() or f"attachment-{number}", content)


def _mail(
    *,
    sender: str,
    subject: str,
    text: str,
    written_at: datetime | None,
    attachments: list[Attachment],
) -> Mail:
    if len(attachments) > MOST_ATTACHMENTS:
        raise NoMail
    text = text.replace("\x00", "").strip()[:LONGEST]
    address = next((item for _name, item in getaddresses([sender]) if "@" in item), "")
    within = [
        found for line in _FORWARDED.findall(text[:20_000]) for found in _ADDRESS.findall(line)
    ]
    everybody = dict.fromkeys(item.lower() for item in (address, *within) if item)
    return Mail(
        sender=_line(sender),
        address=address,
        subject=_line(subject),
        text=text,
        written_at=written_at,
        addresses=tuple(everybody)[:20],
        attachments=tuple(attachments),
    )


def _line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()[:500]


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# Outlook's own format: a small file system; each property is a stream named by its number.

_SUBJECT, _BODY, _NAME, _SMTP, _EMAIL, _HEAD = "0037", "1000", "0C1A", "5D01", "0C1F", "007D"
_FILE, _LONG, _SHORT = "3701", "3707", "3704"


def _read_msg(data: bytes) -> Mail:
    with olefile.OleFileIO(BytesIO(data)) as ole:
        head = _string(ole, "", _HEAD)
        name = _string(ole, "", _NAME)
        address = _string(ole, "", _SMTP) or _string(ole, "", _EMAIL)
        if "@" not in address:
            address = ""
        headers = email.message_from_string(head, policy=default) if head else EmailMessage()
        folders = sorted(
            {path[0] for path in ole.listdir() if path[0].startswith("__attach_version1.0_")}
        )
        attachments = []
        for number, folder in enumerate(folders[: MOST_ATTACHMENTS + 1], start=1):
            content = _bytes(ole, folder, _FILE, "0102")
            if content:
                label = _string(ole, folder, _LONG) or _string(ole, folder, _SHORT)
                attachments.append(Attachment(label or f"attachment-{number}", content))
        subject, text = _string(ole, "", _SUBJECT), _string(ole, "", _BODY)
    sender = f"{name} <{address}>".strip() if address else name
    if not (sender or subject or text):
        raise NoMail
    return _mail(
        sender=sender,
        subject=subject,
        text=text,
        written_at=_moment(str(headers["Date"] or "")),
        attachments=attachments,
    )


def _bytes(ole: olefile.OleFileIO, folder: str, number: str, kind: str) -> bytes:
    name = f"__substg1.0_{number}{kind}"
    path = [folder, name] if folder else [name]
    return ole.openstream(path).read() if ole.exists(path) else b""


def _string(ole: olefile.OleFileIO, folder: str, number: str) -> str:
    wide = _bytes(ole, folder, number, "001F")
    if wide:
        return wide.decode("utf-16-le", "replace").rstrip("\x00")
    return _bytes(ole, folder, number, "001E").decode("cp1251", "replace").rstrip("\x00")


def as_eml(mail: Mail) -> bytes:
    """Return a mail as an .eml file, for what did not come as one; without attachments."""
    message = EmailMessage(policy=SMTP)
    message["From"] = mail.sender or "unknown"
    message["Subject"] = mail.subject
    if mail.written_at:
        message["Date"] = mail.written_at
    message.set_content(mail.text or "\n")
    return message.as_bytes()
