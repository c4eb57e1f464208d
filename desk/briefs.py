"""One issue on one page, and a decision with its votes: what whoever decides reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from cases import permissions, rules
from cases.held import matching
from cases.models import Case, Decision, Issue, Position
from cases.models.assessment import Ballot, CriterionFinding, DecisionState
from cases.models.party import Side
from cases.services import drafting, material, voting
from desk import precedents

TEMPLATE = Path(__file__).parent / "brief.typ"
EXCERPT = 700


@dataclass(frozen=True)
class Quote:
    """Words of a side with their source."""

    text: str
    source: str
    id: int | None = None
    is_long: bool = False


@dataclass(frozen=True)
class SideShown:
    code: str
    label: str
    quotes: list[Quote]
    nothing: str = ""


@dataclass(frozen=True)
class Finding:
    title: str
    question: str
    finding: str
    reasoning: str
    evidence: list[str]


@dataclass(frozen=True)
class Brief:
    """What stands on the page of one issue."""

    reference: str
    number: int
    title: str
    language: str
    provisions: str
    description: str
    sides: list[SideShown]
    findings: list[Finding]
    open_criteria: int
    draft: str
    draft_reasons: str
    earlier: precedents.Precedents
    day: str


def sides(case: Case, issue: Issue) -> list[SideShown]:
    """Return what both sides say on an issue, in their own words, with where it stands."""
    rows = Position.objects.filter(issue=issue).select_related("case_document", "message")
    noted: dict[str, list[Quote]] = {side: [] for side in Side.values}
    for row in rows:
        for source in (row.case_document, row.message):
            if source is not None:
                source.case = case
        title = material.title_of(row.case_document, row.message)
        noted[row.side].append(
            Quote(row.quote, f"{title}, {row.place}" if row.place else title, row.pk)
        )
    complaint = Quote(issue.description, _("The submission"))
    answers = [
        Quote(row.text, material.title_of(None, row), is_long=len(row.text) > EXCERPT)
        for row in material.responses(case.messages.all())
    ]
    return [
        SideShown(
            Side.COMPLAINANT.value,
            str(Side.COMPLAINANT.label),
            [complaint, *noted[Side.COMPLAINANT]],
        ),
        SideShown(
            Side.RESPONDENT.value,
            str(Side.RESPONDENT.label),
            noted[Side.RESPONDENT] or answers,
            _("The enterprise has not answered yet."),
        ),
    ]


def brief_of(case: Case, issue: Issue, user: User) -> Brief:
    """Return the brief of an issue whose case and evidence were loaded."""
    criteria = rules.load(case.rule_set).criteria
    answered = {row.criterion: row for row in issue.assessments.all()}
    findings = [
        Finding(
            str(criterion.title),
            str(criterion.question),
            str(CriterionFinding(row.finding).label),
            row.reasoning,
            [_cited(item) for item in row.evidence.all()],
        )
        for criterion in criteria
        if (row := answered.get(criterion.code))
    ]
    cited = list(issue.provisions.all())
    said, reasons = _draft(case, issue, user)
    return Brief(
        reference=str(case),
        number=issue.number,
        title=issue.title,
        language=case.language,
        provisions=", ".join(f"{row} ({row.edition})" for row in cited),
        description=issue.description,
        sides=sides(case, issue),
        findings=findings,
        open_criteria=len(criteria) - len(findings),
        draft=said,
        draft_reasons=reasons,
        earlier=precedents.for_issue(issue, user),
        day=date_format(timezone.localdate(), "j E Y"),
    )


def _cited(item: Any) -> str:
    title = material.title_of(item.case_document, item.message)
    return f"{title}, {item.place}" if item.place else title


def _draft(case: Case, issue: Issue, user: User) -> tuple[str, str]:
    """Return what is proposed or was decided; a draft is read by those who write it alone."""
    rows = [row for row in case.decisions.all() if row.state != DecisionState.DROPPED]
    for decision in reversed(rows):
        for item in decision.on_issues.all():
            if item.issue_id == issue.pk:
                return f"{decision.get_state_display()}: {_answer(item)}", item.in_full
    draft = drafting.draft_of(issue) if permissions.may_run_procedure(case, user) else None
    if draft is None or draft.accepted is None:
        return "", ""
    draft.issue = issue
    return _("Draft: %(answer)s") % {"answer": _answer(draft)}, draft.reasons


def _answer(item: Any) -> str:
    if not item.accepted:
        return _("do not accept")
    return _("accept in part") if item.scope else _("accept")


def as_pdf(brief: Brief) -> bytes:
    """Return a brief as PDF/UA-1 in the language of the reader."""
    held = asdict(brief)
    labels = {
        "kicker": _("Brief on an issue"),
        "internal": _("For the NCP alone"),
        "provisions": _("Provisions of the Guidelines"),
        "positions": _("What both sides say"),
        "findings": _("The criteria"),
        "evidence": _("Evidence"),
        "draft": _("The decision"),
        "none_yet": _("Nothing is proposed yet."),
        "earlier": _("Earlier decisions on the same provision"),
        "none": _("None found."),
        "accepted": _("accepted"),
        "not_accepted": _("not accepted"),
    }
    own = [
        f"{item.reference}, {item.title}: "
        + (labels["accepted"] if item.accepted else labels["not_accepted"])
        for item in brief.earlier.own
    ]
    published = [
        ", ".join(
            part for part in (item.title, item.lead_ncp, str(item.year or ""), item.outcome) if part
        )
        for item in brief.earlier.published
    ]
    for side in held["sides"]:
        side["quotes"] = [{**quote, "text": _short(quote["text"])} for quote in side["quotes"][:3]]
    data = {
        **held,
        "earlier": (own + published)[:6],
        "labels": labels,
        "description": _short(brief.description),
        "draft_reasons": _short(brief.draft_reasons),
        "findings": [
            {**item, "reasoning": _short(item["reasoning"], 320)} for item in held["findings"]
        ],
        "page_language": (get_language() or settings.LANGUAGE_CODE).split("-")[0],
    }
    return typst.compile(
        str(TEMPLATE),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
    )


def _short(text: str, length: int = EXCERPT) -> str:
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True)
class Ballots:
    """How a vote stands or went."""

    votes_for: int
    votes_against: int
    abstentions: int
    set_aside: int
    quorum: int


@dataclass(frozen=True)
class Waiting:
    """Somebody whose ballot is still to come."""

    holder: voting.Holder
    has_declared: bool


@dataclass(frozen=True)
class DecisionShown:
    """A decision as the NCP's people read it."""

    is_open: bool
    is_adopted: bool
    how: str
    ballots: Ballots
    rows: list[Any]
    waiting: list[Waiting] = field(default_factory=list)
    wrote: list[str] = field(default_factory=list)
    chair: str = ""


def decision_of(case: Case, decision: Decision) -> DecisionShown:
    """Return a decision of a loaded case with its votes."""
    counted = voting.counted(decision)
    ballots = [row.ballot for row in counted]
    voted = {row.member_id for row in counted}
    is_open = decision.state == DecisionState.OPEN
    waiting = []
    if is_open and decision.decided_by_rule == "vote":
        waiting = [
            Waiting(holder, permissions.has_declared_no_conflict(case, holder.person))
            for holder in voting.holders(decision)
            if holder.person.pk not in voted
        ]
    return DecisionShown(
        is_open=is_open,
        is_adopted=decision.state == DecisionState.ADOPTED,
        how=_how(decision),
        ballots=Ballots(
            ballots.count(Ballot.FOR),
            ballots.count(Ballot.AGAINST),
            ballots.count(Ballot.ABSTAIN),
            len(decision.votes.all()) - len(counted),
            decision.quorum,
        ),
        rows=list(decision.votes.all()),
        waiting=waiting,
        wrote=sorted(
            row.user.name for row in matching(decision, "drafters") if row.user_id is not None
        ),
        chair=decision.casting_vote_by.name if decision.casting_vote_by else "",
    )


def _how(decision: Decision) -> str:
    if decision.by_consensus:
        return _("Agreed on at a meeting, without a vote")
    if decision.decided_by_rule == "one":
        return _("Decided by one officer")
    if decision.decided_by_rule == "two":
        return _("Decided by two persons")
    if decision.closes_on:
        return _("Ballots in writing until %(day)s") % {
            "day": date_format(decision.closes_on, "j E Y")
        }
    return _("Vote of the members")
