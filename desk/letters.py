"""Letters that go out on paper. What stands in them is listed here; nothing else can slip in."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typst
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.models import Case, Party
from cases.services import deadlines
from desk import links
from office.current import current
from sealing import keys

if TYPE_CHECKING:
    from accounts.models import User


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
    is_new_code: bool = False


@dataclass(frozen=True)
class Sealed:
    """A letter on the page that shows it, and the same sealed for its one download."""

    letter: Letter
    sealed: str


def to_enterprise(case: Case, party: Party, code: str) -> Letter:
    """Return the letter that tells an enterprise of a case; no complainant stands in it."""
    return _letter(case, party, code)


def with_new_code(case: Case, party: Party, code: str) -> Letter:
    """Return the letter that brings a party its new access code."""
    return replace(_letter(case, party, code), is_new_code=True)


def _letter(case: Case, party: Party, code: str) -> Letter:
    language = party.language or settings.LANGUAGE_CODE
    return Letter(
        language=language,
        name=party.name,
        address=party.address,
        reference=case.reference or case.receipt_id,
        day=deadlines.today(),
        site=settings.SITE_URL,
        sign_in=settings.SITE_URL + (links.elsewhere("portal:sign_in") or reverse("home")),
        code=code,
        ncp_name=current().name(language),
    )


def _sender(language: str) -> list[str]:
    office = current()
    lines = [*office.address(language).splitlines(), office.phone, office.email]
    return [line for line in lines if line]


TEMPLATE = Path(__file__).parent / "letter.typ"
SECONDS = 600


def seal(letter: Letter, *, case: Case, by: User) -> str:
    """Return a letter sealed for the page that shows it; `opened` takes it once."""
    held = {**asdict(letter), "day": letter.day.isoformat()}
    data = {
        "id": uuid.uuid4().hex,
        "case": str(case.pk),
        "by": str(by.pk),
        "letter": held,
    }
    return keys.wrapping().encrypt(json.dumps(data).encode()).decode()


def opened(sealed: str, *, case: Case, by: User) -> bytes | None:
    """Return the PDF of a sealed letter; None: not sealed here for this person and case, older
    than ten minutes, or taken before."""
    try:
        data = json.loads(keys.wrapping().decrypt(sealed.encode(), ttl=SECONDS))
    except (InvalidToken, ValueError):
        return None
    if (data["case"], data["by"]) != (str(case.pk), str(by.pk)):
        return None
    # The id inside: the same sealed text can be written in several ways.
    if not cache.add(f"letter:{data['id']}", True, SECONDS + 60):
        return None
    held = data["letter"]
    return as_pdf(Letter(**{**held, "day": date.fromisoformat(held["day"])}))


def as_pdf(letter: Letter) -> bytes:
    """Return a letter as PDF/UA-1, in its own language."""
    with translation.override(letter.language):
        data = {
            "language": letter.language.split("-")[0],
            "title": title_of(letter),
            "publisher": letter.ncp_name,
            "sender": _sender(letter.language),
            "day": date_format(letter.day, "j E Y"),
            "name": letter.name,
            "address": letter.address.splitlines(),
            "lines": [str(line) for line in body_of(letter)],
            "sign_in": letter.sign_in,
            "code": letter.code,
            "check_title": _("How to check that this letter is genuine"),
            "checks": checks_of(letter),
        }
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )


def title_of(letter: Letter) -> str:
    values = {"reference": letter.reference}
    if letter.is_new_code:
        return _("%(reference)s: your new access code") % values
    return _("%(reference)s: a specific instance that concerns you") % values


def body_of(letter: Letter) -> list[str]:
    if letter.is_new_code:
        lines = [_("You asked for a new access code. The one before does not work any more.")]
    else:
        lines = [
            _(
                "A complaint under the OECD Guidelines for Multinational Enterprises on "
                "Responsible Business Conduct names your enterprise. We registered it as a "
                "specific instance and are making our initial assessment. That is no finding "
                "against you."
            ),
            _(
                "You may read what is disclosed to you, answer, add documents and write to us. "
                "Please answer by the date that you find there. Both sides are heard in the same "
                "way."
            ),
        ]
        if settings.REQUIRE_AUTHORITY:
            lines.append(
                _(
                    "At your first sign-in you say who you are and prove that you act for the "
                    "enterprise. An officer confirms it before you read the complaint."
                )
            )
    lines.append(
        _("Sign in with this code. Whoever has it can read and act for you: keep it like a key.")
    )
    return lines


def checks_of(letter: Letter) -> list[str]:
    return [
        "1. "
        + _(
            "Take our telephone number from the official website of the government, not from this "
            "letter, call us, and ask whether we wrote to you under the reference above."
        ),
        "2. "
        + _(
            "Type the address %(site)s yourself. We never ask for your code by telephone or "
            "e-mail, and never for money: the procedure is free."
        )
        % {"site": letter.site},
        "3. "
        + _("Nobody may be put at a disadvantage because they turned to us or spoke with us."),
    ]
