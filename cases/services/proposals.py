"""What happens to a proposal besides the ballots: consensus, absences, more time, taking it
back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.roles import Role
from cases import permissions, rules
from cases.errors import Conflict, Incomplete
from cases.events import record_event
from cases.held import has
from cases.kinds import EventKind
from cases.models import Absence, Case, Decision
from cases.models.assessment import Ballot, DecisionState
from cases.models.meeting import MeetingState, Presence
from cases.services import deadlines, voting
from cases.services.acting import locked, require, require_state
from cases.workflow import State

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Meeting


def may_agree(decision: Decision, user: User, meeting: Meeting) -> bool:
    """Tell whether the person may put the consensus of a meeting on record: its chair, who was
    there, may vote on the proposal and did not write it."""
    return (
        decision.state == DecisionState.OPEN
        and decision.decided_by_rule == "vote"
        and voting.rule_of(decision).consensus
        and meeting.chair_id == user.pk
        and meeting.state in (MeetingState.PLANNED, MeetingState.HELD)
        and meeting.begins_at <= timezone.now()
        and not voting.wrote(decision, user)
        and permissions.may_decide(decision.case, user)
        and has(meeting, "items", decision_id=decision.pk)
        and has(meeting, "attendances", user_id=user.pk, presence=Presence.PRESENT)
    )


def adopt_by_consensus(
    decision: Decision, meeting: Meeting, *, by: User, version: int | None = None
) -> Decision:
    """Adopt what the members agreed on at a meeting, without a vote. The chair says so; whoever
    wrote the proposal does not.

    Raises:
        Incomplete: too few members were there who may decide, one of them has not declared on
            conflicts of interest, or somebody voted against it.
        PermissionDenied: the person does not chair the meeting, or the rules know no consensus.
    """
    with locked(decision.case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        decision = voting.open_proposal(row, decision)
        require(may_agree(decision, by, meeting))
        there = set(
            meeting.attendances.filter(presence=Presence.PRESENT).values_list("user_id", flat=True)
        )
        deciding = [item.person for item in voting.holders(decision) if item.person.pk in there]
        if len(deciding) < decision.quorum:
            raise Incomplete(_("Too few members who may decide were there."))
        if not all(permissions.has_declared_no_conflict(row, person) for person in deciding):
            raise Incomplete(_("Somebody who was there has not declared on conflicts of interest."))
        if decision.votes.filter(set_aside_at=None, ballot=Ballot.AGAINST).exists():
            raise Incomplete(_("Somebody voted against it: there is no consensus. Take the vote."))
        decision.by_consensus = True
        record_event(
            row,
            EventKind.VOTES_COUNTED,
            by=by,
            decision=decision.pk,
            carried=True,
            meeting=meeting.pk,
            present=[person.pk for person in deciding],
        )
        voting.adopt(row, decision, by=by)
    return decision


def record_absence(
    decision: Decision, *, member: User, by: User, version: int | None = None
) -> Absence:
    """Note that a member cannot vote on a proposal; their alternate may from now on.

    Raises:
        Conflict: the member voted already, or is noted as absent already.
    """
    with locked(decision.case, version=version, by=by) as row:
        decision = voting.open_proposal(row, decision)
        require(
            permissions.may_run_procedure(row, by)
            or (by == member and voting.may_vote(decision, by))
        )
        require(member.has_role(Role.DECISION_MAKER))
        if decision.votes.filter(Q(member=member) | Q(in_place_of=member)).exists():
            raise Conflict(_("This member's vote was cast already."))
        if decision.absences.filter(member=member, ended_at=None).exists():
            raise Conflict(_("This is on record already."))
        absence = Absence.objects.create(decision=decision, member=member, recorded_by=by)
        record_event(row, EventKind.ABSENCE_RECORDED, by=by, decision=decision.pk, member=member.pk)
    return absence


def end_absence(absence: Absence, *, by: User, version: int | None = None) -> None:
    """Note that a member can vote after all: an officer or the member says so.

    Raises:
        Conflict: the alternate voted already.
    """
    with locked(absence.decision.case, version=version, by=by) as row:
        decision = voting.open_proposal(row, absence.decision)
        require(permissions.may_run_procedure(row, by) or by.pk == absence.member_id)
        if decision.votes.filter(in_place_of=absence.member_id, set_aside_at=None).exists():
            raise Conflict(_("The alternate voted already."))
        decision.absences.filter(pk=absence.pk, ended_at=None).update(ended_at=timezone.now())
        record_event(
            row,
            EventKind.ABSENCE_RECORDED,
            by=by,
            decision=decision.pk,
            member=absence.member_id,
            ended=True,
        )


def check_closing_day(case: Case, closes_on: date | None) -> None:
    """Refuse a day for ballots that the rules do not have or that comes too early.

    Raises:
        ValidationError: says which day is the first that may be named.
    """
    if closes_on is None:
        return
    rule = rules.load(case.rule_set).decision
    if rule.by != "vote" or not rule.written:
        raise ValidationError(_("The rules of this case know no ballots in writing."))
    first = deadlines.calendar_for(case).add_working_days(deadlines.today(), rule.written_days)
    if closes_on < first:
        raise ValidationError(
            _("Give the members time: the first day that can be named is %(day)s.")
            % {"day": date_format(first, "j E Y")}
        )


def extend_ballots(
    decision: Decision, *, closes_on: date, by: User, version: int | None = None
) -> Decision:
    """Move the day until which ballots may come, never to an earlier one.

    Raises:
        ValidationError: the day does not lie later than the one before, or has passed.
    """
    with locked(decision.case, version=version, by=by) as row:
        require(permissions.may_run_procedure(row, by))
        decision = voting.open_proposal(row, decision)
        if decision.closes_on is None or closes_on <= decision.closes_on:
            raise ValidationError(_("Name a later day than before."))
        if closes_on <= deadlines.today():
            raise ValidationError(_("This day has passed."))
        decision.closes_on = closes_on
        decision.save(update_fields=["closes_on"])
        record_event(row, EventKind.BALLOTS_EXTENDED, by=by, decision=decision.pk, until=closes_on)
    return decision


def drop_proposal(decision: Decision, *, by: User, version: int | None = None) -> Decision:
    """Take an open proposal back, to propose better; the ballots stay on record and count no more.

    Raises:
        Conflict: the proposal was settled already.
    """
    with locked(decision.case, version=version, by=by) as row:
        require_state(row, State.INITIAL_ASSESSMENT)
        require(permissions.may_run_procedure(row, by))
        decision = voting.open_proposal(row, decision)
        decision.state, decision.settled_at = DecisionState.DROPPED, timezone.now()
        decision.save()
        record_event(row, EventKind.DECISION_DROPPED, by=by, decision=decision.pk)
    return decision
