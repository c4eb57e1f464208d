"""The draft, the proposal and the ballots, the decision on a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from cases import dossier, permissions, rules
from cases.held import matching
from cases.models import Absence, DraftReasons
from cases.models.assessment import DecisionState
from cases.services import assessment, drafting, material, proposals, voting
from desk import briefs, links, reading
from desk.forms.deciding import (
    AbsenceForm,
    DissentForm,
    DraftForm,
    ExtendBallotsForm,
    ProposalForm,
    VoteForm,
)
from desk.views.assessment import open_proposal
from desk.views.base import ActionView, CaseView


class _OnIssues(ActionView):
    parts = dossier.EVERYTHING

    def check(self) -> None:
        super().check()
        issues = {issue.pk: issue for issue in self.case.issues.all()}
        rows = DraftReasons.objects.filter(issue__in=issues).select_related("edited_by")
        self.drafts = {row.issue_id: row for row in rows}
        for pk, row in self.drafts.items():
            row.issue = issues[pk]

    def form_arguments(self) -> dict[str, Any]:
        return {"issues": list(self.case.issues.all()), "drafts": self.drafts}

    def context(self, form: Any) -> dict[str, Any]:
        page = reading.read(self.case, self.request.user)
        answers = {item.shown.id: item.answers for item in page.issues}
        theirs = getattr(form, "theirs", {})
        return {
            "rule": rules.load(self.case.rule_set).decision,
            "unseen": material.unseen(self.case),
            "groups": [
                {
                    "group": group,
                    "answers": answers[group.subject.pk],
                    "draft": self.drafts.get(group.subject.pk),
                    "theirs": theirs.get(group.subject.number),
                    "brief": reverse("desk:brief", args=[self.case.pk, group.subject.number]),
                }
                for group in form.groups()
            ],
        }


class Draft(_OnIssues):
    """The draft decision: several people write on it, and half of it may be saved."""

    action = "draft"
    form_class = DraftForm
    template_name = "desk/propose_draft.html"
    intro = _("What you save stays here until it is proposed. Nobody outside the office reads it.")
    button = _("Save the draft")
    done = _("The draft is saved.")

    def perform(self, form: Any) -> bool:
        changed = False
        for issue in form.issues:
            on_issue = form.on_issue(issue)
            try:
                drafting.save_draft(
                    issue,
                    accepted=form.answer(issue),
                    scope=on_issue.scope,
                    reasons=on_issue.reasons,
                    by=self.request.user,
                    based_on=form.cleaned_data[f"based_on_{issue.number}"],
                )
            except drafting.DraftChanged as error:
                form.show_theirs(issue, error.latest)
                form.add_error(f"reasons_{issue.number}", str(error.message))
                changed = True
        self.form_shown = form
        return changed

    def finish(self, result: bool) -> HttpResponse:
        if result:
            return self.page(self.form_shown, status=409)
        messages.success(self.request, self.done)
        if "and_propose" in self.request.POST:
            return redirect("desk:propose", self.case.pk)
        return redirect("desk:draft", self.case.pk)


class Propose(_OnIssues):
    action = "propose"
    form_class = ProposalForm
    template_name = "desk/propose.html"
    button = _("Propose")
    done = _("Your proposal is on record.")

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "unseen": material.unseen(self.case)}

    def perform(self, form: Any) -> None:
        assessment.propose_decision(
            self.case,
            form.on_issues(),
            by=self.request.user,
            closes_on=form.cleaned_data.get("closes_on"),
            despite_unseen=form.cleaned_data.get("despite_unseen", False),
            version=form.version,
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
        self.proposal = open_proposal(self.case)

    def context(self, form: Any) -> dict[str, Any]:
        page = reading.read(self.case, self.request.user)
        mine = [
            holder.in_place_of
            for holder in voting.holders(self.proposal)
            if holder.person.pk == self.request.user.pk and holder.in_place_of
        ]
        return {
            "page": page,
            "proposal": self.proposal,
            "issues": page.issues,
            "in_place_of": mine[0] if mine else None,
        }

    def perform(self, form: Any) -> None:
        voting.cast_vote(
            self.proposal,
            by=self.request.user,
            ballot=form.cleaned_data["ballot"],
            explanation=form.cleaned_data["explanation"],
            dissent=form.cleaned_data.get("dissent", ""),
            dissent_is_public=form.cleaned_data.get("dissent_is_public", False),
            version=form.version,
        )


class CountVotes(ActionView):
    action = "count-votes"
    intro = _("The ballots that were cast decide.")
    button = _("Count the votes")
    done = _("The votes are counted.")
    warning = _("Whoever has not voted yet can vote no more.")

    def perform(self, form: Any) -> None:
        voting.count_votes(open_proposal(self.case), by=self.request.user, version=form.version)


class TakeBackProposal(ActionView):
    action = "take-back-proposal"
    intro = _("The proposal and its ballots stay on record, and count no more.")
    button = _("Take the proposal back")
    done = _("The proposal is taken back. You can change the draft and propose again.")
    warning = _("The members are told.")

    def perform(self, form: Any) -> None:
        proposals.drop_proposal(
            open_proposal(self.case), by=self.request.user, version=form.version
        )


class ExtendBallots(ActionView):
    action = "extend-ballots"
    form_class = ExtendBallotsForm
    button = _("Give more time")
    done = _("The members have more time, and are told.")

    def check(self) -> None:
        super().check()
        self.proposal = open_proposal(self.case)
        day = date_format(self.proposal.closes_on, "j E Y")
        self.intro = _("Until now ballots could come until %(day)s.") % {"day": day}

    def perform(self, form: Any) -> None:
        proposals.extend_ballots(
            self.proposal,
            closes_on=form.cleaned_data["closes_on"],
            by=self.request.user,
            version=form.version,
        )


class RecordAbsence(ActionView):
    """Who cannot vote on the open proposal, and who votes instead."""

    action = "absence"
    form_class = AbsenceForm
    template_name = "desk/vote_absence.html"
    intro = _("The member is told, and can say that it is not so.")
    button = _("Put on record")
    done = _("It is on record.")
    goes_to = "desk:absence"

    def check(self) -> None:
        super().check()
        self.proposal = open_proposal(self.case)
        self.holders = voting.holders(self.proposal)

    def form_arguments(self) -> dict[str, Any]:
        voted = {row.member_id for row in voting.counted(self.proposal)}
        return {
            "members": [
                holder.person
                for holder in self.holders
                if holder.in_place_of is None and holder.person.pk not in voted
            ]
        }

    def context(self, form: Any) -> dict[str, Any]:
        rows = Absence.objects.filter(decision=self.proposal, ended_at=None)
        instead = {
            holder.in_place_of.pk: holder.person for holder in self.holders if holder.in_place_of
        }
        return {
            "absences": [
                {"row": row, "instead": instead.get(row.member_id)}
                for row in rows.select_related("member")
            ]
        }

    def perform(self, form: Any) -> None:
        proposals.record_absence(
            self.proposal,
            member=form.cleaned_data["member"],
            by=self.request.user,
            version=form.version,
        )


class EndAbsence(ActionView):
    """The member can vote after all; an officer or the member says so."""

    button = _("The member can vote")
    done = _("The member can vote on the proposal.")

    def check(self) -> None:
        rows = matching(self.case, "decisions", state=DecisionState.OPEN)
        found = [
            row
            for proposal in rows
            for row in Absence.objects.filter(
                decision=proposal, pk=self.kwargs["absence"], ended_at=None
            )
        ]
        if not found:
            raise Http404
        (self.absence,) = found
        user = self.request.user
        if user.pk != self.absence.member_id and not permissions.may_run_procedure(self.case, user):
            raise PermissionDenied
        self.absence.decision.case = self.case

    def title(self) -> Any:
        return _("%(name)s can vote after all") % {"name": self.absence.member.name}

    def perform(self, form: Any) -> None:
        proposals.end_absence(self.absence, by=self.request.user, version=form.version)


class Dissent(ActionView):
    """A member says why they disagree with what was adopted."""

    action = "dissent"
    form_class = DissentForm
    intro = _("It stays on the record of the case, under your name.")
    button = _("Put on record")
    done = _("Your dissenting opinion is on record.")
    parts = dossier.EVERYTHING

    def check(self) -> None:
        super().check()
        self.decision = next(
            row
            for row in matching(self.case, "decisions", state=DecisionState.ADOPTED)
            if voting.may_dissent(row, self.request.user)
        )

    def form_arguments(self) -> dict[str, Any]:
        (vote,) = matching(self.decision, "votes", member_id=self.request.user.pk)
        return {"vote": vote}

    def perform(self, form: Any) -> None:
        voting.record_dissent(
            self.decision,
            by=self.request.user,
            text=form.cleaned_data["dissent"],
            is_public=form.cleaned_data.get("dissent_is_public", False),
            version=form.version,
        )


class LatestDecision(CaseView):
    """The way to the newest proposal of a case."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.require_reader()
        decisions = list(self.case.decisions.all())
        if not decisions:
            raise Http404
        return redirect("desk:decision", self.case.pk, decisions[-1].pk)


class DecisionPage(CaseView):
    """One proposal and what became of it: reasons, ballots, who may still vote, what follows."""

    parts = dossier.EVERYTHING

    def get(self, request: HttpRequest, item: Any) -> HttpResponse:
        self.require_reader()
        found = [row for row in self.case.decisions.all() if row.pk == item]
        if not found:
            raise Http404
        (decision,) = found
        decision.case = self.case
        page = reading.read(self.case, request.user)
        context = {
            "case": self.case,
            "page": page,
            "decision": decision,
            "shown": briefs.decision_of(self.case, decision),
            "statement": links.elsewhere("statements:workshop", self.case.pk)
            if decision.state == DecisionState.ADOPTED
            and permissions.may_run_procedure(self.case, request.user)
            else "",
            "letter": reverse("desk:write_letter", args=[self.case.pk, "assessment_outcome"])
            if decision.state == DecisionState.ADOPTED
            and permissions.may_run_procedure(self.case, request.user)
            else "",
            "offers": [
                {"label": action.label, "url": links.of_action(self.case.pk, action.name)}
                for action in page.actions
                if action.name
                in ("vote", "count-votes", "absence", "extend-ballots", "take-back-proposal",
                    "dissent", "propose", "draft")
            ],
        }  # fmt: skip
        return render(request, "desk/propose_decision.html", context)
