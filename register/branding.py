"""How the NCP shows itself to the public: name, addresses, colours, logo.

A copy in the register's own tables, so that a process which may read nothing else shows it too.
Each process keeps it for half a minute; pages carry its digest in their ETag.
"""

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field
from functools import cached_property

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import get_language

from .models import RegisterBranding

SECONDS = 30


@dataclass(frozen=True)
class Branding:
    """Texts are given by language; English, then any, stands in where one is missing."""

    names: dict[str, str]
    addresses: dict[str, str] = field(default_factory=dict)
    hours: dict[str, str] = field(default_factory=dict)
    legal_bases: dict[str, str] = field(default_factory=dict)
    email: str = ""
    phone: str = ""
    colours: dict[str, str] = field(default_factory=dict)
    logo: bytes = b""

    def text(self, name: str) -> str:
        """Return `names`, `addresses`, `hours` or `legal_bases` in the language of the page."""
        texts: dict[str, str] = getattr(self, name)
        code = (get_language() or "en").split("-")[0]
        return texts.get(code) or texts.get("en") or next(filter(None, texts.values()), "")

    @cached_property
    def digest(self) -> str:
        """A mark of all of it; addresses of stylesheet and logo carry it."""
        words = {**asdict(self), "logo": hashlib.sha256(self.logo).hexdigest()}
        return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def stylesheet(self) -> str:
        """Return the colours as custom properties of `static/css/app.css`; "" for its own."""
        rows = [f"  --{name.replace('_', '-')}: {self.colours[name]};" for name in self.colours]
        return ":root {\n" + "\n".join(rows) + "\n}\n" if rows else ""


def from_settings() -> Branding:
    return Branding(
        names=dict(settings.NCP_NAME),
        addresses={"en": settings.NCP_ADDRESS},
        email=settings.NCP_EMAIL,
        phone=settings.NCP_PHONE,
    )


_held: tuple[float, Branding] | None = None


def current() -> Branding:
    """Return what is shown now. A database that is down answers with what was known last."""
    global _held
    now = time.monotonic()
    if _held and _held[0] > now:
        return _held[1]
    try:
        row = RegisterBranding.objects.first()
    except DatabaseError:
        return _held[1] if _held else from_settings()
    branding = of(row) if row else from_settings()
    _held = (now + SECONDS, branding)
    return branding


def of(row: RegisterBranding) -> Branding:
    return Branding(
        names=row.names,
        addresses=row.addresses,
        hours=row.hours,
        legal_bases=row.legal_bases,
        email=row.email,
        phone=row.phone,
        colours=row.colours,
        logo=bytes(row.logo),
    )


def known() -> Branding:
    """Return what this process knows without asking the database, which may be down."""
    return _held[1] if _held else from_settings()


def forget() -> None:
    """Read it anew on the next call, in this process."""
    global _held
    _held = None


def hold(branding: Branding) -> None:
    """Hold this until `forget` is called: for tests that count queries."""
    global _held
    _held = (float("inf"), branding)
