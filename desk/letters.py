"""Letters that go out on paper. What stands in them is listed here; nothing else can slip in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.urls import reverse

from cases.models import Case, Party
from cases.services import deadlines
from desk import links


@dataclass(frozen=True)
class Letter:
    """A letter with an access code, in its reader's language. The code exists only here."""

    language: str
    name: str
    address: str
    reference: str
    day: date
    site: str
    sign_in: str
    code: str
    ncp_name: str


def to_enterprise(case: Case, party: Party, code: str) -> Letter:
    """Return the letter that tells an enterprise of a case; no complainant stands in it."""
    return _letter(case, party, code)


def with_new_code(case: Case, party: Party, code: str) -> Letter:
    """Return the letter that brings a party its new access code."""
    return _letter(case, party, code)


def _letter(case: Case, party: Party, code: str) -> Letter:
    language = party.language or settings.LANGUAGE_CODE
    names = settings.NCP_NAME
    return Letter(
        language=language,
        name=party.name,
        address=party.address,
        reference=case.reference or case.receipt_id,
        day=deadlines.today(),
        site=settings.SITE_URL,
        sign_in=settings.SITE_URL + (links.elsewhere("portal:sign_in") or reverse("home")),
        code=code,
        ncp_name=names.get(language) or names["en"],
    )
