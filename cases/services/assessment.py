"""The initial assessment: criteria per issue and a proposal with reasons. Who decides on it, and
how, stands in `voting`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import permissions, rules
from cases.errors import Incomplete
from cases.events import record_event
from cases.held import held
from cases.kinds import EventKind
from cases.models import (
    Assessment,
    Case,
    CaseDocument,
    Decision,
    DecisionDrafter,
    DraftEditor,
    Evidence,
    Issue,
    IssueDecision,
    Message,
)
from cases.models.assessment import CriterionFinding, DecisionState
from cases.services import consultations, material, proposals, voting
from cases.services.acting import locked, require, require_state
from cases.services.voting import cast_vote, count_votes, may_count, may_vote, voters
from cases.workflow import State

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User

__all__ = [
    "Answer",
    "Cited",
    "OnIssue",
    "answer_criteria",
    "cast_vote",
    "count_votes",
    "may_count",
    "may_vote",
    "propose_decision",
    "unanswered",
    "voters",
]


@dataclass(frozen=True)
class Answer:
    """What was found on one criterion, and why."""

    finding: str
    reasoning: str


@dataclass(frozen=True)
class Cited:
    """What an answer rests on: a document or a message of the case (neither: the submission), and
    the page or place in it."""

    document: CaseDocument | None = None
    message: Message | None = None
    place: str = ""


def answer_criteria(
    issue: Issue,
    answers: Mapping[str, Answer],
    *,
    by: User,
    cited: Mapping[str, list[Cited]] | None = None,
    dropped: Collection[int] = (),
    version: int | None = None,
) -> Case:
    """Record the answers to criteria of the case's rule set for one issue; earlier answers are
    replaced.

    Args:
        cited: by criterion, the evidence that is added.
        dropped: ids of the evidence of this issue that is cited no more.

    Raises:
        Incomplete: a proposal is with the members.
        ValidationError: a criterion or a finding is unknown, a reasoning is empty, or evidence is
            cited for a criterion without an answer or from another case.
    """
    with locked(issue.case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        require(permissions.may_run_procedure(row, by))
        if row.decisions.filter(state=DecisionState.OPEN).exists():
            raise Incomplete(_("A proposal is waiting for the members already."))
        consultations.require_nothing_unseen(row)
        known = {criterion.code for criterion in rules.load(row.rule_set).criteria}
        for code, answer in answers.items():
            if code not in known or answer.finding not in CriterionFinding.values:
                raise ValidationError(_("Choose one of the answers."))
            if not answer.reasoning.strip():
                raise ValidationError(_("Give the reasons: the parties will read them."))
            kept = issue.assessments.filter(criterion=code).first() or Assessment(
                issue=issue, criterion=code
            )
            kept.finding, kept.reasoning = answer.finding, answer.reasoning.strip()
            kept.answered_by, kept.answered_at = by, timezone.now()
            kept.save()
        Evidence.objects.filter(assessment__issue=issue, pk__in=dropped).delete()
        for code, items in (cited or {}).items():
            _cite(issue, code, items, by=by)
        record_event(
            row,
            EventKind.ASSESSMENT_ANSWERED,
            by=by,
            issue=issue.pk,
            criteria=sorted({*answers, *(cited or {})}),
        )
    return row


def _cite(issue: Issue, code: str, items: list[Cited], *, by: User) -> None:
    answered = issue.assessments.filter(criterion=code).first()
    if answered is None:
        raise ValidationError(_("Answer the question before you cite evidence for it."))
    answered.issue = issue
    for item in items:
        source = item.document or item.message
        if (source is not None and source.case_id != issue.case_id) or (
            item.message is not None and item.message.is_reprisal_report
        ):
            raise ValidationError(_("This is no material of the case that may be cited."))
        Evidence.objects.create(
            assessment=answered,
            case_document=item.document,
            message=item.message,
            place=item.place.strip(),
            cited_by=by,
        )


def unanswered(case: Case) -> list[tuple[Issue, str]]:
    """Return what is still to be answered: pairs of issue and criterion code."""
    criteria = [criterion.code for criterion in rules.load(case.rule_set).criteria]
    open_pairs = []
    issues = held(case, "issues")
    for issue in case.issues.prefetch_related("assessments") if issues is None else issues:
        answered = {answer.criterion for answer in issue.assessments.all()}
        open_pairs += [(issue, code) for code in criteria if code not in answered]
    return open_pairs


@dataclass(frozen=True)
class OnIssue:
    """What is proposed for one issue, with the reasons that the parties and the public read."""

    accepted: bool
    reasons: str
    scope: str = ""
    """Which part, where the issue is accepted in part."""


def propose_decision(
    case: Case,
    on_issues: Mapping[UUID, OnIssue],
    *,
    by: User,
    closes_on: date | None = None,
    despite_unseen: bool = False,
    version: int | None = None,
) -> Decision:
    """Propose to accept or decline each issue. Where the rule set lets one officer decide, it
    is adopted at once.

    Args:
        closes_on: in a written procedure the last day for ballots.
        despite_unseen: propose although evidence is cited that a side knows not even in gist.

    Raises:
        Incomplete: a criterion is unanswered, an issue is left out, a proposal is open already, or
            a side has not seen what the decision rests on.
        ValidationError: reasons are missing, or the day comes too early.
    """
    with locked(case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        require(permissions.may_run_procedure(row, by))
        if unanswered(row):
            raise Incomplete(_("Answer every criterion for every issue first."))
        if row.decisions.filter(state=DecisionState.OPEN).exists():
            raise Incomplete(_("A proposal is waiting for the members already."))
        issues = {issue.pk: issue for issue in row.issues.all()}
        if set(on_issues) != set(issues):
            raise Incomplete(_("Decide on every issue."))
        if not all(item.reasons.strip() for item in on_issues.values()):
            raise ValidationError(_("Give the reasons: the parties will read them."))
        proposals.check_closing_day(row, closes_on)
        unseen = material.unseen(row)
        if unseen and not despite_unseen:
            raise Incomplete(
                _("The decision rests on material that a side has not seen, not even in gist.")
            )
        rule = rules.load(row.rule_set).decision
        decision = Decision.objects.create(
            case=row,
            decided_by_rule=rule.by,
            quorum=rule.quorum,
            proposed_by=by,
            closes_on=closes_on,
        )
        wrote = {by.pk, *_editors(row)}
        DecisionDrafter.objects.bulk_create(
            DecisionDrafter(decision=decision, user_id=pk) for pk in sorted(wrote)
        )
        IssueDecision.objects.bulk_create(
            IssueDecision(
                decision=decision,
                issue=issues[pk],
                accepted=item.accepted,
                scope=item.scope.strip() if item.accepted else "",
                reasons=item.reasons.strip(),
            )
            for pk, item in on_issues.items()
        )
        record_event(
            row,
            EventKind.DECISION_PROPOSED,
            by=by,
            decision=decision.pk,
            unseen=len(unseen) or None,
        )
        if rule.by == "one":
            voting.adopt(row, decision, by=by)
    return decision


def _editors(case: Case) -> set[UUID]:
    """Return who wrote on the draft from which the proposal comes."""
    rows = DraftEditor.objects.filter(draft__issue__case=case)
    return set(rows.values_list("user_id", flat=True))
