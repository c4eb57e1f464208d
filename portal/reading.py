"""What a party reads on the page of its case: where it stands, what is asked, what may be done.

Everything comes from the projection for its side; `portal.actions` says what may be done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases.disclosure import Audience, disclosed, readable_events
from cases.models import Case, Message
from cases.models.party import Side
from cases.querysets import PARTY_ROLES
from cases.services import deadlines
from cases.shown import DisclosedCase, DisclosedDeadline
from cases.workflow import EARLY_OUTCOMES, State
from portal.actions import RULES, Facts, Rule, facts_of
from statements.models import Statement
from statements.public import record_id

if TYPE_CHECKING:
    from accounts.models import User

S = State
EXCERPT = 300
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
    """A step of the stage bar: `place` is done, broken_off, now or ahead."""

    label: str
    place: str


def stages(case: DisclosedCase) -> tuple[Stage, ...]:
    """Return the way of a case: what is over, where it stands, what comes as far as is known."""
    kinds = {event.kind for event in case.events}
    if case.state in (S.NOT_REGISTERED, S.WITHDRAWN):
        before = [Stage(str(S.RECEIVED.label), "done")]
        if "case.registered" in kinds:
            before.append(Stage(str(S.INITIAL_ASSESSMENT.label), "broken_off"))
        return (*before, Stage(case.state_label, "now"))
    state = S.FINAL_STATEMENT if case.state == S.HELD_FOR_REVIEW else State(case.state)
    way = list(STAGES)
    if state != S.EXAMINATION and "examination.begun" not in kinds:
        way.remove(S.EXAMINATION)
    past_assessment = state in (S.FINAL_STATEMENT, S.CLOSED, S.FOLLOW_UP)
    if past_assessment and "good_offices.offered" not in kinds:
        way.remove(S.MEDIATION)
    was_followed_up = "follow_up.begun" in kinds
    if state == S.FOLLOW_UP or was_followed_up:
        way.append(S.FOLLOW_UP)
    now = way.index(state)
    if was_followed_up and state == S.CLOSED:
        now = len(way)
    elif was_followed_up and state == S.FINAL_STATEMENT:
        now = way.index(S.FOLLOW_UP)  # it is the statement of the follow-up that is written
    broken_off = _broken_off(case) if now >= way.index(S.FINAL_STATEMENT) else None
    return tuple(
        Stage(
            case.state_label if place == now and item == state else str(item.label),
            "broken_off" if item == broken_off else _place(place, now),
        )
        for place, item in enumerate(way)
    )


def _place(number: int, now: int) -> str:
    return "done" if number < now else "now" if number == now else "ahead"


STANDS_IN = {
    "case.registered": S.INITIAL_ASSESSMENT,
    "good_offices.offered": S.MEDIATION,
    "good_offices.resumed": S.MEDIATION,
    "examination.begun": S.EXAMINATION,
}


def _broken_off(case: DisclosedCase) -> State | None:
    """Return the stage in which a case ended before its conclusion; it was never done."""
    if case.outcome not in EARLY_OUTCOMES:
        return None
    stood_in = broken_off = None
    for event in case.events:
        stood_in = STANDS_IN.get(event.kind, stood_in)
        if event.kind == "case.ended_early":
            broken_off = stood_in  # the last one counts: an earlier one was taken back
    return broken_off


def is_past(day: date) -> bool:
    return day < deadlines.today()


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
    actions: list[Rule]
    unread: int
    answers: list[Message]
    is_complainant: bool
    has_sent: bool = False
    record_id: UUID | None = None
    is_main: bool = False
    has_contact: bool = False

    @property
    def ended_undecided(self) -> bool:
        """Tell whether an issue without a decision gets none any more."""
        return self.case.outcome in EARLY_OUTCOMES or not self.case.is_open

    @property
    def follow_up_on(self) -> date | None:
        """Return the day on which the office will look again; none once it has begun to."""
        return self.case.follow_up_on if self.case.state == S.CLOSED else None

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
