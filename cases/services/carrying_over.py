"""What a case that is split off takes along of what was decided, replied, asked and promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cases import rules
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Assessment, Case, FollowUpRound, Issue, Party
from cases.models.assessment import DecisionState
from cases.models.party import Side
from cases.services import deadlines
from cases.workflow import State

if TYPE_CHECKING:
    from django.db import models

    from accounts.models import User
    from cases.models import CaseEvent


def copied(row: models.Model, **changes: Any) -> Any:
    """Return an unsaved copy of a row; sealed texts are sealed anew under the new case's key."""
    copy = type(row)()
    for field in row._meta.concrete_fields:
        if not field.primary_key:
            setattr(copy, field.attname, getattr(row, field.attname))
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


def copy_rows(case: Case, new: Case, name: str, **changes: Any) -> list[Any]:
    copies = [copied(row, case=new, **changes) for row in getattr(case, name).all()]
    for copy in copies:
        copy.save(force_insert=True)
    return copies


def decisions(case: Case, new: Case, issues: Mapping[UUID, Issue]) -> None:
    """Copy what was answered and adopted on issues that both cases handle: it was decided for all
    enterprises, and the new case rests on it."""
    for answer in Assessment.objects.filter(issue__in=issues, issue__case=case):
        copied(answer, issue=issues[answer.issue_id]).save(force_insert=True)
    adopted = case.decisions.filter(state=DecisionState.ADOPTED).order_by("proposed_at")
    for decision in adopted:
        on_issues = list(decision.on_issues.filter(issue__in=issues))
        if not on_issues:
            continue
        copy = copied(decision, case=new)
        copy.save(force_insert=True)
        for row in on_issues:
            copied(row, decision=copy, issue=issues[row.issue_id]).save(force_insert=True)
        for part in (*decision.votes.all(), *decision.drafters.all()):
            copied(part, decision=copy).save(force_insert=True)


def was_referred(case: Case) -> bool:
    """Tell whether the good offices of a case ever went to a mediation body."""
    return case.events.filter(kind=EventKind.REFERRAL_PROPOSED).exists()


@dataclass(frozen=True)
class Replies:
    """Whether the reply of the enterprises to the offer stands in each of the two cases."""

    stands_in_old: bool = True
    stands_in_new: bool = True


def replies(case: Case, new: Case, going: list[Party]) -> Replies:
    """Copy the replies to the offer of good offices.

    What people of one enterprise replied binds nobody else: it goes with them, and the others are
    asked again. A reply that an officer recorded, or on which a referral rests, was given for all.
    """
    if case.state != State.MEDIATION:
        copy_rows(case, new, "replies")
        return Replies()
    held = case.replies.filter(side=Side.RESPONDENT).first()
    by_going = by_staying = True
    if held is not None and not was_referred(case):
        people = dict(
            case.participations.filter(side=Side.RESPONDENT).values_list("user_id", "party_id")
        )
        if held.by_id in people:
            by_going = people[held.by_id] in {party.pk for party in going}
            by_staying = not by_going
    for row in case.replies.all():
        if row.side == Side.COMPLAINANT or by_going:
            copied(row, case=new).save(force_insert=True)
    if held is not None and not by_staying:
        held.delete()
    return Replies(by_staying, by_going)


def ask_again(case: Case, event: CaseEvent) -> None:
    """Let the time for the reply of the enterprises run anew from a split, where it is over."""
    kind = "good_offices_reply"
    if case.deadlines.open().filter(kind=kind).exists():
        return
    owed_by = rules.load(case.rule_set).deadline(kind).owed_by
    deadlines.open_one(case, kind, event, side="", owed_by=owed_by)


def challenges(case: Case, new: Case) -> None:
    """Who was found partial is out of both cases."""
    for row in case.challenges.filter(is_upheld=True):
        copied(row, case=new).save(force_insert=True)


def reviews_that_go(case: Case, going: list[Party]) -> list[Any]:
    """Return the open requests for a review of the complainants and of the enterprises that go."""
    people = case.participations.filter(party__in=going).values_list("user_id", flat=True)
    own = set(people)
    return [
        row
        for row in case.reviews.filter(decided_at=None)
        if row.side == Side.COMPLAINANT or row.asked_by_id in own
    ]


def state_of_new(case: Case, going: list[Party]) -> str:
    """Return the state in which the new case begins: that of the first one, but nothing holds it
    where nobody of it asked for a review."""
    if case.state == State.HELD_FOR_REVIEW and not reviews_that_go(case, going):
        return State.FINAL_STATEMENT
    return str(case.state)


def reviews(case: Case, new: Case, going: list[Party]) -> None:
    """Copy the requests for a review that hold the new case."""
    if new.state == State.HELD_FOR_REVIEW:
        for row in reviews_that_go(case, going):
            copied(row, case=new).save(force_insert=True)


def follow_up(case: Case, new: Case, going: list[Party], *, by: User) -> None:
    """Copy the commitments with what the complainants and the enterprises that go report, and the
    round that is open."""
    rounds: dict[UUID | None, FollowUpRound] = {}
    for row in case.follow_up_rounds.all():
        rounds[row.pk] = copied(row, case=new)
        rounds[row.pk].save(force_insert=True)
    gone = {party.pk for party in going}
    side_of = dict(
        case.participations.filter(side=Side.RESPONDENT).values_list("user_id", "party_id")
    )
    for item in case.commitments.filter(dropped_at=None):
        copy = copied(item, case=new)
        copy.save(force_insert=True)
        for report in item.reports.all():
            party = side_of.get(report.given_by_id)
            if report.side == Side.COMPLAINANT or party is None or party in gone:
                again = copied(report, commitment=copy, round=rounds.get(report.round_id))
                again.save(force_insert=True)
        event = record_event(
            new, EventKind.COMMITMENT_RECORDED, by=by, is_told=False, commitment=copy.pk
        )
        _copy_day(case, new, item, copy, event)
    for row in case.deadlines.open().filter(kind="follow_up_reports"):
        copied(row, case=new).save(force_insert=True)


def _copy_day(case: Case, new: Case, item: Any, copy: Any, event: CaseEvent) -> None:
    recorded = case.events.filter(
        kind=EventKind.COMMITMENT_RECORDED, data__commitment=str(item.pk)
    ).values("sequence")
    for row in case.deadlines.open().filter(kind="commitment", opened_by_event__in=recorded):
        copied(row, case=new, opened_by_event=event.sequence).save(force_insert=True)
