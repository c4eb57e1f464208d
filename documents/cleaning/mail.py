"""E-mails are written anew: who, to whom, when, about what, the text, and clean attachments.

The way that the mail took, addresses of computers and programs, and hidden copies go.
"""

import email
import re
from email.message import EmailMessage
from email.policy import SMTP, default
from html.parser import HTMLParser

from documents.cleaning.types import Refused

KEPT_HEADERS = ("From", "To", "Cc", "Date", "Subject")
MOST_PARTS = 100


class _Text(HTMLParser):
    """The words of an HTML text, one line for each block."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "head"):
            self.hidden += 1
        elif tag in ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote"):
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head") and self.hidden:
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        return re.sub(r"\n\s*\n+", "\n\n", "".join(self.pieces)).strip() + "\n"


def clean(data: bytes, *, depth: int = 0) -> bytes:
    """The clean copy; an attachment that would be refused refuses the whole mail."""
    if depth > 1:
        raise Refused("too_complex")
    message = email.message_from_bytes(data, policy=default)
    copy = EmailMessage(policy=SMTP)
    for header in KEPT_HEADERS:
        if header in message:
            copy[header] = re.sub(r"[\r\n]+", " ", str(message[header]))
    bodies, attachments = parts(message)
    copy.set_content("\n".join(bodies) or "\n")
    for name, content in attachments:
        _attach(copy, name, content, depth)
    return copy.as_bytes()


def parts(message: EmailMessage) -> tuple[list[str], list[tuple[str, bytes]]]:
    """The texts of a mail, and its attachments with their names."""
    bodies: list[str] = []
    attachments: list[tuple[str, bytes]] = []
    body = message.get_body(preferencelist=("plain", "html"))
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS:
            raise Refused("too_complex")
        if part.get_content_type() == "message/rfc822":
            raise Refused("too_complex")
        if part.is_multipart():
            continue
        if part is body:
            text = str(part.get_content())
            if part.get_content_subtype() == "html":
                reader = _Text()
                reader.feed(text)
                text = reader.text()
            bodies.append(text)
        elif part.get_filename() or part.get_content_maintype() != "text":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes) and content:
                attachments.append((part.get_filename() or "", content))
    return bodies, attachments


def _attach(copy: EmailMessage, name: str, content: bytes, depth: int) -> None:
    from documents.cleaning import clean as clean_file

    match = re.search(r"\.[A-Za-z0-9]{1,10}$", name)
    kind, clean_copy = clean_file(
        content, extension=match[0].lower() if match else "", depth=depth + 1
    )
    maintype, subtype = kind.mime.split("/")
    safe = re.sub(r"[^\w. -]+", "-", name).strip("-. ")[:100] or f"attachment{kind.extension}"
    if maintype == "message":
        maintype, subtype = "application", "octet-stream"
    copy.add_attachment(clean_copy, maintype=maintype, subtype=subtype, filename=safe)
