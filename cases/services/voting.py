"""Who votes on a proposal, for whom, and what follows: quorum, alternates, casting vote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User as Person
from accounts.roles import Role
from cases import permissions, rules
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.held import has, matching
from cases.kinds import EventKind
from cases.models import Case, Decision, Seat, Vote
from cases.models.assessment import Ballot, DecisionState
from cases.models.meeting import SeatFunction
from cases.querysets import PARTY_ROLES
from cases.services import deadlines
from cases.services.acting import locked, perform, require, require_state
from cases.workflow import State

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.models import User
    from cases.ruleset import DecisionRule


@dataclass(frozen=True)
class Holder:
    """Somebody whose ballot counts on a proposal, and the member for whom they vote."""

    person: Person
    in_place_of: Person | None = None


def rule_of(decision: Decision) -> DecisionRule:
    """Return the rule of the version under which the case began."""
    return rules.load(decision.case.rule_set).decision


def wrote(decision: Decision, user: User) -> bool:
    """Tell whether the person wrote on the proposal: nobody approves their own draft."""
    return decision.proposed_by_id == user.pk or has(decision, "drafters", user_id=user.pk)


def barred(decision: Decision) -> set[UUID]:
    """Return who may never vote on a proposal: by a conflict of interest, as mediator, on a side of
    the case, or as author."""
    case = decision.case
    standing = matching(case, "conflicts", has_conflict=True, superseded_at=None)
    taking_part = matching(case, "participations")
    now = timezone.now()
    return (
        {row.user_id for row in standing}
        | {row.user_id for row in taking_part if row.role == "mediator"}
        | {
            row.user_id
            for row in taking_part
            if row.role in PARTY_ROLES and (row.until is None or row.until > now)
        }
        | {row.user_id for row in matching(decision, "drafters")}
        | {decision.proposed_by_id}
    )


def away(decision: Decision) -> set[UUID]:
    """Return the members who are recorded as absent for this proposal."""
    return {row.member_id for row in matching(decision, "absences", ended_at=None)}


def holders(decision: Decision) -> list[Holder]:
    """Return whose ballots count: members who are neither barred nor absent, and for the others
    their named alternates, where the rule set has them."""
    out = barred(decision) | away(decision)
    seats = Seat.objects.current().filter(function=SeatFunction.ALTERNATE)
    of_member = {seat.stands_in_for_id: seat.user_id for seat in seats}
    people = {person.pk: person for person in Person.objects.holding(Role.DECISION_MAKER)}
    alternates = set(of_member.values())
    found = []
    for member in people.values():
        if member.pk in alternates:
            continue
        if member.pk not in out:
            found.append(Holder(member))
            continue
        other = people.get(of_member.get(member.pk))
        if rule_of(decision).alternates and other and other.pk not in out:
            found.append(Holder(other, member))
    return sorted(found, key=lambda holder: holder.person.name)


def voters(decision: Decision) -> list[Person]:
    """Return the people who may vote or did."""
    return [holder.person for holder in holders(decision)]


def is_closed(decision: Decision) -> bool:
    """Tell whether the day of a written procedure has passed."""
    return decision.closes_on is not None and decision.closes_on < deadlines.today()


def may_vote(decision: Decision, user: User) -> bool:
    """Tell whether the person may vote now: a member without a conflict who did not write the
    proposal and has not voted; an alternate only where their member cannot; where two persons
    decide, also a second officer."""
    if (
        decision.state != DecisionState.OPEN
        or wrote(decision, user)
        or has(decision, "votes", member_id=user.pk)
        or is_closed(decision)
    ):
        return False
    if decision.decided_by_rule == "two" and permissions.may_run_procedure(decision.case, user):
        return True
    return permissions.may_decide(decision.case, user) and _has_seat(decision, user)


def why_no_vote(decision: Decision, user: User) -> str:
    """Return why somebody who decides cannot vote on an open proposal now."""
    if has(decision, "votes", member_id=user.pk):
        return _("You voted on this proposal already.")
    if is_closed(decision):
        return _("The day until which ballots were asked for has passed.")
    if user.pk in away(decision):
        return _("It is on record that you cannot vote on this proposal.")
    return _("You are an alternate, and the member for whom you stand in can vote.")


def _has_seat(decision: Decision, user: User) -> bool:
    """Tell whether the person votes for themself or for a member who cannot."""
    out = away(decision)
    if user.pk in out:
        return False
    if decision.decided_by_rule != "vote":
        return True
    seats = Seat.objects.current().filter(user=user, function=SeatFunction.ALTERNATE)
    members = [seat.stands_in_for_id for seat in seats]
    if not members:
        return True
    if not rule_of(decision).alternates:
        return False
    out |= barred(decision)
    voted = {row.member_id for row in counted(decision)}
    return any(member in out and member not in voted for member in members)


def counted(decision: Decision) -> list[Vote]:
    """Return the votes that count: those that were not set aside."""
    return matching(decision, "votes", set_aside_at=None)


def cast_vote(
    decision: Decision,
    *,
    by: User,
    ballot: str,
    explanation: str = "",
    dissent: str = "",
    dissent_is_public: bool = False,
    version: int | None = None,
) -> Decision:
    """Cast a member's ballot and, when it decides, adopt or reject the proposal.

    A vote decides when the quorum is there and the result can no longer change or everybody
    entitled to vote has voted; "two" needs one voice for it by a second person. A voice against
    must say why, so that the officer can propose better.

    Raises:
        Conflict: the person voted already, or the day of the written procedure has passed.
        PermissionDenied: the person may not vote on this proposal.
        ValidationError: a voice against without reasons, or a dissent that the rules do not have.
    """
    with locked(decision.case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        decision = open_proposal(row, decision)
        if decision.votes.filter(member=by).exists():
            raise Conflict(_("You voted on this proposal already."))
        if is_closed(decision):
            raise Conflict(_("The day until which ballots were asked for has passed."))
        require(may_vote(decision, by))
        if ballot == Ballot.AGAINST and not explanation.strip():
            raise ValidationError(_("Say why you vote against it."))
        in_place_of = None
        if decision.decided_by_rule == "vote":
            mine = next((item for item in holders(decision) if item.person.pk == by.pk), None)
            require(mine is not None)
            in_place_of = mine.in_place_of if mine else None
        vote = Vote(
            decision=decision,
            member=by,
            in_place_of=in_place_of,
            ballot=Ballot(ballot),
            explanation=explanation.strip(),
        )
        if dissent.strip():
            _check_dissent(vote, dissent_is_public)
            vote.dissent, vote.dissent_is_public = dissent.strip(), dissent_is_public
        vote.save(force_insert=True)
        record_event(row, EventKind.VOTE_CAST, by=by, decision=decision.pk)
        if vote.dissent:
            record_event(row, EventKind.DISSENT_RECORDED, by=by, decision=decision.pk)
        _settle(row, decision, _result(decision), by=by)
    return decision


def open_proposal(case: Case, decision: Decision) -> Decision:
    """Return the proposal as it is now.

    Raises:
        Conflict: it was settled already.
    """
    decision = Decision.objects.get(pk=decision.pk)
    decision.case = case
    if decision.state != DecisionState.OPEN:
        raise Conflict(_("This proposal was settled already."))
    return decision


def _check_dissent(vote: Vote, is_public: bool) -> None:
    kept = rule_of(vote.decision).dissent
    if kept == "none" or vote.ballot == Ballot.FOR:
        raise ValidationError(_("A dissenting opinion goes with a vote that is not for it."))
    if is_public and kept != "published":
        raise ValidationError(_("The rules of this case do not publish dissenting opinions."))


def may_dissent(decision: Decision, user: User) -> bool:
    """Tell whether the person may write (or change) a dissenting opinion now: who did not vote for
    what was adopted, as long as nothing final is published."""
    return (
        decision.state == DecisionState.ADOPTED
        and rule_of(decision).dissent != "none"
        and decision.case.state not in (State.CLOSED, State.FOLLOW_UP)
        and permissions.may_decide(decision.case, user)
        and any(row.member_id == user.pk and row.ballot != Ballot.FOR for row in counted(decision))
    )


def record_dissent(
    decision: Decision, *, by: User, text: str, is_public: bool, version: int | None = None
) -> Vote:
    """Write down why a member disagrees with what was adopted; they choose whether it is published.

    Raises:
        PermissionDenied: the person voted for it, or not at all.
        ValidationError: the text is empty, or the rules do not publish dissent.
    """
    if not text.strip():
        raise ValidationError(_("Write your opinion."))
    with locked(decision.case, version=version, by=by) as row:
        decision = Decision.objects.get(pk=decision.pk)
        decision.case = row
        require(may_dissent(decision, by))
        vote = decision.votes.get(member=by)
        vote.decision = decision
        _check_dissent(vote, is_public)
        vote.dissent, vote.dissent_is_public = text.strip(), is_public
        vote.save()
        record_event(row, EventKind.DISSENT_RECORDED, by=by, decision=decision.pk)
    return vote


def may_count(decision: Decision, user: User) -> bool:
    """Tell whether the person may end the vote now: an officer, the quorum is there and, in a
    written procedure, the day has passed."""
    return (
        decision.state == DecisionState.OPEN
        and decision.decided_by_rule == "vote"
        and permissions.may_run_procedure(decision.case, user)
        and len(counted(decision)) >= decision.quorum
        and (decision.closes_on is None or is_closed(decision))
    )


def count_votes(decision: Decision, *, by: User, version: int | None = None) -> Decision:
    """End a vote in which not everybody voted: the ballots that were cast decide.

    Raises:
        Incomplete: the quorum is not there, or the day of the written procedure has not passed.
        Conflict: the proposal was settled already.
    """
    with locked(decision.case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        require(permissions.may_run_procedure(row, by))
        decision = open_proposal(row, decision)
        if decision.closes_on is not None and not is_closed(decision):
            raise Incomplete(_("Ballots may still come until the day that the members were told."))
        if not may_count(decision, by):
            raise Incomplete(_("Too few members have voted."))
        carried = _is_carried(decision)
        record_event(row, EventKind.VOTES_COUNTED, by=by, decision=decision.pk, carried=carried)
        _settle(row, decision, carried, by=by)
    return decision


def _tally(decision: Decision) -> tuple[int, int, str]:
    """Return the votes for, the votes against, and the chair's ballot ("" where there is none)."""
    votes = list(decision.votes.filter(set_aside_at=None))
    ballots = [vote.ballot for vote in votes]
    chair = Seat.objects.current().filter(function=SeatFunction.CHAIR).first()
    of_chair = next(
        (vote.ballot for vote in votes if chair and vote.member_id == chair.user_id), ""
    )
    return ballots.count(Ballot.FOR), ballots.count(Ballot.AGAINST), of_chair


def _is_carried(decision: Decision) -> bool:
    votes_for, votes_against, chair = _tally(decision)
    return rule_of(decision).is_carried(
        votes_for=votes_for, votes_against=votes_against, members=_members(decision), chair=chair
    )


def _members(decision: Decision) -> int:
    """Return how many voices there are: those who voted, and those who still may."""
    voted = set(decision.votes.filter(set_aside_at=None).values_list("member_id", flat=True))
    return len(voted | {holder.person.pk for holder in holders(decision)})


def _result(decision: Decision) -> bool | None:
    """Return True (adopted), False (rejected) or None (not settled yet)."""
    votes_for, against, chair = _tally(decision)
    if decision.decided_by_rule == "two":
        return True if votes_for else (False if against else None)
    ballots = set(decision.votes.filter(set_aside_at=None).values_list("member_id", flat=True))
    if len(ballots) < decision.quorum:
        return None
    open_ballots = [item.person.pk for item in holders(decision) if item.person.pk not in ballots]
    left, members = len(open_ballots), len(ballots) + len(open_ballots)
    seat = Seat.objects.current().filter(function=SeatFunction.CHAIR).first()
    chair_is_left = seat is not None and seat.user_id in open_ballots
    rule = rule_of(decision)
    outcomes = {
        rule.is_carried(
            votes_for=votes_for + more_for,
            votes_against=against + more_against,
            members=members,
            chair=(voice if chair_is_left else chair),
        )
        for more_for, more_against, voice in ((left, 0, "for"), (0, left, "against"), (0, 0, ""))
    }
    return outcomes.pop() if len(outcomes) == 1 else None


def _settle(case: Case, decision: Decision, carried: bool | None, *, by: User) -> None:
    if carried is None:
        return
    votes_for, against, chair = _tally(decision)
    if rule_of(decision).is_decided_by_chair(
        votes_for=votes_for, votes_against=against, chair=chair
    ):
        seat = Seat.objects.current().filter(function=SeatFunction.CHAIR).first()
        decision.casting_vote_by_id = seat.user_id if seat else None
    if carried:
        adopt(case, decision, by=by)
        return
    decision.state, decision.settled_at = DecisionState.REJECTED, timezone.now()
    decision.save()
    record_event(case, EventKind.DECISION_REJECTED, by=by, decision=decision.pk)


def adopt(case: Case, decision: Decision, *, by: User) -> None:
    """Adopt a proposal in a locked case: the issues get their answer, and the case moves on."""
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
