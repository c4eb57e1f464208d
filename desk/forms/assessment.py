"""Criteria, proposals, ballots: forms whose fields come from the rule set and the issues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from cases import rules
from cases.models import Issue
from cases.models.assessment import Ballot, CriterionFinding
from cases.services.assessment import Answer, OnIssue
from desk.forms.base import CaseForm, choice_field, text_field


@dataclass(frozen=True)
class Group:
    """The fields that belong to one criterion or one issue, for the template."""

    title: str
    text: str
    fields: list[forms.BoundField]
    subject: Any = None


class CriteriaForm(CaseForm):
    """The answers for one issue. Open questions may stay open: what is there is saved."""

    mark_optional = False

    def __init__(self, *args: Any, issue: Issue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue = issue
        self.criteria = rules.load(self.case.rule_set).criteria
        self.kept = {row.criterion: row for row in issue.assessments.all()}
        for criterion in self.criteria:
            row = self.kept.get(criterion.code)
            self.fields[f"finding_{criterion.code}"] = choice_field(
                _("Finding"),
                CriterionFinding.choices,
                required=False,
                initial=row.finding if row else None,
            )
            self.fields[f"reasoning_{criterion.code}"] = text_field(
                _("Reasons"), rows=4, required=False, initial=row.reasoning if row else ""
            )

    def groups(self) -> list[Group]:
        return [
            Group(
                str(criterion.title),
                str(criterion.question),
                [self[f"finding_{criterion.code}"], self[f"reasoning_{criterion.code}"]],
            )
            for criterion in self.criteria
        ]

    def clean(self) -> None:
        for criterion in self.criteria:
            finding = self.cleaned_data.get(f"finding_{criterion.code}")
            reasoning = self.cleaned_data.get(f"reasoning_{criterion.code}")
            if finding and not reasoning:
                self.add_error(
                    f"reasoning_{criterion.code}",
                    _("Give the reasons: the parties will read them."),
                )
            elif reasoning and not finding and f"finding_{criterion.code}" not in self.errors:
                self.add_error(f"finding_{criterion.code}", _("Choose one of the answers."))
            elif criterion.code in self.kept and not finding and not reasoning:
                self.add_error(
                    f"finding_{criterion.code}", _("An answer can be changed, not taken out.")
                )

    def answers(self) -> dict[str, Answer]:
        """Return what is new or changed."""
        found = {}
        for criterion in self.criteria:
            finding = self.cleaned_data[f"finding_{criterion.code}"]
            reasoning = self.cleaned_data[f"reasoning_{criterion.code}"]
            row = self.kept.get(criterion.code)
            if finding and (row is None or (row.finding, row.reasoning) != (finding, reasoning)):
                found[criterion.code] = Answer(finding, reasoning)
        return found


class ProposalForm(CaseForm):
    """Accept or decline each issue, each with its reasons."""

    def __init__(self, *args: Any, issues: list[Issue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issues = issues
        for issue in issues:
            self.fields[f"accepted_{issue.number}"] = choice_field(
                _("Does it merit further examination?"),
                [("yes", _("Accept: offer good offices")), ("no", _("Do not accept"))],
            )
            self.fields[f"reasons_{issue.number}"] = text_field(
                _("Reasons"),
                rows=6,
                help_text=_("The parties and, with the statement, the public read them."),
                error_messages={"required": _("Give the reasons: the parties will read them.")},
            )

    def groups(self) -> list[Group]:
        return [
            Group(
                issue.title,
                issue.description,
                [self[f"accepted_{issue.number}"], self[f"reasons_{issue.number}"]],
                issue,
            )
            for issue in self.issues
        ]

    def on_issues(self) -> dict[UUID, OnIssue]:
        return {
            issue.pk: OnIssue(
                self.cleaned_data[f"accepted_{issue.number}"] == "yes",
                self.cleaned_data[f"reasons_{issue.number}"],
            )
            for issue in self.issues
        }


class VoteForm(CaseForm):
    ballot = choice_field(_("Your vote"), Ballot.choices)
    explanation = text_field(
        _("Reasons"),
        required=False,
        help_text=_("Needed for a vote against, so that the next proposal can be better."),
    )

    def clean(self) -> None:
        if self.cleaned_data.get("ballot") == Ballot.AGAINST and not self.cleaned_data.get(
            "explanation"
        ):
            self.add_error("explanation", _("Say why you vote against it."))
