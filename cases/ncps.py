"""The National Contact Points of other countries: the list that comes with the system, and what
this office entered itself. NCPs write to each other by their English names; people here read the
country in their own language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from cases import packages
from cases.countries import country_name
from cases.models import NcpContact

FILE = Path(settings.BASE_DIR) / "data" / "ncps.json"


@dataclass(frozen=True)
class Ncp:
    """One NCP as this office knows it; empty fields are not known."""

    country: str
    name: str
    website: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    public_key: str = ""
    is_confirmed: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def fingerprint(self) -> str:
        """The key that is trusted, as it is read out on the telephone; empty where none is."""
        return packages.fingerprint(self.public_key) if self.public_key else ""

    @property
    def label(self) -> str:
        """What people here call it, in the language of the page."""
        return _("NCP (%(country)s)") % {"country": country_name(self.country)}


@cache
def listed() -> dict[str, Ncp]:
    """Return the NCPs of the adhering countries by country code, as the file has them."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["ncps"]
    return {
        row["country"]: Ncp(
            row["country"], row["name"], row["website"], row["email"], address=row["address"]
        )
        for row in rows
    }


def every() -> list[Ncp]:
    """Return all NCPs with what was entered here, sorted by the country's name."""
    entered = {row.country: row for row in NcpContact.objects.all()}
    return sorted(
        (_with(ncp, entered.get(code)) for code, ncp in listed().items()), key=_by_country
    )


def of(country: str) -> Ncp | None:
    """Return one NCP with what was entered here; None where no country of this code adheres."""
    ncp = listed().get(country)
    return _with(ncp, NcpContact.objects.filter(pk=country).first()) if ncp else None


def first_values(country: str) -> dict[str, str]:
    """Return what the first entry of an NCP begins with: what the list has of it."""
    ncp = listed()[country]
    return {"website": ncp.website, "email": ncp.email, "address": ncp.address}


def name_of(country: str) -> str:
    """Return the English name of an NCP, as NCPs write it to each other, or the code where it is
    not in the list."""
    ncp = listed().get(country)
    return ncp.name if ncp else country


def label_of(country: str) -> str:
    """Return what people here call an NCP, in the language of the page; the code where it is not
    in the list."""
    ncp = listed().get(country)
    return ncp.label if ncp else country


def choices(*, with_own: bool = False) -> list[tuple[str, str]]:
    """Return code and country of the NCPs, for a select that is searched by its first letters;
    the own NCP only where it is asked for."""
    return [
        (ncp.country, country_name(ncp.country))
        for ncp in sorted(listed().values(), key=_by_country)
        if with_own or ncp.country != settings.NCP_COUNTRY
    ]


def _by_country(ncp: Ncp) -> str:
    return country_name(ncp.country).casefold()


def _with(ncp: Ncp, row: NcpContact | None) -> Ncp:
    if row is None:
        return ncp
    return Ncp(
        ncp.country,
        row.name or ncp.name,
        row.website,
        row.email,
        row.phone,
        row.address,
        row.public_key,
        row.is_confirmed,
    )
