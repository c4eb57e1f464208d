"""What a party reads on the page of its case: where it stands, what is asked, what may be done.

Everything comes from the projection for its side; the rules that open an action are those that
its page checks again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from cases.disclosure import (
    Audience,
    DisclosedCase,
    DisclosedDeadline,
    disclosed,
    readable_events,
)
from cases.errors import WrongState
from cases.held import has
from cases.models import Case, Message, Request, WriteUp
from cases.models.party import Side
from cases.models.serving import Serving, ServingState
from cases.querysets import PARTY_ROLES
from cases.services import deadlines, recall, requests
from cases.services.acting import what_happened
from cases.services.ending import ENDS_EARLY_FROM
from cases.services.follow_up import WHILE
from cases.workflow import OPEN_STATES, State
from mediation import room
from mediation.services.consents import NOTHING_ASKED, ConsentState, consent_state
from statements.models import CommentRound, Statement
from statements.public import record_id
from statements.services import hearing

if TYPE_CHECKING:
    from accounts.models import User

S = State
EXCERPT = 300
WITHDRAWABLE = frozenset({S.RECEIVED, S.INITIAL_ASSESSMENT, S.MEDIATION, S.EXAMINATION})
STAGES = (S.RECEIVED, S.INITIAL_ASSESSMENT, S.MEDIATION, S.EXAMINATION, S.FINAL_STATEMENT, S.CLOSED)


@dataclass(frozen=True)
class CaseReference:
    """What every page may know of its case: templates never get the row itself."""

    pk: UUID
    language: str
    is_served: bool


def reference_to(case: Case) -> CaseReference:
    return CaseReference(case.pk, case.language, case.is_served)


def version_for(case: Case, side: str) -> int:
    """Return a version of the case that moves only with what this side reads in its history.

    The row's own version would count what the other side does unseen, a report of pressure too.
    """
    return len(readable_events(case, Audience(side)))


@dataclass(frozen=True)
class Brief:
    """One of several cases in a list: its number, its enterprises, where it stands."""

    pk: UUID
    reference: str
    name: str
    state_label: str


def brief(case: Case) -> Brief:
    return Brief(case.pk, case.reference or "", case.title, str(State(case.state).label))


@dataclass(frozen=True)
class Stage:
    """A step of the stage bar: `place` is done, now or ahead."""

    label: str
    place: str


def stages(case: DisclosedCase) -> tuple[Stage, ...]:
    """Return the way of a case: what is over, where it stands, what comes as far as is known."""
    if case.state in (S.NOT_REGISTERED, S.WITHDRAWN):
        return (Stage(str(S.RECEIVED.label), "done"), Stage(case.state_label, "now"))
    state = S.FINAL_STATEMENT if case.state == S.HELD_FOR_REVIEW else State(case.state)
    way = list(STAGES)
    kinds = {event.kind for event in case.events}
    if state != S.EXAMINATION and "examination.begun" not in kinds:
        way.remove(S.EXAMINATION)
    past_assessment = state in (S.FINAL_STATEMENT, S.CLOSED, S.FOLLOW_UP)
    if past_assessment and "good_offices.offered" not in kinds:
        way.remove(S.MEDIATION)
    if state == S.FOLLOW_UP or "follow_up.begun" in kinds:
        way.append(S.FOLLOW_UP)
        if state == S.CLOSED:
            return tuple(Stage(str(item.label), "done") for item in way)
    now = way.index(state)
    return tuple(
        Stage(
            case.state_label if place == now else str(item.label),
            "done" if place < now else "now" if place == now else "ahead",
        )
        for place, item in enumerate(way)
    )


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
class _Rule:
    """An action: its page, on which sides and in which states, and when besides."""

    name: str
    label: Any
    hint: Any = ""
    sides: frozenset[str] = frozenset(Side)
    states: frozenset[str] = frozenset(State)
    when: Callable[[Facts], bool] = lambda facts: True
    is_grave: bool = False


RULES = (
    _Rule("message", _("Write to the office"), _("A question, news, a file.")),
    _Rule(
        "add_document", _("Add evidence or another document"), states=OPEN_STATES,
        hint=_("You say whether the other side may see it."),
    ),
    _Rule(
        "answer", _("Answer the complaint"), sides=frozenset({Side.RESPONDENT}),
        states=frozenset({S.INITIAL_ASSESSMENT}),
    ),
    _Rule("good_offices", _("Say yes or no to good offices"), states=frozenset({S.MEDIATION})),
    _Rule(
        "mediator", _("Agree to the mediator, or object"), states=frozenset({S.MEDIATION}),
        when=lambda facts: facts.consents.is_asked,
    ),
    _Rule(
        "mediation", _("The mediation room"), _("What is said there stays there."),
        when=lambda facts: facts.has_room,
    ),
    _Rule(
        "draft", _("The draft statement"), _("Read it, and your comments on it."),
        when=lambda facts: facts.has_drafts,
    ),
    _Rule(
        "more_time", _("Ask for more time"), states=OPEN_STATES,
        when=lambda facts: bool(own_deadlines(facts.case, facts.side)),
    ),
    _Rule(
        "deciders", _("Who decides in your case"),
        _("And what you can do if you doubt that somebody is impartial."),
    ),
    _Rule(
        "reprisal", _("Report pressure or reprisals"),
        _("Only the officer of your case reads it."),
    ),
    _Rule(
        "last_notice", _("Say that you want to go on"), sides=frozenset({Side.COMPLAINANT}),
        states=ENDS_EARLY_FROM,
        when=lambda facts: _last(facts.case, "lapse.warned", "lapse.answered") == "lapse.warned",
    ),
    _Rule(
        "settlement", _("Say that you settled with the other side"), states=ENDS_EARLY_FROM,
        when=lambda facts: facts.case.is_served,
    ),
    _Rule(
        "review", _("Ask for a review of the procedure"), states=frozenset({S.FINAL_STATEMENT}),
        when=lambda facts: _last(facts.case, "review.window_opened", "review.concluded")
        == "review.window_opened",
    ),
    _Rule(
        "follow_up", _("Follow-up: what came of it"), states=frozenset(WHILE),
        when=lambda facts: _told(facts.case, "commitment.recorded"),
    ),
    _Rule(
        "advice", _("Advice that the office received"),
        when=lambda facts: _told(facts.case, "consultation.shared"),
    ),
    _Rule(
        "deletion", _("Delete what reached you by mistake"), when=lambda facts: facts.must_delete,
    ),
    _Rule(
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


def is_past(day: date) -> bool:
    return day < deadlines.today()


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


@dataclass(frozen=True)
class Ask:
    """Something that is asked of the party now. `page` is the name of its page, of the portal
    unless it says of what."""

    page: str
    label: Any
    text: Any
    deadline: DisclosedDeadline | None = None
    item: UUID | None = None
    """What the page is about, where it is one of several."""

    @property
    def due_on(self) -> date | None:
        return self.deadline.due_on if self.deadline else None


def asks(facts: Facts, case: DisclosedCase, unread: int) -> list[Ask]:
    """Return what is asked of this side now, the most pressing first."""
    due = {item.kind: item for item in case.deadlines}
    found = [
        Ask(
            "request",
            _("The office asks you for something"),
            _excerpt(row.text),
            next((item for item in case.deadlines if item.id == row.deadline_id), None),
            row.pk,
        )
        for row in facts.requests
    ]
    if facts.is_written_down:
        found.append(
            Ask(
                "intake:confirm",
                _("Read what we wrote down, and say whether it is right"),
                _("We listened to your recording. Your case goes on once you confirm."),
            )
        )
    if facts.round is not None and not facts.has_commented:
        found.append(
            Ask(
                "draft",
                _("Comment on the draft statement"),
                _("Both sides read the same draft and have the same time."),
                due.get("comments"),
            )
        )
    is_heard = facts.side != Side.RESPONDENT or facts.has_answered
    if case.state == S.INITIAL_ASSESSMENT and not is_heard:
        found.append(
            Ask(
                "answer",
                _("Answer the complaint"),
                _("The office hears you before it decides on any issue."),
                due.get("response"),
            )
        )
    if case.state == S.MEDIATION and not facts.has_replied:
        found.append(
            Ask(
                "good_offices",
                _("Say yes or no to good offices"),
                _("The office offers its help to talk with the other side. Nobody is forced."),
                due.get("good_offices_reply"),
            )
        )
    if facts.consents.waits_for(facts.side):
        found.append(
            Ask("mediator", _("Agree to the mediator, or object"), _("A mediator is proposed."))
        )
    if facts.must_delete:
        found.append(
            Ask(
                "deletion",
                _("Delete what reached you by mistake"),
                _("The office made a mistake and asks you to delete what you may have kept."),
            )
        )
    if "last_notice" in due and facts.side == Side.COMPLAINANT:
        found.append(
            Ask(
                "last_notice",
                _("Say that you want to go on"),
                _("If the office hears nothing by this day, the procedure ends."),
                due["last_notice"],
            )
        )
    if "settlement_reply" in due:
        found.append(
            Ask(
                "settlement",
                _("Say whether the matter is settled"),
                _("The other side, or the office, says that you settled."),
                due["settlement_reply"],
            )
        )
    if "follow_up_reports" in due:
        found.append(
            Ask(
                "follow_up",
                _("Report what came of it"),
                _("The office asks both sides, for the same time."),
                due["follow_up_reports"],
            )
        )
    if facts.copies_to_check:
        found.append(
            Ask(
                "documents",
                _("Look at the copy that will be shown"),
                _("The office wants to show a document of your side to others. You see it first."),
            )
        )
    if unread:
        found.append(
            Ask("message", _("Read the new message from the office"), _("It may need an answer."))
        )
    return sorted(found, key=lambda item: item.due_on or date.max)


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True)
class CasePage:
    """Everything on the page of a case."""

    case: DisclosedCase
    side: str
    stages: tuple[Stage, ...]
    asks: list[Ask]
    actions: list[_Rule]
    unread: int
    answers: list[Message]
    is_complainant: bool
    has_sent: bool = False
    record_id: UUID | None = None
    is_main: bool = False
    has_contact: bool = False

    @property
    def my_deadlines(self) -> list[DisclosedDeadline]:
        return [item for item in self.case.deadlines if item != self.case.next_deadline]


def read(case: Case, to: Audience, user: User) -> CasePage:
    """Read the page of a case for one side."""
    shown = disclosed(case, to=to)
    facts = facts_of(case, to, user)
    messages = list(
        Message.objects.visible_to(user)
        .filter(case=case)
        .exclude(sent_by=user)
        .filter(read_at=None, sender="ncp")
        .values_list("pk", flat=True)[:100]
    )
    answers = []
    if any(event.kind == "respondent.responded" for event in shown.events):
        answers = list(Message.objects.visible_to(user).filter(case=case, is_response=True))
    asked = asks(facts, shown, len(messages))
    return CasePage(
        case=shown,
        side=to,
        stages=stages(shown),
        asks=asked,
        actions=[
            rule
            for rule in RULES
            if to in rule.sides and case.state in rule.states and rule.when(facts)
        ],
        unread=len(messages),
        answers=answers,
        is_complainant=to == Audience.COMPLAINANT,
        has_sent=to == Audience.COMPLAINANT and _was_filed_here(case, shown),
        is_main=(is_main := _is_main(case, user)),
        has_contact=is_main or _acts(case, user),
        record_id=record_id(case) if _was_published(shown) else None,
    )


def _was_filed_here(case: Case, shown: DisclosedCase) -> bool:
    """Tell whether a submission lies behind the case: none does where it was loaded from an older
    register or made from a part of another case."""
    return not case.source_key and all(event.kind != "case.split_off" for event in shown.events)


def _is_main(case: Case, user: User) -> bool:
    return any(row.user_id == user.pk and not row.added_by_id for row in _party_rows(case))


def _acts(case: Case, user: User) -> bool:
    rows = _party_rows(case)
    return any(row.user_id == user.pk and row.role == "representative" for row in rows)


def _party_rows(case: Case) -> list[Any]:
    return [row for row in case.participations.all() if row.role in PARTY_ROLES]


def _was_published(case: DisclosedCase) -> bool:
    return any(event.kind in ("statement.published", "update.published") for event in case.events)


def drafts_of(case: Case, user: User) -> list[Statement]:
    """Return the statements of which a draft was sent to the parties, the newest first."""
    return list(
        Statement.objects.visible_to(user)
        .filter(case=case, set_aside_at=None)
        .order_by("-begun_at")
    )
