"""What an auditor reads of a case: everything on record but the rooms, with every identity masked.

Events, decisions, deadlines, the ledger of documents and who read what stand there as they are.
Texts are shown only under a permission of their own (`AuditPermission`), and then with the names,
addresses and numbers of the case blotted out; files never leave the office this way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases import rules
from cases.models import AuditPermission, Case, Erasure, Participation
from cases.models.party import Side
from cases.names import stems_of
from cases.search.masking import PEOPLE, Mask
from cases.services import deadlines
from cases.timeframes import Standing

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Line:
    """One row of a table: what, when, how it stands, and the text where it may be read."""

    what: str
    at: datetime | date | None = None
    stands: str = ""
    by: str = ""
    text: str = ""


@dataclass
class Record:
    """The masked record of a case."""

    case: Case
    with_texts: bool
    parties: list[Line] = field(default_factory=list)
    issues: list[Line] = field(default_factory=list)
    answers: list[Line] = field(default_factory=list)
    decisions: list[Line] = field(default_factory=list)
    deadlines: list[Line] = field(default_factory=list)
    documents: list[Line] = field(default_factory=list)
    messages: list[Line] = field(default_factory=list)
    declarations: list[Line] = field(default_factory=list)
    tombstone: Erasure | None = None

    @property
    def sections(self) -> list[tuple[str, list[Line]]]:
        return [
            (_("Parties"), self.parties),
            (_("Issues"), self.issues),
            (_("Answers to the criteria"), self.answers),
            (_("Decisions and votes"), self.decisions),
            (_("Deadlines"), self.deadlines),
            (_("Ledger of documents"), self.documents),
            (_("Messages"), self.messages),
            (_("Declarations on conflicts of interest"), self.declarations),
        ]


def mask_everybody(case: Case) -> Mask:
    """Return the mask of every name, address and number of a case, withheld or not.

    The case is loaded with its parties, representations and participations.
    """
    stems: set[str] = set()
    exact: set[str] = set()
    acting = case.representations.prefetch_related("principals")
    row: Any
    for row in (*case.parties.select_related("organisation"), *acting):
        row.case = case
        is_organisation = row.kind not in PEOPLE
        stems.update(stems_of(row.name, is_organisation=is_organisation))
        exact.update(value for value in (row.name, row.email, row.phone) if value)
        organisation = getattr(row, "organisation", None)
        if organisation:
            stems.update(stems_of(organisation.native_name, is_organisation=True))
    for row in acting:
        for principal in row.principals.all():
            principal.representation = row
            stems.update(stems_of(principal.name))
    for row in Participation.objects.filter(case=case):
        row.case = case
        stems.update(stems_of(row.name))
    return Mask(frozenset(stems), tuple(sorted(exact, key=len, reverse=True)))


def standing_permission(case: Case, auditor: User) -> AuditPermission | None:
    """Return the permission to read texts that stands now."""
    return AuditPermission.objects.filter(
        case=case, auditor=auditor, is_granted=True, until__gt=timezone.now()
    ).first()


def read(case: Case, *, with_texts: bool) -> Record:
    """Return the masked record of a case."""
    record = Record(case, with_texts)
    record.tombstone = Erasure.objects.filter(
        case=case, principal=None, confirmed_at__isnull=False
    ).first()
    if record.tombstone:
        return record
    mask = mask_everybody(case) if with_texts else Mask()

    def text(value: str) -> str:
        return mask.blot(value) if with_texts else ""

    record.parties = [
        Line(str(row.pseudonym), row.joined_at, _("left") if row.left_at else "")
        for row in case.parties.order_by("side", "position")
    ]
    record.issues = [
        Line(
            _("Issue %(number)s: %(provisions)s")
            % {
                "number": row.number,
                "provisions": ", ".join(map(str, row.provisions.all())) or _("nothing cited"),
            },
            stands=_accepted(row.accepted),
            text=text(f"{row.title}\n{row.description}"),
        )
        for row in case.issues.prefetch_related("provisions")
    ]
    record.answers = list(_answers(case, text))
    record.decisions = list(_decisions(case, text))
    record.deadlines = list(_deadlines(case, text))
    record.documents = [
        Line(
            _("Document %(number)s, %(size)s bytes")
            % {"number": number, "size": row.document.size},
            row.provided_at,
            str(row.get_audience_display()),
            str(Side(row.side).label) if row.side else _("the office"),
            text(row.title),
        )
        for number, row in enumerate(case.documents.select_related("document"), start=1)
    ]
    record.messages = [
        Line(
            str(row.get_sender_display()),
            row.sent_at,
            _("read") if row.read_at else _("not read yet"),
            str(Side(row.side).label),
            text(f"{row.subject}\n{row.text}"),
        )
        for row in case.messages.filter(is_reprisal_report=False)
    ]
    record.declarations = [
        Line(
            row.user.name,
            row.declared_at,
            _("a conflict") if row.has_conflict else _("no conflict"),
            text=text(row.explanation),
        )
        for row in case.conflicts.select_related("user").order_by("declared_at")
    ]
    return record


def _accepted(value: bool | None) -> str:
    if value is None:
        return _("not decided")
    return _("accepted") if value else _("not accepted")


def _answers(case: Case, text: Any) -> Any:
    titles = {item.code: str(item.title) for item in rules.load(case.rule_set).criteria}
    for issue in case.issues.prefetch_related("assessments__answered_by"):
        for row in issue.assessments.all():
            row.issue = issue
            what = titles.get(row.criterion, row.criterion)
            yield Line(
                f"{issue.number}. {what}",
                row.answered_at,
                str(row.get_finding_display()),
                row.answered_by.name,
                text(row.reasoning),
            )


def _decisions(case: Case, text: Any) -> Any:
    rows = case.decisions.select_related("proposed_by").prefetch_related(
        "votes__member", "on_issues__issue"
    )
    for row in rows.order_by("proposed_at"):
        yield Line(
            _("Proposal"), row.proposed_at, str(row.get_state_display()), row.proposed_by.name
        )
        for item in row.on_issues.all():
            yield Line(
                _("Proposal on issue %(number)s") % {"number": item.issue.number},
                row.proposed_at,
                _accepted(item.accepted),
                text=text(item.reasons),
            )
        for vote in row.votes.all():
            yield Line(
                pgettext("what a member voted", "Vote"),
                vote.cast_at,
                str(vote.get_ballot_display()),
                vote.member.name if vote.member else "",
                text(vote.explanation),
            )


def _deadlines(case: Case, text: Any) -> Any:
    rule_set = rules.load(case.rule_set)
    is_paused = case.pauses.filter(until=None).exists()
    for row in case.deadlines.exclude(kind=deadlines.FOR_OFFICERS):
        row.case = case
        if row.cancelled_on:
            stands = _("lapsed")
        else:
            stands = str(Standing(deadlines.standing_of(row, is_paused=is_paused)).label)
        label = str(rule_set.deadline(row.kind).label)
        yield Line(label, row.due_on, stands, text=text(row.overdue_reason))
