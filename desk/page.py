"""The page of a case as its template reads it: plain values, no rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cases.countries import country_name
from cases.disclosure import Audience
from cases.held import has
from cases.kinds import EventKind
from cases.shown import DisclosedCase, DisclosedIssue, DisclosedParty

if TYPE_CHECKING:
    from cases.actions import Action
    from cases.models import Case, CaseDocument, Decision, Message, Party
    from desk.about import About

READERS = (Audience.NAMED_OFFICER, Audience.NCP)
"""Audiences of the NCP that read the whole record; a member who has not declared does not yet."""

HISTORY_SHOWN = 30
EVENTS_OPEN = 6
MESSAGES_SHOWN = 3
DOCUMENTS_SHOWN = 8
LONG = 500
"""How much of each stands open on the page; the rest is folded away or one link off."""


@dataclass(frozen=True)
class ReadParty:
    """A party with what may be told of it, and how to reach it where the person may know."""

    shown: DisclosedParty
    row: Party | None
    withheld_from: tuple[str, ...] = ()

    @property
    def country(self) -> str:
        return country_name(self.shown.country) if self.shown.country else ""


@dataclass(frozen=True)
class Answered:
    """One criterion of one issue."""

    title: str
    finding: str
    reasoning: str
    by: str


@dataclass(frozen=True)
class ReadIssue:
    shown: DisclosedIssue
    answers: tuple[Answered, ...]
    open_criteria: int

    @property
    def is_long(self) -> bool:
        """Tell whether its description is folded away."""
        return len(self.shown.description) > LONG


@dataclass(frozen=True)
class ReadDeadline:
    """A deadline with how it stands, why it is due then, and what was done about it."""

    id: int
    label: str
    owed_by: str
    due_on: date
    target_on: date
    standing: str
    tag: str
    explanation: str
    overdue_reason: str
    ended_on: date | None
    ended: str
    extensions: tuple[Any, ...]
    is_open: bool
    is_overdue: bool
    legal_basis: str


@dataclass(frozen=True)
class ReadRequest:
    """Something that was asked of a side, and how it stands."""

    row: Any
    due_on: date
    standing: str
    tag: str
    is_open: bool


@dataclass(frozen=True)
class ReadTimeRequest:
    row: Any
    label: str
    is_over: bool = False


@dataclass(frozen=True)
class ReadEvent:
    at: datetime
    label: str
    by: str
    detail: str


@dataclass(frozen=True)
class ReadSide:
    """The messages between one side and the NCP."""

    code: str
    label: str
    messages: list[Message]

    @property
    def recent(self) -> list[Message]:
        return self.messages[-MESSAGES_SHOWN:]

    @property
    def older(self) -> list[Message]:
        return self.messages[:-MESSAGES_SHOWN]

    @property
    def unread(self) -> int:
        """Return how many messages of this side nobody here has marked as read."""
        return sum(row.is_unread for row in self.messages)


@dataclass(frozen=True)
class ReadLink:
    """Another case that this one is tied to, as far as the person sees it."""

    label: str
    case: Case


@dataclass
class CasePage:
    """Everything on the page of a case for one person."""

    case: Case
    audience: Audience
    shown: DisclosedCase
    actions: list[Action]
    runs: bool
    deadlines: list[ReadDeadline] = field(default_factory=list)
    parties: list[ReadParty] = field(default_factory=list)
    issues: list[ReadIssue] = field(default_factory=list)
    documents: list[CaseDocument] = field(default_factory=list)
    sides: list[ReadSide] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    replies: list[Any] = field(default_factory=list)
    corrections: list[Any] = field(default_factory=list)
    declarations: list[Any] = field(default_factory=list)
    pauses: list[Any] = field(default_factory=list)
    proceedings: list[Any] = field(default_factory=list)
    links: list[ReadLink] = field(default_factory=list)
    about: About | None = None
    shows_risk: bool = False
    wanted: str = ""
    tried_before: str = ""
    has_submission: bool = False
    authorities: list[Any] = field(default_factory=list)
    letters: list[Any] = field(default_factory=list)
    requests: list[ReadRequest] = field(default_factory=list)
    time_requests: list[ReadTimeRequest] = field(default_factory=list)
    events: list[ReadEvent] = field(default_factory=list)
    events_left: int = 0

    @property
    def is_erased(self) -> bool:
        """Tell whether its content was erased: what stays is on the page of its erasure."""
        return has(self.case, "events", kind=EventKind.ERASED)

    @property
    def reads_all(self) -> bool:
        return self.audience in READERS

    @property
    def documents_open(self) -> list[CaseDocument]:
        """Return the newest documents."""
        return self.documents[::-1][:DOCUMENTS_SHOWN]

    @property
    def documents_folded(self) -> list[CaseDocument]:
        return self.documents[::-1][DOCUMENTS_SHOWN:]

    @property
    def open_deadlines(self) -> list[ReadDeadline]:
        return [item for item in self.deadlines if item.is_open]

    @property
    def ended_deadlines(self) -> list[ReadDeadline]:
        return [item for item in self.deadlines if not item.is_open]

    @property
    def events_open(self) -> list[ReadEvent]:
        return self.events[:EVENTS_OPEN]

    @property
    def events_folded(self) -> list[ReadEvent]:
        return self.events[EVENTS_OPEN:]

    @property
    def next_deadline(self) -> ReadDeadline | None:
        """Return what is due first."""
        return next((item for item in self.deadlines if item.is_open), None)

    @property
    def knows_identities(self) -> bool:
        return self.audience == Audience.NAMED_OFFICER

    @property
    def withholds(self) -> bool:
        """Tell whether somebody's name is kept from this person."""
        return any(item.shown.is_pseudonym for item in self.parties)
