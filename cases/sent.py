"""What a submission says, as headings with questions and answers: whoever may read it reads all
of it, whatever a later form asks besides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import partial_days
from cases.countries import country_name
from cases.models.case import Channel
from cases.models.issue import KeptField
from cases.models.party import PartyKind, RespondentRole
from cases.payload import (
    ComplainantData,
    DocumentData,
    IssueData,
    RepresentativeData,
    RespondentData,
    Shown,
    SubmissionData,
)

ASKED_OF_OFFICE = {
    "talks": gettext_lazy("Help us talk with the enterprise"),
    "facts": gettext_lazy("Find out what happened"),
    "finding": gettext_lazy("Say whether the enterprise kept the rules"),
    "advice": gettext_lazy("Recommend what the enterprise should do"),
}
"""What somebody may ask of the office when they file."""


@dataclass(frozen=True)
class Answer:
    """One answer; `is_own_words` tells that it is in the language of whoever sent it."""

    question: str
    text: str
    is_own_words: bool = False


@dataclass(frozen=True)
class Section:
    """A heading with its answers, in as many groups as there are people, enterprises or issues."""

    title: str
    groups: tuple[tuple[Answer, ...], ...]


def sections(data: SubmissionData) -> list[Section]:
    """Return everything that was sent; what was not answered is left out."""
    found = [
        (_("How it arrived"), [_arrival(data)]),
        (_("Who complains"), map(_complainant, data.complainants)),
        (
            _("Who acts for them"),
            [_representative(data.representative)] if data.representative else [],
        ),
        (_("The enterprise"), map(_respondent, data.respondents)),
        (_("What happened"), map(_issue, data.issues)),
        (_("What was tried before"), [_tried(data)]),
        (_("What you want"), [_wanted(data)]),
        (
            _("Courts and other offices"),
            (
                _answered(
                    (_("Court, authority or office"), item.forum, True),
                    (_("Its number of the case"), item.reference, True),
                    (_("How does it stand?"), item.status, True),
                )
                for item in data.proceedings
            ),
        ),
        (_("Safety and help"), [_safety(data)]),
        (_("Files"), map(_document, data.documents)),
    ]
    made = [Section(title, tuple(group for group in groups if group)) for title, groups in found]
    return [section for section in made if section.groups]


def _answered(*rows: tuple[Any, ...]) -> tuple[Answer, ...]:
    return tuple(Answer(str(row[0]), str(row[1]), *row[2:]) for row in rows if row[1])


def _labels(choices: Any, codes: Iterable[str]) -> str:
    known = dict(choices)
    return "\n".join(str(known.get(code, code)) for code in codes)


def _label(choices: Any, code: str) -> str:
    return str(dict(choices).get(code, code))


def _arrival(data: SubmissionData) -> tuple[Answer, ...]:
    if data.channel in ("", Channel.WEB):
        return ()
    return _answered(
        (_("How did it arrive?"), _label(Channel.choices, data.channel)),
        (_("On which day did it arrive?"), partial_days.display(data.arrived_on)),
    )


def _who_may_know(shown: Shown) -> str:
    said = [
        (_("Officer of the case"), True),
        (_("Mediator"), shown.mediator),
        (_("Enterprise"), shown.respondent),
        (_("Public"), shown.public),
    ]
    return "\n".join(f"{who}: {_('yes') if may else _('no')}" for who, may in said)


def _complainant(item: ComplainantData) -> tuple[Answer, ...]:
    return _answered(
        (_("Name"), item.name, True),
        (_("Who is this?"), _label(PartyKind.choices, item.kind)),
        (_("Country"), country_name(item.country) if item.country else ""),
        (_("E-mail address"), item.email),
        (_("Telephone"), item.phone),
        (_("Address"), item.address, True),
        (_("Who may know the name"), _who_may_know(item.shown)),
        (_("Why not everybody"), item.shown.reason, True),
    )


def _representative(item: RepresentativeData) -> tuple[Answer, ...]:
    return _answered(
        (_("Name"), item.name, True),
        (_("Who is this?"), _label(PartyKind.choices, item.kind)),
        (_("E-mail address"), item.email),
        (_("Telephone"), item.phone),
        (_("Mandate"), item.mandate, True),
        (_("People represented"), "\n".join(item.principals), True),
        (_("Who may know the name"), _who_may_know(item.shown)),
        (_("Why not everybody"), item.shown.reason, True),
    )


def _respondent(item: RespondentData) -> tuple[Answer, ...]:
    return _answered(
        (_("Name"), item.name, True),
        (_("What is it?"), _label(PartyKind.choices, item.kind)),
        (_("Country"), country_name(item.country) if item.country else ""),
        (_("Address"), item.address, True),
        (_("E-mail address"), item.email),
        (_("Website"), item.website),
        (_("Who owns it, and whom does it work for?"), item.structure, True),
        (_("What did it have to do with the harm?"), _label(RespondentRole.choices, item.role)),
    )


def _issue(item: IssueData) -> tuple[Answer, ...]:
    return _answered(
        (_("In a few words, what is this about?"), item.title, True),
        (_("What happened?"), item.description, True),
        (_("Where"), item.place, True),
        (_("Country"), country_name(item.country) if item.country else ""),
        (_("When"), _when(item)),
        (_("Provisions of the Guidelines"), ", ".join(item.citations)),
        (_("Kept back"), _labels(KeptField.choices, item.kept)),
        (_("Why it is kept back"), item.kept_reason, True),
        (_("What only the office should know"), item.for_office, True),
    )


def _when(item: IssueData) -> str:
    days = [partial_days.display(day) for day in (item.started, item.ended) if day]
    text = " – ".join(days)
    if item.is_approximate and text:
        text = f"{_('about')} {text}"
    if item.is_ongoing:
        text = f"{text} – {_('still going on')}" if text else _("still going on")
    return text


def _tried(data: SubmissionData) -> tuple[Answer, ...]:
    return _answered(
        (_("What have you or others already tried?"), data.tried_before, True),
        (_("Who else could tell the office more?"), data.others_to_ask, True),
    )


def _wanted(data: SubmissionData) -> tuple[Answer, ...]:
    return _answered(
        (_("What do you want to happen?"), data.wanted, True),
        (_("What shall the office do?"), _labels(ASKED_OF_OFFICE.items(), data.asked_of_office)),
        (_("Why do you turn to this office?"), data.why_here, True),
    )


def _safety(data: SubmissionData) -> tuple[Answer, ...]:
    return _answered(
        (_("Are you or others afraid of reprisals?"), _("yes") if data.reprisal_risk else ""),
        (_("What are you afraid of, and what would help?"), data.reprisal_details, True),
        (_("How and when is it safe to reach you?"), data.safe_contact, True),
        (
            _("Before the enterprise is told"),
            _("Ask once more first") if data.ask_before_telling else "",
        ),
        (_("Do you need an interpreter or other help?"), data.interpreter, True),
    )


def _document(item: DocumentData) -> tuple[Answer, ...]:
    kept = zip((_("Enterprise"), _("Mediator"), _("Public")), item.kept_from, strict=True)
    return _answered(
        (_("What does it show?"), item.title, True),
        (_("To be kept from"), ", ".join(whom for whom, is_kept in kept if is_kept)),
        (_("Why?"), item.reason, True),
    )
