"""What letters say: kinds, wordings, the fields that may stand in them. Checked when saved."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from cases.models.letter import LetterAudience, LetterTemplate
from cases.workflow import Outcome, State

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "ru", "kk")
LONGEST_SUBJECT, LONGEST_BODY = 200, 20000

_FIELD = re.compile(r"\{([^{}]*)\}")
_GAP = re.compile(r"\[\[.*?\]\]", re.DOTALL)

A = LetterAudience
_SIDES = frozenset({A.COMPLAINANT, A.RESPONDENT})
_ALL = frozenset(A)


@dataclass(frozen=True)
class Field:
    """Something that stands in braces, and in whose letters it may stand."""

    name: str
    meaning: Any
    audiences: frozenset[LetterAudience] = _ALL


FIELDS = {
    item.name: item
    for item in (
        Field("salutation", _("The salutation that fits the reader")),
        Field("closing", _("The closing formula")),
        Field("reference", _("The reference number")),
        Field("date", _("The day of the letter")),
        Field("receipt", _("The number of the receipt"), frozenset({A.COMPLAINANT})),
        Field("received_on", _("The day on which the submission came"), _SIDES),
        Field("recipient", _("The names of the reader's own side"), _SIDES),
        Field("complainants", _("The complainants, by the names that the reader may know")),
        Field("enterprises", _("The enterprises, by the names that the reader may know")),
        Field("issues", _("The issues, one in a line"), _SIDES),
        Field("decision", _("Each issue with what was decided on it, and the reasons"), _SIDES),
        Field("outcome", _("The outcome of the case"), _SIDES),
        Field("next_step", _("One sentence on what happens next"), _SIDES),
        Field("due_date", _("The day by which the reader owes an answer"), _SIDES),
        Field("delay_what", _("The deadline that was missed"), _SIDES),
        Field("delay_due", _("The day on which that deadline ended"), _SIDES),
        Field("delay_reason", _("The reason given for the delay"), _SIDES),
        Field("proposed_ncp", _("The NCP that is proposed to lead"), _SIDES),
        Field("lead_reasons", _("The reasons for this NCP"), _SIDES),
        Field("lead_ncp", _("The NCP that leads"), _SIDES),
        Field("arrangement", _("Who supports, and how"), _SIDES),
        Field("other_ncp", _("The NCP to which it goes"), _SIDES),
        Field("last_day", _("The last day for an answer"), frozenset({A.COMPLAINANT})),
        Field("notice_on", _("The day of the last notice"), frozenset({A.COMPLAINANT})),
        Field("ceased_on", _("The day on which the enterprise ceased to exist"), _SIDES),
        Field("authority", _("That the reader must prove for whom they act"), _SIDES),
        Field("ncp_name", _("The name of the office")),
        Field("ncp_address", _("Its address")),
        Field("ncp_phone", _("Its telephone number")),
        Field("ncp_email", _("Its e-mail address")),
        Field("portal_address", _("The address of the portal"), _SIDES),
        Field("register_address", _("The address of the public register")),
    )
}
"""Every field that exists. What is not listed here cannot stand in a letter."""


@dataclass(frozen=True)
class Wording:
    """A subject and a body with fields; `version` 0 is the supplied one."""

    subject: str
    body: str
    version: int = 0


@dataclass(frozen=True)
class LetterKind:
    """A kind of letter, as its file describes it.

    Args:
        is_paired: where both sides know of the case it goes to both in the same second.
        is_paper: it goes out on paper, with an access code; never through the portal.
        after: the kinds of event that call for it.
        unless: the kinds of event after which it comes too late.
        outcomes: with which the case must have ended for the events to call for it; empty for any.
        states: in which it can be written; empty for all.
    """

    name: str
    titles: Mapping[str, str]
    audiences: tuple[LetterAudience, ...]
    supplied: Mapping[tuple[LetterAudience, str], Wording]
    is_paired: bool = False
    is_paper: bool = False
    after: tuple[str, ...] = field(default=())
    unless: tuple[str, ...] = field(default=())
    outcomes: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """Return its name in the language of the page."""
        return self.titles[plain_language(get_language())]


def plain_language(code: str | None) -> str:
    """Return the language of a letter for a language of a person: one of `LANGUAGES`."""
    code = (code or settings.LANGUAGE_CODE).split("-")[0]
    return code if code in LANGUAGES else "en"


@cache
def kinds() -> dict[str, LetterKind]:
    """Return every kind of letter by its name, in the order of the procedure."""
    found = {
        path.stem: _read(path) for path in FOLDER.glob("*.toml") if not path.stem.startswith("_")
    }
    return {name: found[name] for name in sorted(found, key=_order)}


_PROCEDURE = (
    "acknowledgement", "completion", "not_registered", "lead_proposal", "lead_agreed",
    "registration", "notice", "new_code", "reminder", "more_time", "delay", "consultation",
    "assessment_outcome", "good_offices", "comments", "withdrawal", "last_notice", "lapse",
    "settlement", "ceased", "transfer", "transferred", "copy_given", "closing",
)  # fmt: skip


def _order(name: str) -> tuple[int, str]:
    return (_PROCEDURE.index(name) if name in _PROCEDURE else len(_PROCEDURE), name)


def _read(path: Path) -> LetterKind:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    audiences = tuple(LetterAudience(name) for name in data["to"])
    supplied = {}
    for audience in audiences:
        for language in LANGUAGES:
            text = data.get(audience.value, data)[language]
            supplied[audience, language] = Wording(text["subject"], text["body"].strip())
    return LetterKind(
        name=path.stem,
        titles=data["title"],
        audiences=audiences,
        supplied=supplied,
        is_paired=data.get("paired", False),
        is_paper=data.get("paper", False),
        after=tuple(data.get("after", ())),
        unless=tuple(data.get("unless", ())),
        outcomes=frozenset(Outcome(name) for name in data.get("outcomes", ())),
        states=frozenset(State(name) for name in data.get("states", ())),
    )


@cache
def common() -> dict[str, Any]:
    """Return the formulas that all letters share, by language."""
    return tomllib.loads((FOLDER / "_common.toml").read_text(encoding="utf-8"))


def fields_of(audience: str) -> list[Field]:
    """Return the fields that may stand in letters to an audience."""
    return [item for item in FIELDS.values() if audience in item.audiences]


def wordings(
    kind: LetterKind, *, language: str | None = None
) -> dict[tuple[LetterAudience, str], Wording]:
    """Return the wordings in force by audience and language, at one query.

    Args:
        language: only those of one language.
    """
    rows = LetterTemplate.objects.filter(kind=kind.name)
    if language:
        rows = rows.filter(language=language)
    found = {key: text for key, text in kind.supplied.items() if language in (None, key[1])}
    for row in rows.order_by("version"):
        key = (LetterAudience(row.audience), row.language)
        if key not in found:
            continue
        own = Wording(row.subject, row.body, row.version)
        supplied = kind.supplied[key]
        found[key] = own if row.body else Wording(supplied.subject, supplied.body, row.version)
    return found


def check(subject: str, body: str, *, audience: str) -> None:
    """Refuse a wording that has a field which its reader's letters may not have.

    Raises:
        ValidationError: names every such field, braces that do not close, and what is empty.
    """
    errors = []
    if not subject.strip() or not body.strip():
        errors.append(ValidationError(_("Write a subject and a text.")))
    if len(subject) > LONGEST_SUBJECT or len(body) > LONGEST_BODY:
        errors.append(ValidationError(_("The text is too long for a letter.")))
    allowed = {item.name for item in fields_of(audience)}
    unknown = sorted({name for name in _names(f"{subject}\n{body}") if name not in allowed})
    if unknown:
        errors.append(
            ValidationError(
                _("These fields cannot stand in a letter to this reader: %(names)s."),
                params={"names": ", ".join(f"{{{name}}}" for name in unknown)},
            )
        )
    if any(sign in _FIELD.sub("", f"{subject}\n{body}") for sign in "{}"):
        errors.append(
            ValidationError(_("A brace is not closed. Fields are written like {reference}."))
        )
    if "\n" in subject.strip():
        errors.append(ValidationError(_("The subject is one line.")))
    if errors:
        raise ValidationError(errors)


def _names(text: str) -> Iterator[str]:
    return (match.group(1) for match in _FIELD.finditer(text))


def filled(text: str, values: Mapping[str, str], *, language: str) -> str:
    """Put values in place of fields, once: braces in a value stay text. What has no value becomes
    a gap for the officer to fill in; a line that held nothing but an empty field goes."""
    missing = common()["missing"][plain_language(language)]

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            meaning = str(FIELDS[name].meaning) if name in FIELDS else name
            return f"[[{missing}: {meaning}]]"
        return values[name]

    return re.sub(r"\n{3,}", "\n\n", _FIELD.sub(value, text)).strip()


def gaps_filled(text: str, values: Mapping[str, str], *, language: str) -> str:
    """Put values in the gaps that `filled` left for fields, whatever language the page had."""
    missing = common()["missing"][plain_language(language)]
    for name, value in values.items():
        for spoken in LANGUAGES:
            with override(spoken):
                text = text.replace(f"[[{missing}: {FIELDS[name].meaning}]]", value)
    return text


def gaps(text: str) -> list[str]:
    """Return what is still to be filled in."""
    return _GAP.findall(text)
