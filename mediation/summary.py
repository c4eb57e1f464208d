"""What the NCP may know of a mediation: process facts and the outcome, no content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch

from cases.models import Issue
from cases.models.party import Side
from mediation.models import Appointment, MediationBody, Referral
from mediation.workflow import LIVE_STATES, ReferralState

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.models import Case


@dataclass(frozen=True)
class ConsentFact:
    side: str
    side_label: str
    agrees: bool
    given_on: date


@dataclass(frozen=True)
class MediatorFact:
    name: str
    has_declared: bool


@dataclass(frozen=True)
class SessionFact:
    held_on: date
    kind_label: str


@dataclass(frozen=True)
class ReferralSummary:
    """One referral, as far as it may leave the room. `on_issues` is outcome by issue id."""

    id: UUID
    row_version: int
    state: str
    state_label: str
    body_name: str  # "" where somebody of the NCP mediates
    is_live: bool
    proposed_at: datetime
    expires_on: date | None
    answered_at: datetime | None
    reason: str
    issues: tuple[int, ...]
    mediators: tuple[MediatorFact, ...]
    consents: tuple[ConsentFact, ...]
    started_at: datetime | None
    sessions: tuple[SessionFact, ...]
    ended_at: datetime | None
    outcome: str
    outcome_label: str
    on_issues: dict[UUID, str]


@dataclass(frozen=True)
class MediationSummary:
    """All referrals of a case, the newest first; `current` is the one that is worked on."""

    current: ReferralSummary | None
    earlier: tuple[ReferralSummary, ...]

    @property
    def reported(self) -> ReferralSummary | None:
        """Return the last referral with an outcome: the officer concludes good offices from it."""
        return next((item for item in self.earlier if item.outcome), None)


def for_case(case: Case) -> MediationSummary:
    """Return the process facts of a case's mediation, in a constant number of queries.

    The caller has checked that the reader sees the case.
    """
    rows = (
        Referral.objects.filter(case=case)
        .select_related("body", "result")
        .annotate(issue_numbers=_numbers())
        .prefetch_related(
            Prefetch("appointments", Appointment.objects.select_related("mediator")),
            "consents",
            "sessions",
            "result__on_issues",
        )
        .order_by("-proposed_at")
    )
    shown = [_summary(row) for row in rows]
    current = next((item for item in shown if item.is_live), None)
    return MediationSummary(current, tuple(item for item in shown if item is not current))


def _numbers() -> ArraySubquery:
    """Return the numbers of the issues of a referral, without a query of their own."""
    issues = Issue.objects.filter(referrals=OuterRef("pk")).order_by("number")
    return ArraySubquery(issues.values("number"))


def _summary(row: Any) -> ReferralSummary:
    result = getattr(row, "result", None)
    return ReferralSummary(
        id=row.pk,
        row_version=row.row_version,
        state=row.state,
        state_label=str(ReferralState(row.state).label),
        body_name=row.body.name if row.body else "",
        is_live=row.state in LIVE_STATES,
        proposed_at=row.proposed_at,
        expires_on=row.expires_on,
        answered_at=row.answered_at,
        reason=row.reason,
        issues=tuple(row.issue_numbers),
        mediators=tuple(
            MediatorFact(item.mediator.name, item.is_declared)
            for item in row.appointments.all()
            if item.released_at is None
        ),
        consents=tuple(
            ConsentFact(item.side, str(Side(item.side).label), item.agrees, item.given_on)
            for item in row.consents.all()
            if item.superseded_at is None
        ),
        started_at=row.started_at,
        sessions=tuple(
            SessionFact(item.held_on, str(item.get_kind_display())) for item in row.sessions.all()
        ),
        ended_at=row.ended_at,
        outcome=result.outcome if result else "",
        outcome_label=str(result.get_outcome_display()) if result else "",
        on_issues={item.issue_id: item.outcome for item in result.on_issues.all()}
        if result
        else {},
    )


def active_bodies() -> QuerySet[MediationBody]:
    """Return the bodies to which a case may be referred, by name."""
    return MediationBody.objects.active()
