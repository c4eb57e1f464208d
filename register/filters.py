"""The filters of the register, read from an address: strange values are ignored, never an error."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from .countries import is_code
from .vocabulary import CHAPTERS, SECTORS, Outcome


@dataclass(frozen=True)
class Filters:
    year: int | None = None
    chapter: str = ""
    sector: str = ""
    country: str = ""
    outcome: str = ""
    lead_ncp: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        def one(name: str) -> str:
            return (query.get(name) or "")[:40].strip()

        year = one("year")
        chapter, sector = one("chapter").upper(), one("sector").upper()
        country, lead_ncp = one("country").upper(), one("lead_ncp").upper()
        outcome = one("outcome")
        return cls(
            year=int(year) if year.isascii() and year.isdigit() and 0 < int(year) < 9999 else None,
            chapter=chapter if chapter in CHAPTERS else "",
            sector=sector if sector in SECTORS else "",
            country=country if is_code(country) else "",
            outcome=outcome if outcome in Outcome.values else "",
            lead_ncp=lead_ncp if is_code(lead_ncp) else "",
        )

    @classmethod
    def unknown(cls, query: Mapping[str, str]) -> list[str]:
        """Names of filters whose value means nothing here."""
        read = cls.read(query)
        return [
            field.name
            for field in fields(cls)
            if (query.get(field.name) or "").strip() and not getattr(read, field.name)
        ]

    def without(self, name: str) -> "Filters":
        """The same filters with one of them taken off."""
        left: dict[str, Any] = {name: None if name == "year" else ""}
        return replace(self, **left)

    def items(self) -> list[tuple[str, str]]:
        """The filters that are set, as pairs for an address."""
        return [
            (field.name, str(getattr(self, field.name)))
            for field in fields(self)
            if getattr(self, field.name)
        ]

    def query(self, **extra: str) -> str:
        return urlencode(self.items() + [(name, value) for name, value in extra.items() if value])

    def __bool__(self) -> bool:
        return bool(self.items())
