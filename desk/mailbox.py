"""Fetches forwarded e-mails from a mailbox, where one is set; each waits for an officer's word."""

from __future__ import annotations

import imaplib
import logging
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from cases.models.transfer import IncomingKind
from cases.services import incoming
from documents.mails import NoMail, read

log = logging.getLogger(__name__)

MOST = 50
LARGEST = 40 * 1024 * 1024
SECONDS = 30


def fetch() -> int:
    """Take the unread mails of the mailbox in and mark them as read; return how many.

    A mail is marked only after it is kept, so that none is lost; what cannot be read or is too
    large is marked too and stays in the mailbox for a person. No address and no word of a mail
    goes into the log.
    """
    if not settings.MAIL_INBOX_URL:
        return 0
    where = urlsplit(settings.MAIL_INBOX_URL)
    kind = imaplib.IMAP4_SSL if where.scheme == "imaps" else imaplib.IMAP4
    port = where.port or (993 if where.scheme == "imaps" else 143)
    kept = 0
    try:
        with kind(where.hostname or "", port, timeout=SECONDS) as box:
            box.login(unquote(where.username or ""), unquote(where.password or ""))
            box.select(unquote(where.path.strip("/")) or "INBOX")
            _answer, found = box.uid("SEARCH", "UNSEEN")
            for uid in (found[0] or b"").split()[:MOST]:
                kept += _take(box, uid.decode())
                box.uid("STORE", uid.decode(), "+FLAGS", "(\\Seen)")
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("The mailbox could not be read (%s).", type(error).__name__)
    return kept


def _take(box: imaplib.IMAP4, uid: str) -> bool:
    _answer, parts = box.uid("FETCH", uid, "(BODY.PEEK[])")
    data = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    try:
        read(data)
        incoming.keep(iter([data]), kind=IncomingKind.MAIL, name="mail.eml", by=None, limit=LARGEST)
    except (NoMail, ValidationError):
        log.warning("A mail in the mailbox could not be taken in; it stays there.")
        return False
    return True
