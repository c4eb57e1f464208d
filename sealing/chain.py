"""Keyed hash chains: what was recorded cannot be changed, cut or reordered unseen."""

import hashlib
import json
from typing import Any

from django.conf import settings

from sealing.keys import keyed_digest

FIRST = "0" * 64
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(row: dict[str, Any]) -> bytes:
    """Return one spelling of a row, the same on every machine and in every year."""
    return _CANONICAL.encode(row).encode()


def mac(row: dict[str, Any], *, before: str) -> str:
    """Return the MAC (hex) of a row chained to the MAC of the one before."""
    return keyed_digest(settings.CHAIN_KEY, "event-chain", before.encode() + canonical(row)).hex()


def text_digest(text: str, *, salt: str) -> str:
    """Return a keyed digest of personal text that lives outside the chain and may be erased."""
    return keyed_digest(settings.CHAIN_KEY, "text-digest", f"{salt}:{text}".encode()).hex()


def sha256(data: bytes) -> str:
    """Return the plain SHA-256 (hex)."""
    return hashlib.sha256(data).hexdigest()
