"""The mails of the demonstration, which the file backend leaves in a folder instead of sending."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.utils import timezone

NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{1,24}\.log")
END = b"\n" + b"-" * 79 + b"\n"
LARGEST = 4 * 1024 * 1024
SHOWN = 200


@dataclass(frozen=True)
class Mail:
    """One mail; `number` is its place in its file: the backend may append within one second."""

    name: str
    number: int
    at: datetime
    to: str
    subject: str
    body: str


def newest() -> list[Mail]:
    """Return the newest mails, about 200 at most."""
    folder = Path(settings.EMAIL_FILE_PATH)
    if not folder.is_dir():
        return []
    paths = [path for path in folder.iterdir() if _is_mail(path)]
    paths.sort(key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)
    return [mail for path in paths[:SHOWN] for mail in reversed(_read(path))]


def find(name: str, number: int) -> Mail | None:
    """Return one mail of a file, or None: only names that the backend gives are ever opened."""
    if not NAME.fullmatch(name):
        return None
    path = Path(settings.EMAIL_FILE_PATH) / name
    mails = _read(path) if _is_mail(path) else []
    return mails[number - 1] if 1 <= number <= len(mails) else None


def _is_mail(path: Path) -> bool:
    return bool(NAME.fullmatch(path.name)) and path.is_file() and not path.is_symlink()


def _read(path: Path) -> list[Mail]:
    with path.open("rb") as file:
        data = file.read(LARGEST)
    at = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
    mails = []
    for number, part in enumerate((part for part in data.split(END) if part.strip()), start=1):
        mail = message_from_bytes(part, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        text = mail.get_body(("plain",))
        mails.append(
            Mail(
                path.name,
                number,
                at,
                to=str(mail["To"] or ""),
                subject=str(mail["Subject"] or ""),
                body=text.get_content() if text else "",
            )
        )
    return mails
