"""What the case page shows a person, put together once from the loaded case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from cases import permissions, rules
from cases.actions import available_actions
from cases.disclosure import OWED_BY, Audience, audience_of, disclosed, may_know, may_read_event
from cases.models import (
    Case,
    CaseDocument,
    CaseEvent,
    CaseLink,
    Decision,
    Party,
)
from cases.models.assessment import CriterionFinding, DecisionState
from cases.models.issue import LinkKind
from cases.models.party import Side
from cases.services import deadlines
from cases.shown import DisclosedCase
from cases.timeframes import Standing
from desk.about import about
from desk.page import (
    HISTORY_SHOWN,
    READERS,
    Answered,
    CasePage,
    ReadDeadline,
    ReadEvent,
    ReadIssue,
    ReadLink,
    ReadParty,
    ReadRequest,
    ReadSide,
    ReadTimeRequest,
)
from sealing.fields import ERASED

__all__ = ["READERS", "TAGS", "CasePage", "read"]

TAGS = {
    Standing.ON_TIME: "ok",
    Standing.SOON: "soon",
    Standing.OVERDUE: "late",
    Standing.MET: "neutral",
    Standing.PAUSED: "neutral",
}
"""How each standing looks."""

DECISION_TAGS = {
    DecisionState.OPEN: "soon",
    DecisionState.ADOPTED: "ok",
    DecisionState.REJECTED: "neutral",
    DecisionState.DROPPED: "neutral",
}


def read(case: Case, user: User, *, whole_history: bool = False) -> CasePage:
    """Return the page of a case that was loaded by `cases.dossier`."""
    to = audience_of(case, user)
    page = CasePage(
        case=case,
        audience=to,
        shown=disclosed(case, to=to),
        actions=available_actions(case, user),
        runs=permissions.may_run_procedure(case, user),
    )
    page.about = about(case, page.shown)
    page.parties = list(_parties(case, page.shown, to))
    if not page.reads_all:
        return page
    page.shows_risk = case.reprisal_risk and permissions.may_see_risk(case, user)
    page.deadlines = _deadlines(case, named=page.knows_identities)
    page.issues = _issues(case, page.shown)
    page.documents = list(case.documents.all())
    ours = {letter.document_id for letter in case.portal_letters.all()}
    for item in page.documents:
        item.is_from_us = item.pk in ours
    page.sides = _messages(case, user, page.documents)
    page.decisions = _decisions(case)
    page.replies = list(case.replies.all())
    page.corrections = list(case.corrections.all())
    page.declarations = [row for row in case.conflicts.all() if row.superseded_at is None]
    page.pauses = list(case.pauses.all())
    page.requests = list(_requests(case))
    if case.is_served:
        stated = [getattr(row, "authority", None) for row in case.participations.all()]
        page.authorities = [row for row in stated if row and row.decided_at is None]
        page.letters = list(case.letters.all())
    page.time_requests = list(_time_requests(case))
    page.proceedings = list(case.proceedings.all())
    page.links = _links(case, user)
    sent = getattr(case, "submission", None)
    if sent:
        content = json.loads(sent.content) if sent.content != ERASED else {}
        page.has_submission = bool(content)
        page.wanted, page.tried_before = content.get("wanted", ""), content.get("tried_before", "")
    events = [event for event in reversed(case.events.all()) if may_read_event(event, to)]
    if not whole_history:
        page.events_left = max(len(events) - HISTORY_SHOWN, 0)
        events = events[:HISTORY_SHOWN]
    page.events = _events(case, events, page)
    return page


def _parties(case: Case, shown: DisclosedCase, to: Audience) -> Any:
    rows = {row.pk: row for row in case.parties.all()}
    for item in shown.parties:
        if to == Audience.NAMED_OFFICER:
            yield ReadParty(item, rows[item.id], _withheld_from(rows[item.id]))
        else:
            yield ReadParty(item, None)


def _withheld_from(row: Party) -> tuple[str, ...]:
    audiences = (
        (Audience.RESPONDENT, _("the enterprise")),
        (Audience.MEDIATOR, _("the mediator")),
        (Audience.PUBLIC, _("the public")),
    )
    return tuple(label for audience, label in audiences if not may_know(row, audience))


def _issues(case: Case, shown: DisclosedCase) -> list[ReadIssue]:
    criteria = rules.load(case.rule_set).criteria
    answers: dict[UUID, dict[str, Any]] = {
        row.pk: {answer.criterion: answer for answer in row.assessments.all()}
        for row in case.issues.all()
    }
    issues = []
    for item in shown.issues:
        held = answers[item.id]
        answered = tuple(
            Answered(
                str(criterion.title),
                str(CriterionFinding(held[criterion.code].finding).label),
                held[criterion.code].reasoning,
                held[criterion.code].answered_by.name,
            )
            for criterion in criteria
            if criterion.code in held
        )
        issues.append(ReadIssue(item, answered, len(criteria) - len(answered)))
    return issues


def _decisions(case: Case) -> list[Decision]:
    numbers = {row.pk: row.number for row in case.issues.all()}
    decisions = list(reversed(case.decisions.all()))
    for decision in decisions:
        decision.tag = DECISION_TAGS[DecisionState(decision.state)]
        for row in decision.on_issues.all():
            row.issue_number = numbers[row.issue_id]
    return decisions


def _messages(case: Case, user: User, documents: list[CaseDocument]) -> list[ReadSide]:
    # A report of reprisals is for the officer of the case alone, as in `Message.visible_to`.
    named = permissions.may_see_identity(case, user)
    by_pk = {item.pk: item for item in documents}
    shown = [row for row in case.messages.all() if named or not row.is_reprisal_report]
    waiting = {item.pk: item for item in case.deadlines.all() if item.is_open}
    for row in shown:
        due = waiting.get(row.deadline_id)
        row.report_due = due.due_on if due else None
        row.files = [by_pk[item.case_document_id] for item in row.attachments.all()]
    return [
        ReadSide(side.value, str(side.label), [row for row in shown if row.side == side])
        for side in Side
    ]


def _deadlines(case: Case, *, named: bool) -> list[ReadDeadline]:
    rule_set = rules.load(case.rule_set)
    days, today = deadlines.calendar_for(case), deadlines.today()
    is_paused = any(pause.until is None for pause in case.pauses.all())
    items = []
    for row in case.deadlines.all():
        if row.kind == deadlines.FOR_OFFICERS and not named:
            continue
        rule = rule_set.deadline(row.kind)
        stands = deadlines.standing_of(row, on=today, is_paused=is_paused)
        if row.cancelled_on:
            label, tag = _("Lapsed"), "neutral"
        else:
            label, tag = str(Standing(stands).label), TAGS[Standing(stands)]
        items.append(
            ReadDeadline(
                id=row.pk,
                label=str(rule.label),
                owed_by=str(OWED_BY.get(row.owed_by, row.owed_by)),
                due_on=row.due_on,
                target_on=row.target_on,
                standing=label,
                tag=tag,
                explanation=deadlines.explain(row, days=days).explain() if row.is_open else "",
                overdue_reason=row.overdue_reason,
                ended_on=row.met_on or row.cancelled_on,
                ended=_("done") if row.met_on else _("lapsed"),
                extensions=tuple(row.extensions.all()),
                is_open=row.is_open,
                is_overdue=row.is_open and row.due_on < today and not is_paused,
                legal_basis=str(rule.legal_basis),
            )
        )
    return sorted(items, key=lambda item: (not item.is_open, item.due_on))


def _requests(case: Case) -> Iterator[ReadRequest]:
    held = {item.pk: item for item in case.deadlines.all()}
    is_paused = any(pause.until is None for pause in case.pauses.all())
    for row in reversed(case.requests.all()):
        item = held[row.deadline_id]
        stands = deadlines.standing_of(item, is_paused=is_paused)
        tag, label = TAGS[stands], str(stands.label)
        if item.cancelled_on:
            tag, label = "neutral", _("Taken back") if row.closed_at else _("Lapsed")
        yield ReadRequest(row, item.due_on, label, tag, row.is_open and item.is_open)


def _time_requests(case: Case) -> Iterator[ReadTimeRequest]:
    rule_set = rules.load(case.rule_set)
    for item in case.deadlines.all():
        for row in item.time_requests.all():
            label = str(rule_set.deadline(item.kind).label)
            yield ReadTimeRequest(row, label, is_over=not item.is_open)


def _tie(row: CaseLink, *, from_here: bool) -> str:
    if from_here or row.kind == LinkKind.RELATED:
        return str(row.get_kind_display())
    return (
        _("Split off from this case") if row.kind == LinkKind.SPLIT_FROM else _("Follows this case")
    )


def _links(case: Case, user: User) -> list[ReadLink]:
    """Return the cases tied to this one; of a case that the person does not see, nothing."""
    visible = Case.objects.visible_to(user)
    rows = CaseLink.objects.filter(Q(case=case) | Q(other=case))
    rows = rows.filter(Q(tie=None) | Q(tie__ended_at=None), case__in=visible, other__in=visible)
    found = []
    for row in rows.select_related("case", "other").order_by("pk"):
        from_here = row.case_id == case.pk
        other = row.other if from_here else row.case
        found.append(ReadLink(_tie(row, from_here=from_here), other))
    return found


def _events(case: Case, events: list[CaseEvent], page: CasePage) -> list[ReadEvent]:
    sides = {row.user_id: row.side for row in case.participations.all() if row.side}
    titles = {str(row.pk): row.title for row in page.documents}
    return [
        ReadEvent(
            at=event.at,
            label=event.label,
            by=(who := _who(event, sides)),
            detail=detail if (detail := _detail(event, titles)) != who else "",
        )
        for event in events
    ]


def _who(event: CaseEvent, sides: dict[Any, str]) -> str:
    if event.by_id is None:
        return _("the system")
    if event.by_id in sides:
        return str(Side(sides[event.by_id]).label)
    return event.by.name or _("a party")


def _detail(event: CaseEvent, titles: dict[str, str]) -> str:
    """Return what the ids and codes of an event mean, where that helps."""
    data = event.data
    if "document" in data and data["document"] in titles:
        return titles[data["document"]]
    if data.get("side") in Side.values:
        return str(Side(data["side"]).label)
    return str(data.get("reference", ""))
