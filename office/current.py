"""What the NCP says of itself now, at no query for most requests.

Read from the newest `OfficeVersion`, and from the settings where there is none yet. Each process
keeps it for half a minute; the process that changes it, forgets it at once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import get_language

from office.colours import DEFAULTS
from office.models import OfficeVersion

SECONDS = 30


@dataclass(frozen=True)
class Office:
    """Texts are given by language; English, then any, stands in where one is missing."""

    names: dict[str, str]
    addresses: dict[str, str] = field(default_factory=dict)
    hours: dict[str, str] = field(default_factory=dict)
    legal_bases: dict[str, str] = field(default_factory=dict)
    email: str = ""
    phone: str = ""
    colours: dict[str, str] = field(default_factory=dict)
    logo: bytes = b""
    number: int = 0
    """0 where nobody saved anything and the settings hold."""

    def name(self, language: str | None = None) -> str:
        """Return the office's name; without a language, in that of the page."""
        return in_language(self.names, language)

    def address(self, language: str | None = None) -> str:
        return in_language(self.addresses, language)

    def legal_basis(self, language: str | None = None) -> str:
        return in_language(self.legal_bases, language)

    @property
    def letterhead(self) -> dict[str, Any]:
        """Return what a typeset page shows besides names: the logo's bytes and the main colour."""
        return {"logo": list(self.logo), "brand": self.colours.get("brand", DEFAULTS["brand"])}

    @property
    def own_words(self) -> list[str]:
        """Addresses and numbers that give nobody away: the office's own."""
        return [item for item in (self.email, self.phone) if item]


def in_language(texts: dict[str, str], language: str | None = None) -> str:
    """Return the text in a language, else in English, else in any, else ""."""
    code = (language or get_language() or "en").split("-")[0]
    return texts.get(code) or texts.get("en") or next(filter(None, texts.values()), "")


def from_settings() -> Office:
    """Return what the environment says."""
    return Office(
        names=dict(settings.NCP_NAME),
        addresses={"en": settings.NCP_ADDRESS},
        email=settings.NCP_EMAIL,
        phone=settings.NCP_PHONE,
    )


_held: tuple[float, Office] | None = None


def current() -> Office:
    """Return what is in force. A database that is down answers with what was known last."""
    global _held
    now = time.monotonic()
    if _held and _held[0] > now:
        return _held[1]
    try:
        row = OfficeVersion.objects.first()
    except DatabaseError:
        return _held[1] if _held else from_settings()
    office = of(row) if row else from_settings()
    _held = (now + SECONDS, office)
    return office


def of(row: OfficeVersion) -> Office:
    return Office(
        names=row.names,
        addresses=row.addresses,
        hours=row.hours,
        legal_bases=row.legal_bases,
        email=row.email,
        phone=row.phone,
        colours=row.colours,
        logo=bytes(row.logo),
        number=row.number,
    )


def forget() -> None:
    """Read it anew on the next call, in this process."""
    global _held
    _held = None


def hold(office: Office) -> None:
    """Hold this until `forget` is called: for tests that count queries."""
    global _held
    _held = (float("inf"), office)
