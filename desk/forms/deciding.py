"""The draft, the proposal, the ballots: forms whose fields come from the issues and the rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import rules
from cases.forms import day_field
from cases.models import DraftReasons, Issue
from cases.models.assessment import Ballot
from cases.ruleset import DecisionRule
from cases.services import proposals
from cases.services.assessment import OnIssue
from desk.forms.assessment import Group
from desk.forms.base import CaseForm, choice_field, text_field

ANSWERS = [
    ("yes", _("Accept: offer good offices")),
    ("part", _("Accept in part")),
    ("no", _("Do not accept")),
]


def answer_of(draft: DraftReasons | None) -> str | None:
    """Return the choice that a draft stands for."""
    if draft is None or draft.accepted is None:
        return None
    if not draft.accepted:
        return "no"
    return "part" if draft.scope else "yes"


class _OnIssues(CaseForm):
    """The answer and the reasons for every issue."""

    is_draft = False

    def __init__(
        self, *args: Any, issues: list[Issue], drafts: dict[UUID, DraftReasons], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.issues, self.drafts = issues, drafts
        for issue in issues:
            draft = drafts.get(issue.pk)
            self.fields[f"accepted_{issue.number}"] = choice_field(
                _("Does it merit further examination?"),
                ANSWERS,
                required=not self.is_draft,
                initial=answer_of(draft),
            )
            self.fields[f"scope_{issue.number}"] = text_field(
                _("Which part is accepted"),
                rows=2,
                required=False,
                initial=draft.scope if draft else "",
                help_text=_("Only where you accept it in part."),
            )
            self.fields[f"reasons_{issue.number}"] = text_field(
                _("Reasons"),
                rows=8,
                required=not self.is_draft,
                initial=draft.reasons if draft else "",
                help_text=_("The parties and, with the statement, the public read them."),
                error_messages={"required": _("Give the reasons: the parties will read them.")},
            )

    def groups(self) -> list[Group]:
        return [
            Group(
                issue.title,
                issue.description,
                [self[f"{name}_{issue.number}"] for name in self.names],
                issue,
            )
            for issue in self.issues
        ]

    names: tuple[str, ...] = ("accepted", "scope", "reasons")

    def clean(self) -> None:
        for issue in self.issues:
            answer = self.cleaned_data.get(f"accepted_{issue.number}")
            scope = self.cleaned_data.get(f"scope_{issue.number}")
            if answer == "part" and not scope:
                self.add_error(f"scope_{issue.number}", _("Say which part is accepted."))
            elif scope and answer and answer != "part":
                self.add_error(
                    f"scope_{issue.number}", _("Choose “Accept in part”, or leave this empty.")
                )

    def on_issue(self, issue: Issue) -> OnIssue:
        answer = self.cleaned_data[f"accepted_{issue.number}"]
        return OnIssue(
            accepted=answer in ("yes", "part"),
            scope=self.cleaned_data[f"scope_{issue.number}"] if answer == "part" else "",
            reasons=self.cleaned_data[f"reasons_{issue.number}"],
        )


class DraftForm(_OnIssues):
    """What the draft says; each issue counts its own version, so that two can write at once."""

    is_draft = True
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: dict[int, DraftReasons] = {}
        for issue in self.issues:
            draft = self.drafts.get(issue.pk)
            self.fields[f"based_on_{issue.number}"] = forms.IntegerField(
                widget=forms.HiddenInput,
                min_value=0,
                initial=draft.row_version if draft else 0,
                error_messages={"required": _("Open the page again.")},
            )

    def show_theirs(self, issue: Issue, latest: DraftReasons) -> None:
        """Keep what was typed beside what somebody else saved; the next save knows both."""
        self.theirs[issue.number] = latest
        self.data = self.data.copy()
        self.data[f"based_on_{issue.number}"] = str(latest.row_version)

    def answer(self, issue: Issue) -> bool | None:
        answer = self.cleaned_data[f"accepted_{issue.number}"]
        return None if not answer else answer != "no"


class ProposalForm(_OnIssues):
    """Accept, accept in part or decline each issue, each with its reasons; how it is decided."""

    def __init__(self, *args: Any, unseen: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule: DecisionRule = rules.load(self.case.rule_set).decision
        if self.rule.by == "vote" and self.rule.written:
            self.fields["closes_on"] = day_field(
                _("Ballots in writing until"),
                required=False,
                help_text=_(
                    "Leave it empty where the members vote at a meeting, or whenever they can."
                ),
            )
        if unseen:
            self.fields["despite_unseen"] = forms.BooleanField(
                label=_("I propose it although a side has not seen this material"),
                error_messages={
                    "required": _(
                        "Tell the side the substance first, or confirm that you go on without."
                    )
                },
            )

    def how(self) -> list[forms.BoundField]:
        """Return the fields that do not belong to one issue."""
        return [self[name] for name in ("closes_on", "despite_unseen") if name in self.fields]

    def clean(self) -> None:
        super().clean()
        day = self.cleaned_data.get("closes_on")
        if day:
            try:
                proposals.check_closing_day(self.case, day)
            except forms.ValidationError as error:
                self.add_error("closes_on", error)

    def on_issues(self) -> dict[UUID, OnIssue]:
        return {issue.pk: self.on_issue(issue) for issue in self.issues}


class _Dissent(CaseForm):
    def _with_dissent(self, *, required: bool, initial: Any = None) -> None:
        kept = rules.load(self.case.rule_set).decision.dissent
        if kept == "none":
            return
        self.fields["dissent"] = text_field(
            _("Dissenting opinion"),
            rows=6,
            required=required,
            initial=initial.dissent if initial else "",
            help_text=_("Where you do not vote for it and wish to say why at length."),
        )
        if kept == "published":
            self.fields["dissent_is_public"] = forms.BooleanField(
                label=_("Publish it with the statement, under my name"),
                required=False,
                initial=initial.dissent_is_public if initial else False,
            )


class VoteForm(_Dissent):
    ballot = choice_field(_("Your vote"), Ballot.choices)
    explanation = text_field(
        _("Reasons"),
        required=False,
        help_text=_("Needed for a vote against, so that the next proposal can be better."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._with_dissent(required=False)

    def clean(self) -> None:
        ballot = self.cleaned_data.get("ballot")
        if ballot == Ballot.AGAINST and not self.cleaned_data.get("explanation"):
            self.add_error("explanation", _("Say why you vote against it."))
        if ballot == Ballot.FOR and self.cleaned_data.get("dissent"):
            self.add_error(
                "dissent", _("A dissenting opinion goes with a vote that is not for it.")
            )


class DissentForm(_Dissent):
    def __init__(self, *args: Any, vote: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._with_dissent(required=True, initial=vote)


class ExtendBallotsForm(CaseForm):
    closes_on = day_field(_("Ballots in writing until"))


class AbsenceForm(CaseForm):
    """A member who cannot vote on the open proposal."""

    def __init__(self, *args: Any, members: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in members}
        self.fields["member"] = forms.ChoiceField(
            label=_("Member"),
            choices=[("", _("Choose")), *((pk, str(item)) for pk, item in self.people.items())],
            error_messages={"required": _("Choose a member.")},
        )

    def clean_member(self) -> Any:
        return self.people[self.cleaned_data["member"]]
