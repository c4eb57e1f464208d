"""A letter of a kind for a case and a reader, filled in as far as the reader may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format

from cases import rules
from cases.disclosure import Audience, disclosed
from cases.held import held
from cases.letters import wording
from cases.letters.wording import LetterKind, common, plain_language
from cases.models.letter import LetterAudience
from cases.models.party import Side
from cases.services import deadlines
from cases.shown import DisclosedCase
from cases.workflow import Outcome
from office.current import current

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cases.models import Case, Deadline

READS_AS = {
    LetterAudience.COMPLAINANT: Audience.COMPLAINANT,
    LetterAudience.RESPONDENT: Audience.RESPONDENT,
    LetterAudience.OUTSIDE: Audience.PUBLIC,
}


@dataclass(frozen=True)
class Draft:
    """A letter as it would go out; an officer may change it before."""

    kind: str
    audience: str
    language: str
    subject: str
    text: str
    template_version: int

    @property
    def gaps(self) -> list[str]:
        """Return what an officer must fill in first."""
        return wording.gaps(f"{self.subject}\n{self.text}")


def readers(kind: LetterKind, case: Case) -> list[LetterAudience]:
    """Return to whom a letter of this kind can go as the case stands: the enterprise only once
    it was told of the case."""
    if kind.states and case.state not in kind.states:
        return []
    return [
        audience
        for audience in kind.audiences
        if audience != LetterAudience.RESPONDENT or case.is_served
    ]


def language_of(case: Case, audience: str) -> str:
    """Return the language in which an audience is written to."""
    parties = held(case, "parties")
    if parties is None:
        parties = list(case.parties.standing())
    for party in parties:
        if party.side == audience and party.left_at is None and party.language:
            return plain_language(party.language)
    return plain_language(case.language if audience == Side.COMPLAINANT else None)


def said_to(case: Case, audience: str, text: Any) -> str:
    """Return a lazy text of the system in the language in which an audience is written to,
    whoever acts."""
    with translation.override(language_of(case, audience)):
        return str(text)


def draft(
    case: Case,
    kind: LetterKind,
    audience: str,
    *,
    language: str | None = None,
    values: Mapping[str, str] | None = None,
) -> Draft:
    """Return a letter of a kind to an audience, in its language.

    Args:
        values: fields that the caller knows better than the case, such as the reason of a delay
            that is just being explained; they must be among the fields of the audience.
    """
    reader = LetterAudience(audience)
    spoken = plain_language(language) if language else language_of(case, audience)
    text = wording.wordings(kind, language=spoken)[reader, spoken]
    with translation.override(spoken):
        known = values_for(case, reader, language=spoken)
    allowed = {item.name for item in wording.fields_of(reader)}
    known = {name: value for name, value in (known | dict(values or {})).items() if name in allowed}
    return Draft(
        kind=kind.name,
        audience=reader.value,
        language=spoken,
        subject=wording.filled(text.subject, known, language=spoken),
        text=wording.filled(text.body, known, language=spoken),
        template_version=text.version,
    )


def drafts(case: Case, kind: LetterKind) -> list[Draft]:
    """Return the letters of a kind to everybody whom it can reach now."""
    return [draft(case, kind, audience) for audience in readers(kind, case)]


def values_for(case: Case, reader: LetterAudience, *, language: str) -> dict[str, str]:
    """Return every field that has a value, in the active language, as the reader may know it."""
    shown = disclosed(case, to=READS_AS[reader])
    office = current()
    texts = common()
    values = {
        "salutation": texts["salutation"][reader.value][language],
        "closing": texts["closing"][language],
        "reference": shown.reference or shown.receipt_id,
        "receipt": shown.receipt_id,
        "date": _day(deadlines.today()),
        "received_on": _day(timezone.localdate(shown.received_at)),
        "complainants": _names(shown, Side.COMPLAINANT),
        "enterprises": _names(shown, Side.RESPONDENT),
        "next_step": shown.next_step,
        "outcome": shown.outcome_label,
        "authority": texts["authority"][language] if settings.REQUIRE_AUTHORITY else "",
        "ncp_name": office.name(language),
        "ncp_address": office.address(language),
        "ncp_phone": office.phone,
        "ncp_email": office.email,
        "portal_address": f"{settings.SITE_URL}/portal/",
        "register_address": f"{settings.SITE_URL}/register/",
    }
    if reader != LetterAudience.OUTSIDE:
        values["recipient"] = _names(shown, reader.value)
        values |= _of_issues(shown, texts, language) | _of_deadlines(case, shown, reader)
    if reader == LetterAudience.COMPLAINANT and case.outcome == Outcome.LAPSED:
        values |= _of_last_notice(case)
    if case.outcome == Outcome.RESPONDENT_CEASED and (gone := case.ceasings.order_by("at").last()):
        values["ceased_on"] = _day(gone.ceased_on)
    may_be_empty = ("authority", "ncp_address", "ncp_phone", "ncp_email")
    return {name: text for name, text in values.items() if text or name in may_be_empty}


def _day(day: date) -> str:
    return date_format(day, "j E Y")


def _names(shown: DisclosedCase, side: str) -> str:
    return ", ".join(party.name for party in shown.parties if party.side == side)


def _of_issues(shown: DisclosedCase, texts: dict[str, Any], language: str) -> dict[str, str]:
    titles = [f"{issue.number}. {issue.title}" for issue in shown.issues]
    decided = [
        f"{issue.number}. {issue.title}: "
        f"{texts['accepted' if issue.accepted else 'declined'][language]}. {issue.reasons}".strip()
        for issue in shown.issues
        if issue.accepted is not None
    ]
    return {"issues": "\n".join(titles), "decision": "\n\n".join(decided)}


def _of_deadlines(case: Case, shown: DisclosedCase, reader: LetterAudience) -> dict[str, str]:
    """Return what the reader owes next, and which deadline the office missed."""
    own = {item.pk: item.owed_by for item in _open_deadlines(case)}
    owed = [item for item in shown.deadlines if own.get(item.id) in (reader.value, "both")]
    late = [
        item
        for item in shown.deadlines
        if own.get(item.id) == "ncp" and (item.overdue_reason or item.due_on < deadlines.today())
    ]
    values = {}
    if owed:
        values["due_date"] = _day(owed[0].due_on)
    if late:
        values["delay_what"] = late[0].label
        values["delay_due"] = _day(late[0].due_on)
        values["delay_reason"] = late[0].overdue_reason
    return values


def _of_last_notice(case: Case) -> dict[str, str]:
    """Return the days of the notice that nobody answered; the enterprise was told nothing of it."""
    notice = case.lapse_notices.exclude(lapsed_at=None).select_related("deadline").last()
    if notice is None:
        return {}
    given_on = timezone.localdate(notice.given_at)
    return {"notice_on": _day(given_on), "last_day": _day(notice.deadline.due_on)}


def _open_deadlines(case: Case) -> list[Any]:
    rows = held(case, "deadlines")
    if rows is None:
        rows = list(case.deadlines.open())
    return [row for row in rows if row.is_open]


def delay_of(case: Case, item: Deadline, *, reason: str, language: str) -> dict[str, str]:
    """Return the fields of a delay notice for one deadline, with the reason just given."""
    with translation.override(language):
        return {
            "delay_what": str(rules.load(case.rule_set).deadline(item.kind).label),
            "delay_due": _day(item.due_on),
            "delay_reason": reason,
        }
