"""The complainant's receipt: proof of what was sent and when, telling nothing of the content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

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
