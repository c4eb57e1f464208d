"""The initial assessment: criteria for each issue, the proposal, the votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases import actions, dossier, rules
from cases.held import matching
from cases.models import Issue
from cases.models.assessment import DecisionState
from cases.services import assessment
from desk import links, reading
from desk.forms.assessment import CriteriaForm, ProposalForm, VoteForm
from desk.views.base import ActionView, CaseView


@dataclass(frozen=True)
class Progress:
    """How far the criteria of an issue are answered."""

    issue: Issue
    answered: int
    total: int
    url: str


class Assess(CaseView):
    """The issues and how far each is answered; a single issue is opened at once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actions.require_open(self.case, request.user, "assess")
        issues = list(self.case.issues.all())
        if len(issues) == 1:
            return redirect("desk:assess_issue", self.case.pk, issues[0].number)
        total = len(rules.load(self.case.rule_set).criteria)
        progress = [
            Progress(
                issue,
                len(issue.assessments.all()),
                total,
                reverse("desk:assess_issue", args=[self.case.pk, issue.number]),
            )
            for issue in issues
        ]
        context = {
            "case": self.case,
            "progress": progress,
            "propose": links.of_action(self.case.pk, "propose")
            if actions.may(self.case, request.user, "propose")
            else "",
        }
        return render(request, "desk/assess.html", context)


class AssessIssue(ActionView):
    """One issue: each criterion with its plain question, a finding and the reasons."""

    action = "assess"
    form_class = CriteriaForm
    template_name = "desk/assess_issue.html"
    button = _("Save")
    done = _("Your answers are saved.")
    parts = dossier.EVERYTHING

    def check(self) -> None:
        super().check()
        issues = list(self.case.issues.all())
        found = [issue for issue in issues if issue.number == self.kwargs["number"]]
        if not found:
            raise Http404
        self.issue = found[0]
        self.next_number = next(
            (issue.number for issue in issues if issue.number > self.issue.number), None
        )

    def title(self) -> Any:
        return self.issue.title

    def form_arguments(self) -> dict[str, Any]:
        return {"issue": self.issue}

    def context(self, form: Any) -> dict[str, Any]:
        page = reading.read(self.case, self.request.user)
        shown = next(item for item in page.issues if item.shown.id == self.issue.pk)
        answers = [row for row in self.case.messages.all() if row.is_response]
        return {"issue": shown.shown, "next_number": self.next_number, "responses": answers}

    def perform(self, form: Any) -> None:
        answers = form.answers()
        if answers:
            assessment.answer_criteria(
                self.issue, answers, by=self.request.user, version=form.version
            )

    def finish(self, result: None) -> HttpResponse:
        messages.success(self.request, self.done)
        if "and_next" in self.request.POST and self.next_number:
            return redirect("desk:assess_issue", self.case.pk, self.next_number)
        if len(self.case.issues.all()) == 1:
            return redirect("desk:case", self.case.pk)
        return redirect("desk:assess", self.case.pk)


class Propose(ActionView):
    action = "propose"
    form_class = ProposalForm
    template_name = "desk/propose.html"
    button = _("Propose")
    done = _("Your proposal is on record.")
    parts = dossier.EVERYTHING

    def form_arguments(self) -> dict[str, Any]:
        return {"issues": list(self.case.issues.all())}

    def context(self, form: Any) -> dict[str, Any]:
        page = reading.read(self.case, self.request.user)
        answers = {item.shown.id: item.answers for item in page.issues}
        return {
            "rule": rules.load(self.case.rule_set).decision,
            "groups": [(group, answers[group.subject.pk]) for group in form.groups()],
        }

    def perform(self, form: Any) -> None:
        assessment.propose_decision(
            self.case, form.on_issues(), by=self.request.user, version=form.version
        )


class CastVote(ActionView):
    action = "vote"
    form_class = VoteForm
    template_name = "desk/vote.html"
    button = _("Vote")
    done = _("Your vote is on record.")
    warning = _("A vote is cast once and cannot be changed.")
    parts = dossier.EVERYTHING

    def check(self) -> None:
        super().check()
        (self.proposal,) = matching(self.case, "decisions", state=DecisionState.OPEN)

    def context(self, form: Any) -> dict[str, Any]:
        page = reading.read(self.case, self.request.user)
        return {"page": page, "proposal": self.proposal, "issues": page.issues}

    def perform(self, form: Any) -> None:
        assessment.cast_vote(
            self.proposal,
            by=self.request.user,
            ballot=form.cleaned_data["ballot"],
            explanation=form.cleaned_data["explanation"],
            version=form.version,
        )


class CountVotes(ActionView):
    action = "count-votes"
    intro = _("The ballots that were cast decide.")
    button = _("Count the votes")
    done = _("The votes are counted.")
    warning = _("Whoever has not voted yet can vote no more.")

    def perform(self, form: Any) -> None:
        (proposal,) = matching(self.case, "decisions", state=DecisionState.OPEN)
        assessment.count_votes(proposal, by=self.request.user, version=form.version)
