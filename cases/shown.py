"""What an audience is shown of a case, as plain values: `cases.disclosure` makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases.models.party import Side

REPRESENTED_BY = {
    Side.COMPLAINANT: _("The complainant is represented by"),
    Side.RESPONDENT: _("The enterprise is represented by"),
}


@dataclass(frozen=True)
class DisclosedParty:
    id: UUID
    side: str
    side_label: str
    kind: str
    kind_label: str
    name: str
    is_pseudonym: bool
    country: str = ""
    role_label: str = ""
    native_name: str = ""


@dataclass(frozen=True)
class DisclosedRepresentative:
    side: str
    side_label: str
    name: str
    kind_label: str
    principals: int

    @property
    def role_label(self) -> str:
        """Return for which side they act: both sides may have somebody."""
        return str(REPRESENTED_BY[Side(self.side)])


@dataclass(frozen=True)
class DisclosedIssue:
    id: UUID
    number: int
    title: str
    description: str
    place: str
    started: str
    ended: str
    is_ongoing: bool
    is_approximate: bool
    kept: tuple[str, ...]
    """What is kept from whom, in words; for the side that keeps it and the office."""
    provisions: tuple[str, ...]
    editions: tuple[str, ...]
    accepted: bool | None
    outcome: str
    outcome_label: str
    reasons: str


@dataclass(frozen=True)
class DisclosedEvent:
    at: datetime
    label: str
    kind: str


@dataclass(frozen=True)
class DisclosedDeadline:
    kind: str
    label: str
    due_on: date
    owed_by: str
    standing: str
    standing_label: str
    explanation: str
    overdue_reason: str
    id: int = 0


@dataclass(frozen=True)
class DisclosedCase:
    """One audience's view of a case."""

    id: UUID
    name: str
    receipt_id: str
    reference: str
    state: str
    state_label: str
    next_step: str
    outcome: str
    outcome_label: str
    is_open: bool
    is_paused: bool
    received_at: datetime
    rule_set_label: str
    to: str
    parties: tuple[DisclosedParty, ...] = ()
    representatives: tuple[DisclosedRepresentative, ...] = ()
    issues: tuple[DisclosedIssue, ...] = ()
    events: tuple[DisclosedEvent, ...] = ()
    deadlines: tuple[DisclosedDeadline, ...] = ()
    follow_up_on: date | None = None
    not_registered_label: str = ""
    replies: dict[str, bool] = field(default_factory=dict)

    @property
    def complainants(self) -> tuple[DisclosedParty, ...]:
        return tuple(party for party in self.parties if party.side == Side.COMPLAINANT)

    @property
    def respondents(self) -> tuple[DisclosedParty, ...]:
        return tuple(party for party in self.parties if party.side == Side.RESPONDENT)

    @property
    def next_deadline(self) -> DisclosedDeadline | None:
        """Return what is due first."""
        return min(self.deadlines, key=lambda item: item.due_on, default=None)
