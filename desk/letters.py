"""Letters as PDF: those that go out on paper with an access code, and those of the portal.

What they say stands in `cases.letters` alone; the page and the PDF show the same lines.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.letters import drafts, wording
from cases.letters.wording import plain_language
from cases.models import Case, Participation, Party
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
    title: str
    lines: tuple[str, ...]
    day: date
    site: str
    sign_in: str
    code: str
    ncp_name: str

    @property
    def checks(self) -> list[str]:
        """Return how the reader checks that the letter is genuine."""
        with translation.override(self.language):
            return checks_of(self.site)

    @property
    def last_word(self) -> str:
        """Return what every reader must know: it stands apart, and checks nothing."""
        with translation.override(self.language):
            return _(
                "Nobody may be put at a disadvantage because they turned to us or spoke with us."
            )


@dataclass(frozen=True)
class Sealed:
    """A letter on the page that shows it, and the same sealed for its one download."""

    letter: Letter
    sealed: str


def to_enterprise(case: Case, party: Party, code: str) -> Letter:
    """Return the letter that tells an enterprise of a case; no complainant stands in it."""
    return _letter("notice", case, party, code)


def with_new_code(case: Case, party: Party, code: str) -> Letter:
    """Return the letter that brings a party its new access code."""
    return _letter("new_code", case, party, code)


def for_counsel(case: Case, row: Participation, code: str) -> Letter:
    """Return the letter that brings counsel of a side the code that the side does not know."""
    party = row.party or case.parties.filter(side=row.side, left_at=None).order_by("position")[0]
    return replace(_letter("new_code", case, party, code), name=row.name, address="")


def _letter(kind: str, case: Case, party: Party, code: str) -> Letter:
    language = plain_language(party.language)
    text = drafts.draft(case, wording.kinds()[kind], party.side, language=language)
    return Letter(
        language=language,
        name=party.name,
        address=party.address,
        title=text.subject,
        lines=tuple(paragraphs(text.text)),
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
    lines, day = tuple(held["lines"]), date.fromisoformat(held["day"])
    return as_pdf(Letter(**{**held, "lines": lines, "day": day}))


def as_pdf(letter: Letter) -> bytes:
    """Return a letter with an access code as PDF/UA-1, in its own language."""
    with translation.override(letter.language):
        return _compiled(
            _letterhead(letter.language, letter.title, letter.day)
            | {
                "name": letter.name,
                "address": letter.address.splitlines(),
                "paragraphs": [line.splitlines() for line in letter.lines],
                "sign_in": letter.sign_in,
                "code": letter.code,
                "check_title": _("How to check that this letter is genuine"),
                "checks": letter.checks,
                "last_word": letter.last_word,
            }
        )


def portal_letter(*, subject: str, text: str, language: str) -> bytes:
    """Return a letter that a side gets through the portal as PDF/UA-1. The salutation stands in
    its text; no name of the reader is added."""
    spoken = plain_language(language)
    with translation.override(spoken):
        return _compiled(
            _letterhead(spoken, subject, deadlines.today())
            | {"paragraphs": [item.splitlines() for item in paragraphs(text)]}
        )


def _letterhead(language: str, title: str, day: date) -> dict[str, Any]:
    return {
        "language": language,
        "title": title,
        "publisher": current().name(language),
        **current().letterhead,
        "sender": _sender(language),
        "day": date_format(day, "j E Y"),
        "name": "",
        "address": [],
        "paragraphs": [],
        "sign_in": "",
        "code": "",
        "check_title": "",
        "checks": [],
        "last_word": "",
    }


def _compiled(data: dict[str, Any]) -> bytes:
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text: what empty lines part."""
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [part.strip("\n") for part in parts if part.strip()]


def checks_of(site: str) -> list[str]:
    return [
        _(
            "Take our telephone number from the official website of the government, not from this "
            "letter, call us, and ask whether we wrote to you under the reference above."
        ),
        _(
            "Type the address %(site)s yourself. We never ask for your code by telephone or "
            "e-mail, and never for money: the procedure is free."
        )
        % {"site": site},
    ]
