"""The pages of the form in their order, and how each one stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from intake.answers import Answers, filled
from intake.forms import (
    ActingForm,
    ArrivalForm,
    ComplainantForm,
    ContactForm,
    EnterpriseForm,
    IssueForm,
    ProceedingForm,
    ReachForm,
    RepresentativeForm,
    SafetyForm,
    StepForm,
    TriedForm,
    WantedForm,
)

DONE, PROBLEM, EMPTY = "done", "problem", "empty"
PREVIEWS = ("enterprise-view", "public-view")


@dataclass(frozen=True)
class Step:
    """One page (or one list of pages) of the form.

    Attributes:
        name: its part of the address and its key in the answers.
        title: what the list of steps calls it.
        form: its form; of a list, the form of one row; None where the page is special.
        is_list: it holds several rows of the form.
        intro: a sentence under the heading.
        add, another: what the buttons of a list say.
    """

    name: str
    title: Any
    form: type[StepForm] | None = None
    is_list: bool = False
    is_optional: bool = False
    intro: Any = ""
    add: Any = ""
    another: Any = ""

    @property
    def url(self) -> str:
        return reverse("intake:step", args=[self.name])


ARRIVAL = Step("arrival", _("How it arrived"), ArrivalForm)
REPRESENTATIVE = Step(
    "representative",
    _("You, who act for others"),
    RepresentativeForm,
    intro=_("Tell us who you are. On the next page you tell us for whom you act."),
)

STEPS = (
    Step("acting", _("Who writes"), ActingForm),
    Step(
        "complainants",
        _("Who was harmed"),
        ComplainantForm,
        is_list=True,
        intro=_("People, groups or organisations in whose name this is sent."),
        add=_("Add a person, group or organisation"),
        another=_("Add another person, group or organisation"),
    ),
    Step(
        "enterprises",
        _("The enterprise"),
        EnterpriseForm,
        is_list=True,
        intro=_("Whose work did the harm? There may be several."),
        add=_("Add an enterprise"),
        another=_("Add another enterprise"),
    ),
    Step(
        "issues",
        _("What happened"),
        IssueForm,
        is_list=True,
        intro=_(
            "If several different things happened, describe each one apart: the office may help "
            "with one and not with another."
        ),
        add=_("Add what happened"),
        another=_("Add another thing that happened"),
    ),
    Step("provisions", _("Which rules it touches"), is_optional=True),
    Step("evidence", _("Evidence"), is_optional=True),
    Step("tried", _("What was tried before"), TriedForm, is_optional=True),
    Step("wanted", _("What you want"), WantedForm, is_optional=True),
    Step(
        "proceedings",
        _("Courts and other offices"),
        ProceedingForm,
        is_list=True,
        is_optional=True,
        intro=_(
            "Does a court, an authority or another office deal with the same matter? This does "
            "not exclude our help."
        ),
        add=_("Add a court or office"),
        another=_("Add another court or office"),
    ),
    Step("disclosure", _("Who may know the names")),
    Step("safety", _("Your safety"), SafetyForm),
    Step("contact", _("Language and help"), ContactForm, is_optional=True),
    Step("enterprise-view", _("What the enterprise will see"), is_optional=True),
    Step("public-view", _("What the public will see"), is_optional=True),
    Step("check", _("Check your answers")),
    Step("code", _("Your access code")),
    Step("send", _("Send")),
)


RECORDING = Step("recording", _("Your recording"))
REACH = Step(
    "reach",
    _("How we reach you"),
    ReachForm,
    intro=_("We write down what you told us and ask you whether it is right."),
)
OF_WRITE_UP = frozenset({"evidence", "code"})
"""What a write-up does not have: the files and the code are those of its case."""


def steps_of(answers: Answers, *, by_staff: bool = False) -> list[Step]:
    """Return the pages that this draft has, in order."""
    if answers.is_recording:
        return [RECORDING, REACH, *(step for step in STEPS if step.name in ("code", "send"))]
    steps = list(STEPS)
    if answers.write_up_of:
        steps = [step for step in steps if step.name not in OF_WRITE_UP]
        by_staff = False
    if answers.acts_for_others:
        steps.insert(1, REPRESENTATIVE)
    if by_staff:
        steps.insert(0, ARRIVAL)
    return steps


def neighbours(steps: list[Step], name: str) -> tuple[Step | None, Step | None]:
    """Return the page before and the page after."""
    place = next(index for index, step in enumerate(steps) if step.name == name)
    before = steps[place - 1] if place else None
    after = steps[place + 1] if place + 1 < len(steps) else None
    return before, after


def measure(answers: Answers, step: Step) -> str:
    """Say how one page stands. Kept with the draft: a page costs one form and not twenty."""
    name = step.name
    if name == "evidence":
        return DONE if answers.evidence else EMPTY
    if name == "recording":
        return DONE if answers.files else EMPTY
    if name in PREVIEWS:
        return DONE if answers.has_looked(name) else EMPTY
    if name == "provisions":
        raw = answers.raw(name)
        return DONE if any(any(values) for values in raw.values()) else EMPTY
    if name == "disclosure":
        people = [person for person, _name in answers.people()]
        if not people or not answers.raw(name):
            return EMPTY
        return DONE if all(answers.shown_form(person).is_valid() for person in people) else PROBLEM
    if name == "code":
        return DONE if answers.code_is_confirmed else EMPTY
    if step.form is None:
        return EMPTY
    if step.is_list:
        rows = answers.items(name)
        if not rows:
            return EMPTY
        return (
            DONE
            if all(answers.judged(step.form, row["raw"]).is_valid() for row in rows)
            else PROBLEM
        )
    raw = answers.raw(name)
    if not any(any(value.strip() for value in values) for values in raw.values()):
        return EMPTY
    return DONE if answers.judged(step.form, raw).is_valid() else PROBLEM


def remember_status(answers: Answers) -> None:
    """Measure the pages again after a change; names and lists change what other pages mean."""
    answers.data["status"] = {
        step.name: measure(answers, step)
        for step in [ARRIVAL, REPRESENTATIVE, RECORDING, REACH, *STEPS]
    }


def shown_form_of(step: Step, raw: dict[str, list[str]]) -> StepForm:
    assert step.form is not None
    return filled(step.form, raw)
