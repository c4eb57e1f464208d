"""What a side may do in its case now: the facts that the rules ask about, and the rules.

The page of an action asks the same rule again that opened it on the page of the case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cases.disclosure import Audience, disclosed
from cases.errors import WrongState
from cases.held import has
from cases.models import Case, Message, Request, WriteUp
from cases.models.party import Side
from cases.models.serving import Serving, ServingState
from cases.services import recall, requests
from cases.services.acting import what_happened
from cases.services.ending import ENDS_EARLY_FROM
from cases.services.follow_up import WHILE
from cases.shown import DisclosedDeadline
from cases.workflow import OPEN_STATES, State
from mediation import room
from mediation.services.consents import NOTHING_ASKED, ConsentState, consent_state
from statements.models import CommentRound
from statements.services import hearing

if TYPE_CHECKING:
    from accounts.models import User

S = State
WITHDRAWABLE = frozenset({S.RECEIVED, S.INITIAL_ASSESSMENT, S.MEDIATION, S.EXAMINATION})


@dataclass(frozen=True)
class Facts:
    """What the rules of this page ask about, read once."""

    case: Case
    side: str
    has_answered: bool = False
    round: CommentRound | None = None
    consents: ConsentState = NOTHING_ASKED
    has_room: bool = False
    has_drafts: bool = False
    requests: tuple[Request, ...] = ()
    copies_to_check: int = 0
    must_delete: bool = False
    is_written_down: bool = False
    """What was told by voice waits for the teller to say that it was written down rightly."""

    @property
    def has_replied(self) -> bool:
        return has(self.case, "replies", side=self.side)

    @property
    def has_commented(self) -> bool:
        return self.round is not None and any(
            comment.side == self.side for comment in self.round.comments.all()
        )


def facts_of(case: Case, side: str, user: User) -> Facts:
    """Read what the rules ask about; asks for nothing that the state rules out."""
    in_mediation = case.state == S.MEDIATION
    was_offered = any(event.kind == "good_offices.offered" for event in case.events.all())
    return Facts(
        case,
        side,
        must_delete=_told(case, "recall.confirmed") and recall.asked_of(case, user) is not None,
        has_answered=case.state == S.INITIAL_ASSESSMENT
        and Message.objects.filter(case=case, is_response=True).exists(),
        round=hearing.open_round_for(case)
        if any(event.kind == "comments.opened" for event in case.events.all())
        else None,
        consents=consent_state(case) if in_mediation else NOTHING_ASKED,
        has_room=was_offered
        and (
            (in_mediation and room.open_room(case) is not None)
            or room.notes_visible_to(user, case).exists()
        ),
        has_drafts=any(event.kind == "comments.opened" for event in case.events.all()),
        requests=tuple(Request.objects.visible_to(user).filter(case=case, side=side).open())
        if any(event.kind == "request.made" for event in case.events.all())
        else (),
        copies_to_check=Serving.objects.filter(
            case_document__case=case, case_document__side=side, state=ServingState.WAITING
        ).count()
        if any(event.kind == "document.audience_decided" for event in case.events.all())
        else 0,
        is_written_down=_may_wait_for_a_teller(case, side)
        and WriteUp.objects.filter(case=case, confirmed_at=None).exists(),
    )


def _may_wait_for_a_teller(case: Case, side: str) -> bool:
    is_early = case.state in (S.RECEIVED, S.INITIAL_ASSESSMENT) and not case.is_served
    return side == Side.COMPLAINANT and is_early and not case.issues.all()


def _told(case: Case, *kinds: str) -> bool:
    return any(event.kind in kinds for event in case.events.all())


def _last(case: Case, *kinds: str) -> str:
    """Return which of these happened last, or ""."""
    told = [event.kind for event in case.events.all() if event.kind in kinds]
    return told[-1] if told else ""


@dataclass(frozen=True)
class Rule:
    """An action: its page, on which sides and in which states, and when besides."""

    name: str
    label: Any
    hint: Any = ""
    sides: frozenset[str] = frozenset(Side)
    states: frozenset[str] = frozenset(State)
    when: Callable[[Facts], bool] = lambda facts: True
    is_grave: bool = False


RULES = (
    Rule("message", _("Write to the office"), _("A question, news, a file.")),
    Rule(
        "add_document", _("Add evidence or another document"), states=OPEN_STATES,
        hint=_("You say whether the other side may see it."),
    ),
    Rule(
        "answer", _("Answer the complaint"), sides=frozenset({Side.RESPONDENT}),
        states=frozenset({S.INITIAL_ASSESSMENT}),
    ),
    Rule("good_offices", _("Say yes or no to good offices"), states=frozenset({S.MEDIATION})),
    Rule(
        "mediator", _("Agree to the mediator, or object"), states=frozenset({S.MEDIATION}),
        when=lambda facts: facts.consents.is_asked,
    ),
    Rule(
        "mediation", _("The mediation room"), _("What is said there stays there."),
        when=lambda facts: facts.has_room,
    ),
    Rule(
        "draft", _("The draft statement"), _("Read it, and your comments on it."),
        when=lambda facts: facts.has_drafts,
    ),
    Rule(
        "more_time", _("Ask for more time"), states=OPEN_STATES,
        when=lambda facts: bool(own_deadlines(facts.case, facts.side)),
    ),
    Rule(
        "deciders", _("Who decides in your case"),
        _("And what you can do if you doubt that somebody is impartial."),
    ),
    Rule(
        "reprisal", _("Report pressure or reprisals"),
        _("Only the officer of your case reads it."),
    ),
    Rule(
        "last_notice", _("Say that you want to go on"), sides=frozenset({Side.COMPLAINANT}),
        states=ENDS_EARLY_FROM,
        when=lambda facts: _last(facts.case, "lapse.warned", "lapse.answered") == "lapse.warned",
    ),
    Rule(
        "settlement", _("Say that you settled with the other side"), states=ENDS_EARLY_FROM,
        when=lambda facts: facts.case.is_served,
    ),
    Rule(
        "review", _("Ask for a review of the procedure"), states=frozenset({S.FINAL_STATEMENT}),
        when=lambda facts: _last(facts.case, "review.window_opened", "review.concluded")
        == "review.window_opened",
    ),
    Rule(
        "follow_up", _("Follow-up: what came of it"), states=frozenset(WHILE),
        when=lambda facts: _told(facts.case, "commitment.recorded"),
    ),
    Rule(
        "advice", _("Advice that the office received"),
        when=lambda facts: _told(facts.case, "consultation.shared"),
    ),
    Rule(
        "deletion", _("Delete what reached you by mistake"), when=lambda facts: facts.must_delete,
    ),
    Rule(
        "withdraw", _("Withdraw the complaint"), sides=frozenset({Side.COMPLAINANT}),
        states=WITHDRAWABLE, is_grave=True,
    ),
)  # fmt: skip
BY_NAME = {rule.name: rule for rule in RULES}


def own_deadlines(case: Case, side: str) -> list[DisclosedDeadline]:
    """Return the time frames that this side owes and for which it may ask more time."""
    rows = case.deadlines.all()
    mine = {row.pk for row in rows if requests.may_have_more_time(row, side)}
    return [item for item in disclosed(case, to=Audience(side)).deadlines if item.id in mine]


def require_open(name: str, facts: Facts) -> None:
    """Refuse an action that is not open to this side now.

    Raises:
        PermissionDenied: it is never open to this side.
        WrongState: it cannot be done as the case stands now.
    """
    rule = BY_NAME[name]
    if facts.side not in rule.sides:
        raise PermissionDenied
    if facts.case.state not in rule.states or not rule.when(facts):
        raise WrongState(what_happened(facts.case))
