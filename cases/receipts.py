"""The complainant's receipt: proof of what was sent and when, telling nothing of the content."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings

from sealing import chain, signing

if TYPE_CHECKING:
    from cases.models import Case


@dataclass(frozen=True)
class Receipt:
    """Receipt id, the moment of sealing (UTC, to the second), SHA-256 of the sealed
    submission, signature."""

    receipt_id: str
    at: str
    digest: str
    signature: str = ""
    public_key: str = ""

    @property
    def message(self) -> bytes:
        """Return what is signed."""
        return "\n".join(("good-offices-receipt-1", self.receipt_id, self.at, self.digest)).encode()

    def is_genuine(self) -> bool:
        """Tell whether the signature fits; whether the key is the NCP's is asked of
        `PublishedKey`."""
        return signing.is_genuine(self.message, self.signature, self.public_key)


def digest(content: str) -> str:
    """Return the SHA-256 (hex) of a submission's canonical JSON."""
    return chain.sha256(content.encode())


def issue(receipt_id: str, at: datetime, content_digest: str) -> Receipt:
    """Sign a receipt."""
    plain = Receipt(receipt_id, moment(at), content_digest)
    return Receipt(
        plain.receipt_id,
        plain.at,
        plain.digest,
        signing.sign(plain.message),
        signing.public_key(),
    )


def moment(at: datetime) -> str:
    """Return a moment as the receipt spells it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of(case: Case) -> Receipt:
    """Return the receipt of a filed case, as it was signed then."""
    submission = case.submission
    return Receipt(
        case.receipt_id,
        moment(submission.sealed_at),
        submission.digest,
        submission.signature,
        submission.public_key,
    )


# Receipts as files

LARGEST_FILE = 2_000_000
FIELDS = {
    "receipt": "receipt_id",
    "time": "at",
    "digest-sha256": "digest",
    "signature-ed25519": "signature",
    "public-key": "public_key",
}


def text_of(receipt: Receipt) -> str:
    """Return the receipt as lines that people and `read` understand."""
    lines = {name: getattr(receipt, attribute) for name, attribute in FIELDS.items()}
    lines["verify"] = f"{settings.SITE_URL}/verify/"
    return "".join(f"{name}: {value}\n" for name, value in lines.items())


def read(data: bytes) -> Receipt:
    """Return what a receipt file says; what is not in it is empty.

    Reads the text file, and the keywords that stand readable in the PDF: no part of the PDF is
    opened, so that a hostile one does nothing.
    """
    text = data[:LARGEST_FILE].decode("utf-8", "replace")
    if data.startswith(b"%PDF"):
        found = re.search(r"<pdf:Keywords>([^<]{1,5000})</pdf:Keywords>", text)
        text = html.unescape(found.group(1)).replace(", ", "\n") if found else ""
    values = dict.fromkeys(FIELDS.values(), "")
    for line in text.splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() in FIELDS:
            values[FIELDS[name.strip()]] = value
    return spelled(**values)


def spelled(
    *, receipt_id: str, at: str, digest: str, signature: str, public_key: str = ""
) -> Receipt:
    """Return a receipt of typed values; spaces, and case where it does not count, are evened."""
    plain = [re.sub(r"\s+", "", text) for text in (receipt_id, at, digest, signature, public_key)]
    return Receipt(plain[0].upper(), plain[1].upper(), plain[2].lower(), plain[3], plain[4])


def read_moment(text: str) -> datetime | None:
    """Return the moment that a receipt spells, or None."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
