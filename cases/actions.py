"""What a person may do with a case now: the same predicates that the services check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from cases import permissions
from cases.conditions import (
    has_open_proposal,
    has_unconfirmed_counsel,
    is_past_its_day,
    is_review_asked,
    is_review_open,
    is_with_a_mediator,
    may_be_settled,
    may_end_otherwise,
    may_lapse,
    never_happened,
    recalls_that_wait,
    still_asks_in_writing,
)
from cases.errors import WrongState
from cases.held import has, matching
from cases.kinds import EventKind
from cases.models.assessment import DecisionState
from cases.models.party import Side
from cases.obstacles import in_the_way
from cases.services import correction, review
from cases.services.acting import what_happened
from cases.services.assessment import unanswered
from cases.services.ending import ENDS_EARLY_FROM
from cases.services.voting import may_count, may_dissent, may_vote, wrote
from cases.workflow import OPEN_STATES, State

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case


@dataclass(frozen=True)
class Action:
    """Something that this person may do now. `name` is also the last part of its address."""

    name: str
    label: Any
    hint: Any = ""
    is_next: bool = False
    is_grave: bool = False


@dataclass(frozen=True)
class _Rule:
    name: str
    label: Any
    states: frozenset[str]
    may: Callable[[Case, User], bool]
    when: Callable[[Case], bool] = lambda case: True
    hint: Any = ""
    is_next: bool = False
    is_grave: bool = False


def _may_stand_in(case: Case, user: User) -> bool:
    return RUN(case, user) and not permissions.may_see_identity(case, user)


def _may_pass_on(case: Case, user: User) -> bool:
    return RUN(case, user) and permissions.may_see_identity(case, user)


RUN = permissions.may_run_procedure
S = State

_RULES = (
    _Rule(
        "acknowledge", _("Confirm receipt"), frozenset({S.RECEIVED}), RUN,
        never_happened(EventKind.ACKNOWLEDGED), is_next=True,
        hint=_("Tells the complainant that the submission arrived and who reads it."),
    ),
    _Rule(
        "register", _("Register and begin the initial assessment"), frozenset({S.RECEIVED}), RUN,
        is_next=True, hint=_("Gives the reference number. You will be the officer of the case."),
    ),
    _Rule(
        "decline-registration", _("Do not register"), frozenset({S.RECEIVED}), RUN, is_grave=True,
        hint=_("For an enquiry, a duplicate, spam, a wrong address or what stayed incomplete."),
    ),
    _Rule(
        "notify", _("Tell the enterprise"), frozenset({S.INITIAL_ASSESSMENT}), RUN,
        lambda case: not case.is_served, is_next=True,
        hint=_("From then on the case ends with a published statement."),
    ),
    _Rule(
        "record-answer", _("Record the enterprise's answer"), frozenset({S.INITIAL_ASSESSMENT}),
        RUN, lambda case: case.is_served,
        hint=_("Where it came on paper or by e-mail. Both sides read it."),
    ),
    _Rule(
        "assess", _("Answer the criteria"), frozenset({S.INITIAL_ASSESSMENT}), RUN,
        lambda case: not has_open_proposal(case), is_next=True,
        hint=_("One page for each issue, each answer with its reasons."),
    ),
    _Rule(
        "draft", _("Write the draft decision"), frozenset({S.INITIAL_ASSESSMENT}), RUN,
        lambda case: not has_open_proposal(case),
        hint=_("Several people can write on it. Nobody reads it outside the office."),
    ),
    _Rule(
        "propose", _("Propose the decision"), frozenset({S.INITIAL_ASSESSMENT}), RUN,
        lambda case: case.is_served and not has_open_proposal(case) and not unanswered(case),
        is_next=True, hint=_("Accept or decline each issue; the members decide."),
    ),
    _Rule(
        "absence", _("A member cannot vote"), frozenset({S.INITIAL_ASSESSMENT}), RUN,
        lambda case: has_open_proposal(case, "vote"),
        hint=_("Absent or ill: the named alternate may vote instead."),
    ),
    _Rule(
        "extend-ballots", _("Give more time for the ballots"), frozenset({S.INITIAL_ASSESSMENT}),
        RUN, still_asks_in_writing,
    ),
    _Rule(
        "extend-ballots", _("Give more time for the ballots"), frozenset({S.INITIAL_ASSESSMENT}),
        RUN, is_past_its_day, is_next=True,
        hint=_("The day has passed and too few have voted. Or take the proposal back."),
    ),
    _Rule(
        "take-back-proposal", _("Take the proposal back"), frozenset({S.INITIAL_ASSESSMENT}), RUN,
        has_open_proposal, is_grave=True, hint=_("To propose better. The ballots count no more."),
    ),
    _Rule(
        "record-reply", _("Record a reply to the offer"), frozenset({S.MEDIATION}), RUN,
        lambda case: len(matching(case, "replies")) < len(Side),
        hint=_("Where a side answered on paper or by telephone."),
    ),
    _Rule(
        "refer", _("Refer to a mediation body"), frozenset({S.MEDIATION}), RUN,
        lambda case: not is_with_a_mediator(case), is_next=True,
        hint=_("The body sees the disclosed names, accepts or declines, and appoints a mediator."),
    ),
    _Rule(
        "conclude", _("Conclude the good offices"), frozenset({S.MEDIATION}), RUN, is_next=True,
        hint=_("Agreement, part agreement, none, or refused by a side."),
    ),
    _Rule("resume", _("Return to good offices"), frozenset({S.EXAMINATION}), RUN),
    _Rule(
        "conclude-examination", _("Conclude the examination"), frozenset({S.EXAMINATION}), RUN,
        is_next=True,
    ),
    _Rule(
        "statement", _("Write the statement"), frozenset({S.FINAL_STATEMENT}), RUN, is_next=True,
        hint=_("Draft, comments of both sides, sign-off, publication."),
    ),
    _Rule(
        "hold-for-review", _("Hold for procedural review"), frozenset({S.FINAL_STATEMENT}), RUN,
        is_review_asked, is_next=True,
        hint=_("A side asked for it. The statement is held back meanwhile."),
    ),
    _Rule(
        "record-review", _("Record a request for review"), frozenset({S.FINAL_STATEMENT}), RUN,
        is_review_open, hint=_("Where a side asked on paper, within its time."),
    ),
    _Rule(
        "conclude-review", _("Decide on the review"), frozenset({S.HELD_FOR_REVIEW}),
        review.may_review, is_next=True,
        hint=_("For members who did not decide in this case before."),
    ),
    _Rule(
        "begin-follow-up", _("Begin the follow-up"), frozenset({S.CLOSED}), RUN,
        lambda case: not case.is_over_for_good, is_next=True,
    ),
    _Rule(
        "begin-follow-up", _("Begin the follow-up"), frozenset({S.CLOSED}), RUN,
        lambda case: case.is_over_for_good, hint=_("No follow-up is planned so far."),
    ),
    _Rule(
        "conclude-follow-up", _("Conclude the follow-up"), frozenset({S.FOLLOW_UP}), RUN,
        is_next=True,
    ),
    _Rule("message", _("Write to a party"), frozenset(State), RUN),
    _Rule(
        "request", _("Ask a side for something, by a day"), OPEN_STATES, RUN,
        hint=_("One side, or both in the same second with the same time."),
    ),
    _Rule(
        "stand-in", _("Stand in for the officer"), frozenset(State), _may_stand_in,
        lambda case: case.officer_id is not None,
        hint=_("You may then read withheld names and reports of pressure. It goes on record."),
    ),
    _Rule(
        "confirm-counsel", _("Confirm counsel of a side"), OPEN_STATES,
        lambda case, user: RUN(case, user) and permissions.may_see_identity(case, user),
        has_unconfirmed_counsel,
        hint=_("A side named a lawyer. Before that, nothing for counsel only is shown to them."),
    ),
    _Rule("add-document", _("Add a document"), OPEN_STATES, RUN),
    _Rule("assign", _("Name another officer"), OPEN_STATES, RUN),
    _Rule(
        "sector", _("Name the sector"), frozenset(State), RUN,
        hint=_("By it the case is found in the list and counted in reports."),
    ),
    _Rule(
        "pause", _("Pause the clock"), OPEN_STATES, RUN,
        lambda case: not has(case, "pauses", until=None),
    ),
    _Rule(
        "run-clock", _("Let the clock run again"), OPEN_STATES, RUN,
        lambda case: has(case, "pauses", until=None),
    ),
    _Rule(
        "end-early", _("End early"),
        ENDS_EARLY_FROM, RUN, may_end_otherwise, is_grave=True,
        hint=_("Lapsed, settled outside, the enterprise gone. A statement follows."),
    ),
    _Rule(
        "end-early", _("See to the last notice"), ENDS_EARLY_FROM, RUN, may_lapse, is_next=True,
        hint=_("Record an answer, or end the case once its last day has passed."),
    ),
    _Rule(
        "end-early", _("See to the settlement"), ENDS_EARLY_FROM, RUN, may_be_settled,
        is_next=True, hint=_("Once both sides confirm it, the case can be ended."),
    ),
    _Rule(
        "withdraw", _("Record a withdrawal"),
        frozenset({S.RECEIVED, S.INITIAL_ASSESSMENT, S.MEDIATION, S.EXAMINATION}), RUN,
        is_grave=True,
    ),
    _Rule(
        "coordinate", _("Coordinate with other NCPs"), OPEN_STATES, RUN,
        hint=_("Which NCP leads, which support; the parties are told."),
    ),
    _Rule(
        "split", _("Split by enterprise"), OPEN_STATES, RUN,
        is_grave=True, hint=_("Some enterprises go on as a case of their own."),
    ),
    _Rule("join", _("Handle together with another case"), OPEN_STATES, RUN),
    _Rule("link", _("Tie to a related case"), frozenset(State), RUN),
    _Rule(
        "transfer", _("Pass on to another NCP"), OPEN_STATES, _may_pass_on, is_grave=True,
        hint=_("A signed package with what may be given; you look at it first."),
    ),
    _Rule(
        "take-back", _("Take the last step back"), frozenset(State), RUN,
        lambda case: correction.state_before(case) is not None
        and not has(case, "corrections", settled_at=None),
        is_grave=True, hint=_("A second person confirms; nothing is deleted."),
    ),
)  # fmt: skip


def available_actions(case: Case, user: User) -> list[Action]:
    """Return exactly what this person may do with this case now, the next steps first."""
    if has(case, "events", kind=EventKind.ERASED):
        return []  # its content is gone: nothing is left to act on
    actions: list[Action] = []
    runs = RUN(case, user)
    for rule in _RULES:
        if case.state not in rule.states:
            continue
        allowed = runs if rule.may is RUN else rule.may(case, user)
        if allowed and rule.when(case):
            actions.append(Action(rule.name, rule.label, rule.hint, rule.is_next, rule.is_grave))
    actions += _of_members(case, user)
    return sorted(actions, key=lambda action: (not action.is_next, action.is_grave))


def _of_members(case: Case, user: User) -> list[Action]:
    actions = []
    if user.has_role(Role.DECISION_MAKER, Role.OFFICER) and case.state in OPEN_STATES:
        declared = permissions.has_declared_no_conflict(case, user)
        actions.append(
            Action(
                "declare",
                _("Declare on conflicts of interest"),
                "" if declared else _("Needed before you decide in this case."),
                is_next=user.has_role(Role.DECISION_MAKER) and not declared,
            )
        )
    for proposal in matching(case, "decisions", state=DecisionState.OPEN):
        proposal.case = case
        if may_vote(proposal, user):
            actions.append(
                Action("vote", _("Vote on the proposal"), _("With reasons, once."), is_next=True)
            )
        if may_count(proposal, user):
            actions.append(
                Action(
                    "count-votes",
                    _("Count the votes"),
                    _("The quorum is there. Whoever has not voted yet can vote no more."),
                    is_grave=True,
                )
            )
    for adopted in matching(case, "decisions", state=DecisionState.ADOPTED):
        adopted.case = case
        if may_dissent(adopted, user):
            label = _("Write a dissenting opinion")
            actions.append(Action("dissent", label, _("You choose whether it is published.")))
    decides = RUN(case, user) or permissions.may_decide(case, user)
    if decides and any(event.by_id != user.pk for event in recalls_that_wait(case)):
        hint = _("Material reached the wrong side. A second person says whether it did.")
        actions.append(Action("recalls", _("Confirm or reject a recall"), hint, is_next=True))
    for pending in matching(case, "corrections", settled_at=None):
        pending.case = case
        if correction.may_settle(pending, user):
            actions.append(
                Action("settle-correction", _("Confirm or reject the correction"), is_next=True)
            )
    return actions


def require_open(case: Case, user: User, name: str) -> Action:
    """Return an action that is open to the person now.

    Raises:
        PermissionDenied: the person may not do this, whatever the state of the case.
        WrongState: it cannot be done as the case stands now.
    """
    for action in available_actions(case, user):
        if action.name == name:
            return action
    if not _may_at_all(case, user, name):
        raise PermissionDenied
    raise WrongState(in_the_way(case, user, name) or what_happened(case, reader=user))


def _may_at_all(case: Case, user: User, name: str) -> bool:
    if name == "declare":
        return user.has_role(Role.DECISION_MAKER, Role.OFFICER)
    if name == "vote":
        proposals = matching(case, "decisions", state=DecisionState.OPEN)
        decides = permissions.may_decide(case, user) or (
            RUN(case, user) and any(row.decided_by_rule == "two" for row in proposals)
        )
        return decides and not any(wrote(row, user) for row in proposals)
    if name == "dissent":
        return permissions.may_decide(case, user)
    if name == "count-votes":
        return RUN(case, user)
    if name == "settle-correction":
        mine = matching(case, "corrections", settled_at=None, proposed_by_id=user.pk)
        decides = RUN(case, user) or permissions.may_decide(case, user)
        return decides and not mine
    return any(rule.may(case, user) for rule in _RULES if rule.name == name)


def may(case: Case, user: User, name: str) -> bool:
    """Tell whether an action of this name is open to the person now."""
    return any(action.name == name for action in available_actions(case, user))
