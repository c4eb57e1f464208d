"""The initial assessment: criteria per issue, a proposal with reasons, the decision of those
who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User as Person
from accounts.roles import Role
from cases import permissions, rules
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.held import has, held, matching
from cases.kinds import EventKind
from cases.models import Assessment, Case, Decision, Issue, IssueDecision, Vote
from cases.models.assessment import Ballot, CriterionFinding, DecisionState
from cases.services.acting import locked, perform, require, require_state
from cases.workflow import State

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Answer:
    """What was found on one criterion, and why."""

    finding: str
    reasoning: str


def answer_criteria(
    issue: Issue, answers: Mapping[str, Answer], *, by: User, version: int | None = None
) -> Case:
    """Record the answers to criteria of the case's rule set for one issue; earlier answers are
    replaced.

    Raises:
        ValidationError: a criterion or a finding is unknown, or a reasoning is empty.
    """
    with locked(issue.case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        require(permissions.may_run_procedure(row, by))
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
        record_event(
            row, EventKind.ASSESSMENT_ANSWERED, by=by, issue=issue.pk, criteria=sorted(answers)
        )
    return row


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


def propose_decision(
    case: Case, on_issues: Mapping[UUID, OnIssue], *, by: User, version: int | None = None
) -> Decision:
    """Propose to accept or decline each issue. Where the rule set lets one officer decide, it
    is adopted at once.

    Raises:
        Incomplete: a criterion is unanswered, an issue is left out, or a proposal is open already.
        ValidationError: reasons are missing.
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
        rule = rules.load(row.rule_set).decision
        decision = Decision.objects.create(
            case=row, decided_by_rule=rule.by, quorum=rule.quorum, proposed_by=by
        )
        IssueDecision.objects.bulk_create(
            IssueDecision(
                decision=decision,
                issue=issues[pk],
                accepted=item.accepted,
                reasons=item.reasons.strip(),
            )
            for pk, item in on_issues.items()
        )
        record_event(row, EventKind.DECISION_PROPOSED, by=by, decision=decision.pk)
        if rule.by == "one":
            _adopt(row, decision, by=by)
    return decision


def may_vote(decision: Decision, user: User) -> bool:
    """Tell whether the person may vote now: a member, no conflict, not the proposer, not voted
    yet."""
    return (
        decision.state == DecisionState.OPEN
        and decision.proposed_by_id != user.pk
        and permissions.may_decide(decision.case, user)
        and not has(decision, "votes", member_id=user.pk)
    )


def cast_vote(
    decision: Decision, *, by: User, ballot: str, explanation: str = "", version: int | None = None
) -> Decision:
    """Cast a member's ballot and, when it decides, adopt or reject the proposal.

    A vote decides when the quorum is there and the result can no longer change or every member
    entitled to vote has voted; "two" needs one voice for it by a second person. A voice against
    must say why, so that the officer can propose better.

    Raises:
        Conflict: the person voted already.
        PermissionDenied: the person may not vote on this proposal.
    """
    with locked(decision.case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        decision = Decision.objects.select_related("case").get(pk=decision.pk)
        decision.case = row
        if decision.state != DecisionState.OPEN:
            raise Conflict(_("This proposal was settled already."))
        if decision.votes.filter(member=by).exists():
            raise Conflict(_("You voted on this proposal already."))
        require(may_vote(decision, by))
        if ballot == Ballot.AGAINST and not explanation.strip():
            raise ValidationError(_("Say why you vote against it."))
        Vote.objects.create(
            decision=decision, member=by, ballot=Ballot(ballot), explanation=explanation.strip()
        )
        record_event(row, EventKind.VOTE_CAST, by=by, decision=decision.pk)
        _settle(row, decision, _result(decision), by=by)
    return decision


def may_count(decision: Decision, user: User) -> bool:
    """Tell whether the person may end the vote now: an officer, and the quorum is there."""
    return (
        decision.state == DecisionState.OPEN
        and decision.decided_by_rule == "vote"
        and permissions.may_run_procedure(decision.case, user)
        and len(matching(decision, "votes")) >= decision.quorum
    )


def count_votes(decision: Decision, *, by: User, version: int | None = None) -> Decision:
    """End a vote in which not everybody voted: the ballots that were cast decide.

    Raises:
        Incomplete: the quorum is not there.
        Conflict: the proposal was settled already.
    """
    with locked(decision.case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        require(permissions.may_run_procedure(row, by))
        decision = Decision.objects.get(pk=decision.pk)
        decision.case = row
        if decision.state != DecisionState.OPEN:
            raise Conflict(_("This proposal was settled already."))
        if not may_count(decision, by):
            raise Incomplete(_("Too few members have voted."))
        ballots = list(decision.votes.values_list("ballot", flat=True))
        carried = rules.load(row.rule_set).decision.is_carried(
            votes_for=ballots.count(Ballot.FOR),
            votes_against=ballots.count(Ballot.AGAINST),
            members=len(voters(decision)),
        )
        record_event(row, EventKind.VOTES_COUNTED, by=by, decision=decision.pk, carried=carried)
        _settle(row, decision, carried, by=by)
    return decision


def _settle(case: Case, decision: Decision, carried: bool | None, *, by: User) -> None:
    if carried:
        _adopt(case, decision, by=by)
    elif carried is False:
        decision.state, decision.settled_at = DecisionState.REJECTED, timezone.now()
        decision.save()
        record_event(case, EventKind.DECISION_REJECTED, by=by, decision=decision.pk)


def _result(decision: Decision) -> bool | None:
    """Return True (adopted), False (rejected) or None (not settled yet)."""
    ballots = list(decision.votes.values_list("ballot", flat=True))
    votes_for, against = ballots.count(Ballot.FOR), ballots.count(Ballot.AGAINST)
    if decision.decided_by_rule == "two":
        return True if votes_for else (False if against else None)
    if len(ballots) < decision.quorum:
        return None
    members = len(voters(decision))
    left = max(members - len(ballots), 0)
    rule = rules.load(decision.case.rule_set).decision
    outcomes = {
        rule.is_carried(
            votes_for=votes_for + more_for, votes_against=against + more_against, members=members
        )
        for more_for, more_against in ((left, 0), (0, left), (0, 0))
    }
    return outcomes.pop() if len(outcomes) == 1 else None


def voters(decision: Decision) -> list[Person]:
    """Return the members who may vote or did: no conflict declared, not the proposer, not a
    mediator."""
    case = decision.case
    excluded = set(
        case.conflicts.filter(has_conflict=True, superseded_at=None).values_list("user", flat=True)
    )
    excluded |= set(case.participations.filter(role="mediator").values_list("user", flat=True))
    excluded.add(decision.proposed_by_id)
    members = Person.objects.filter(is_active=True, role_assignments__role=Role.DECISION_MAKER)
    return [
        person
        for person in members.exclude(pk__in=excluded).distinct()
        if person.has_role(Role.DECISION_MAKER)
    ]


def _adopt(case: Case, decision: Decision, *, by: User) -> None:
    now = timezone.now()
    decision.state, decision.settled_at = DecisionState.ADOPTED, now
    decision.save()
    accepted = 0
    for item in decision.on_issues.select_related("issue"):
        item.issue.accepted = item.accepted
        item.issue.outcome = "" if item.accepted else "not_accepted"
        item.issue.save()
        accepted += item.accepted
    move = case.offer_good_offices if accepted else case.decline_all_issues
    perform(move, by=by, at=now)
    record_event(case, EventKind.ASSESSMENT_CONCLUDED, by=by, decision=decision.pk)
    if accepted:
        record_event(case, EventKind.GOOD_OFFICES_OFFERED, by=by)
