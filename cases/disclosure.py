"""What an audience may know of a case. Parties, mediators and the public receive these
projections, never models."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from cases import rules
from cases.held import has, held, matching
from cases.kinds import (
    FROM_THE_START,
    OF_ONE_SIDE,
    OF_ONE_SIDE_AT_TIMES,
    OF_REPRISALS,
    TO_A_PARTNER,
    TO_BOTH_SIDES,
    EventKind,
)
from cases.models.issue import Issue, KeptField
from cases.models.party import Party, Side
from cases.permissions import capacities, has_declared_no_conflict, may_see_identity
from cases.services import deadlines
from cases.shown import (
    DisclosedCase,
    DisclosedDeadline,
    DisclosedEvent,
    DisclosedIssue,
    DisclosedParty,
    DisclosedRepresentative,
)
from cases.timeframes import Standing
from cases.workflow import OPEN_STATES, State

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case, CaseEvent


class Audience(StrEnum):
    NAMED_OFFICER = "named_officer"
    NCP = "ncp"
    MEDIATOR = "mediator"
    COORDINATOR = "coordinator"
    PARTNER = "partner_ncp"
    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"
    PUBLIC = "public"
    NOBODY = "nobody"


def audience_of(case: Case, user: User) -> Audience:
    """Return as what a person reads a case that they see; several capacities give the
    narrowest for parties."""
    rows = capacities(case, user)
    roles = {role for role, _side in rows}
    if roles & {"party_member", "representative"}:
        sides = {side for role, side in rows if role in ("party_member", "representative")}
        return Audience.RESPONDENT if Side.RESPONDENT in sides else Audience.COMPLAINANT
    if may_see_identity(case, user):
        return Audience.NAMED_OFFICER
    if user.has_role(Role.OFFICER):
        return Audience.NCP
    if user.has_role(Role.DECISION_MAKER):
        return Audience.NCP if has_declared_no_conflict(case, user) else Audience.COORDINATOR
    if "mediator" in roles:
        return Audience.MEDIATOR
    if "partner_ncp" in roles:
        return Audience.PARTNER
    if roles:
        return Audience.COORDINATOR
    return Audience.NOBODY


def may_know(subject: Any, to: Audience) -> bool:
    """Tell whether an audience may know who a party or a representative is."""
    if to == Audience.NAMED_OFFICER or subject.side == to:
        return True
    everybody = (
        subject.shown_to_mediator and subject.shown_to_respondent and subject.shown_to_public
    )
    if to == Audience.NCP:
        return everybody
    if to == Audience.MEDIATOR:
        return subject.shown_to_mediator
    if to == Audience.RESPONDENT:
        return subject.shown_to_respondent
    if to == Audience.COMPLAINANT:
        return (subject.side == Side.RESPONDENT and subject.shown_to_public) or everybody
    # What the public reads, the enterprise and everybody else reads too.
    return everybody and to in (Audience.COORDINATOR, Audience.PARTNER, Audience.PUBLIC)


def disclosed_party(party: Party, to: Audience) -> DisclosedParty:
    """Return what an audience may know of a party: the name or the pseudonym, never an address."""
    known = may_know(party, to)
    return DisclosedParty(
        id=party.pk,
        side=party.side,
        side_label=str(party.get_side_display()),
        kind=party.kind if known else "",
        kind_label=str(party.get_kind_display()) if known else "",
        name=party.name if known else str(party.pseudonym),
        is_pseudonym=not known,
        country=party.country if known else "",
        role_label=str(party.get_role_in_harm_display()) if party.role_in_harm else "",
        native_name=party.organisation.native_name if known and party.organisation else "",
    )


def disclosed_parties(case: Case, to: Audience) -> tuple[DisclosedParty, ...]:
    """Return the parties of a case for an audience, in their order."""
    rows = held(case, "parties")
    if rows is None:
        rows = list(case.parties.select_related("organisation"))
    for row in rows:
        row.case = case
    return tuple(disclosed_party(row, to) for row in rows if not row.left_at)


def disclosed(case: Case, *, to: Audience) -> DisclosedCase:
    """Return a case as an audience may know it.

    The text of issues goes to the parties, the NCP and the mediator; the public reads the
    statement alone. Before the enterprise is told, nobody discloses anything to it: it does not
    see the case.
    """
    is_paused = has(case, "pauses", until=None)
    reads_issues = to not in (Audience.PUBLIC, Audience.COORDINATOR, Audience.NOBODY)
    return DisclosedCase(
        id=case.pk,
        name=case.title,
        receipt_id=case.receipt_id if to in OWN_SIDE else "",
        reference=case.reference or "",
        state=case.state,
        state_label=str(State(case.state).label),
        next_step=str(case.next_step),
        outcome=case.outcome,
        outcome_label=str(case.get_outcome_display()) if case.outcome else "",
        is_open=case.state in OPEN_STATES,
        is_paused=is_paused,
        received_at=case.received_at,
        rule_set_label=f"{rules.load(case.rule_set).title} ({case.rule_set})",
        to=to,
        parties=disclosed_parties(case, to),
        representatives=_representatives(case, to),
        issues=_issues(case, to) if reads_issues else (),
        events=tuple(_events(case, to)),
        deadlines=tuple(_deadlines(case, to, is_paused)),
        follow_up_on=case.follow_up_on,
        not_registered_label=(
            str(case.get_not_registered_reason_display()) if case.not_registered_reason else ""
        ),
        replies={row.side: row.accepts for row in case.replies.all()} if reads_issues else {},
    )


OWN_SIDE = (Audience.COMPLAINANT, Audience.NAMED_OFFICER, Audience.NCP)
NCP_READS_ALL = (Audience.NAMED_OFFICER, Audience.NCP)


def _representatives(case: Case, to: Audience) -> tuple[DisclosedRepresentative, ...]:
    shown = []
    rows = held(case, "representations")
    if rows is None:
        rows = list(case.representations.annotate(principal_count=Count("principals")))
    now = timezone.now()
    rows = [row for row in rows if row.until is None or row.until > now]
    for row in rows:
        row.case = case
        known = may_know(row, to)
        shown.append(
            DisclosedRepresentative(
                side=row.side,
                side_label=str(Side(row.side).label),
                name=row.name if known else str(_("Representative")),
                kind_label=str(row.get_kind_display()) if known else "",
                principals=row.principal_count,
            )
        )
    return tuple(shown)


KEPT_FROM = {
    Audience.RESPONDENT: ("respondent",),
    Audience.MEDIATOR: ("mediator",),
    Audience.PARTNER: ("respondent", "mediator"),
}
"""Whose want of knowledge each audience shares, where a complainant keeps a part of an issue."""


def _keeps(row: Issue, part: str, to: Audience) -> bool:
    return any(f"{whom}.{part}" in row.kept for whom in KEPT_FROM.get(to, ()))


def _issues(case: Case, to: Audience) -> tuple[DisclosedIssue, ...]:
    reasons = {}
    adopted = max(
        matching(case, "decisions", state="adopted"), key=lambda row: row.settled_at, default=None
    )
    if adopted:
        adopted.case = case
        reasons = {row.issue_id: row.in_full for row in adopted.on_issues.all()}
    shown = []
    issues = held(case, "issues")
    for row in case.issues.prefetch_related("provisions") if issues is None else issues:
        provisions = list(row.provisions.all())
        keeps_days = _keeps(row, "days", to)
        shown.append(
            DisclosedIssue(
                id=row.pk,
                number=row.number,
                title=row.title,
                description=row.description,
                place="" if _keeps(row, "place", to) else row.place,
                started="" if keeps_days else row.started,
                ended="" if keeps_days else row.ended,
                is_ongoing=row.is_ongoing and not keeps_days,
                is_approximate=row.is_approximate and not keeps_days,
                kept=tuple(str(KeptField(item).label) for item in row.kept)
                if to in OWN_SIDE
                else (),
                provisions=tuple(str(item) for item in provisions),
                editions=tuple(dict.fromkeys(item.edition for item in provisions)),
                accepted=row.accepted if adopted else None,
                outcome=row.outcome,
                outcome_label=str(row.get_outcome_display()) if row.outcome else "",
                reasons=reasons.get(row.pk, ""),
            )
        )
    return tuple(shown)


def may_read_event(event: CaseEvent, to: Audience) -> bool:
    """Tell whether an audience reads an event: in the history, and wherever else it would show."""
    kind = EventKind(event.kind)
    if kind in OF_REPRISALS and to == Audience.NCP:
        return False
    if to in NCP_READS_ALL:
        return True
    if kind in OF_ONE_SIDE_AT_TIMES and event.data.get("side"):
        return bool(event.data["side"] == to)
    if to in (Audience.COMPLAINANT, Audience.RESPONDENT) and kind in OF_ONE_SIDE:
        return bool(event.data.get("side") == to)
    if to == Audience.COMPLAINANT:
        return kind in TO_BOTH_SIDES or kind in FROM_THE_START
    if to == Audience.PARTNER and kind in TO_A_PARTNER:
        return True
    return (
        to in (Audience.RESPONDENT, Audience.MEDIATOR, Audience.PARTNER) and kind in TO_BOTH_SIDES
    )


def readable_events(case: Case, to: Audience) -> list[CaseEvent]:
    """Return the events of a case that an audience reads, the oldest first."""
    events = held(case, "events")
    rows = case.events.order_by("sequence") if events is None else events
    return [event for event in rows if may_read_event(event, to)]


def _events(case: Case, to: Audience) -> list[DisclosedEvent]:
    return [
        DisclosedEvent(event.at, event.label, event.kind) for event in readable_events(case, to)
    ]


def _deadlines(case: Case, to: Audience, is_paused: bool) -> list[DisclosedDeadline]:
    if to in (Audience.PUBLIC, Audience.NOBODY, Audience.COORDINATOR):
        return []
    reads_all = to in NCP_READS_ALL
    rule_set = rules.load(case.rule_set)
    days = deadlines.calendar_for(case)
    today = deadlines.today()
    shown = []
    rows = held(case, "deadlines")
    if rows is None:
        rows = list(case.deadlines.open().prefetch_related("extensions"))
    for item in rows:
        if not item.is_open:
            continue
        rule = rule_set.deadline(item.kind)
        if not rule.public and not reads_all:
            continue
        if to == Audience.RESPONDENT and item.owed_by == Side.COMPLAINANT:
            continue
        if item.side and not reads_all and item.side != to:
            continue
        if item.kind == deadlines.FOR_OFFICERS and to == Audience.NCP:
            continue
        item.case = case
        stands = deadlines.standing_of(item, on=today, is_paused=is_paused)
        shown.append(
            DisclosedDeadline(
                kind=item.kind,
                label=str(rule.label),
                due_on=item.due_on,
                owed_by=str(OWED_BY.get(item.owed_by, item.owed_by)),
                standing=stands,
                standing_label=str(Standing(stands).label),
                explanation=deadlines.explain(item, days=days, to_parties=not reads_all).explain(),
                overdue_reason=item.overdue_reason,
                id=item.pk,
            )
        )
    return sorted(shown, key=lambda item: item.due_on)


OWED_BY = {
    "ncp": _("The NCP"),
    "complainant": _("The complainant"),
    "respondent": _("The enterprise"),
    "both": _("Both sides"),
    "mediator": _("The mediator"),
    "body": _("The mediation body"),
    "consulted": _("The body that was asked"),
}
