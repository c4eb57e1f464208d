"""The file of a case as it stood at a moment, and as one person could read it then.

`cases.services.past` gives the rows as they stood. `LIMITS` says what cannot be shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleAssignment, User
from accounts.roles import Role
from cases import rules
from cases.disclosure import Audience, may_know, may_read_event
from cases.errors import Conflict, Gone
from cases.kinds import OF_REPRISALS
from cases.models import Case, CaseEvent, Erasure
from cases.models.correspondence import DocumentAudience
from cases.models.party import Side
from cases.querysets import PARTY_ROLES
from cases.services.deadlines import FOR_OFFICERS
from cases.services.past import Past
from cases.workflow import State

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMITS = (
    _("It shows what existed and what the rules of access let this person read, not whether they "
      "read it: that stands in the log of reads."),
    _("Files are named as they stood; whether a file could be opened on that day is not shown."),
    _("What was said in the mediation room is never shown."),
    _("Changes made before the record of changes began, and histories that were imported, are "
      "shown as they are now."),
    _("Access by rules of an older version of the system is judged by the rules of today."),
)  # fmt: skip
"""What the reader must know of every answer."""


class NotYet(Conflict):
    """The case did not exist at that moment."""


@dataclass(frozen=True)
class Item:
    """One line of the file: what it is, when it came, how it stood."""

    what: str
    at: datetime | date | None = None
    stood: str = ""
    text: str = ""


@dataclass
class Replay:
    """A case as it stood, for one reader (the whole record, where nobody is named)."""

    case: Case
    at: datetime
    person: User | None
    audience: Audience
    could_see: bool
    why_not: str = ""
    state: str = ""
    officer: str = ""
    parties: list[Item] = field(default_factory=list)
    issues: list[Item] = field(default_factory=list)
    deadlines: list[Item] = field(default_factory=list)
    documents: list[Item] = field(default_factory=list)
    messages: list[Item] = field(default_factory=list)
    requests: list[Item] = field(default_factory=list)
    answers: list[Item] = field(default_factory=list)
    decisions: list[Item] = field(default_factory=list)
    drafts: list[Item] = field(default_factory=list)
    events: list[Item] = field(default_factory=list)
    limits: tuple[Any, ...] = LIMITS
    hides: bool = False
    """Names and reports that the reader of today may not know are left out."""

    @property
    def sections(self) -> list[tuple[Any, list[Item]]]:
        """Return every part with its heading, also the empty ones: an empty part says something."""
        return [
            (_("Parties"), self.parties),
            (_("Issues"), self.issues),
            (_("Deadlines"), self.deadlines),
            (_("Documents"), self.documents),
            (_("Messages"), self.messages),
            (_("Requests and answers"), self.requests),
            (_("Answers to the criteria"), self.answers),
            (_("Decisions and votes"), self.decisions),
            (_("Drafts of statements"), self.drafts),
            (_("History up to then"), self.events),
        ]


def end_of(day: date) -> datetime:
    """Return the last moment of a day in the NCP's time zone."""
    return datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone())


def replay(
    case: Case,
    at: datetime,
    *,
    person: User | None = None,
    reader: Audience = Audience.NAMED_OFFICER,
) -> Replay:
    """Return the file of a case as it stood, and as a person could read it then.

    Args:
        person: None: the whole record.
        reader: who looks at it now: nobody learns by it of a name, a message or a report that is
            kept from themselves.

    Raises:
        NotYet: the case came in later.
        Gone: its content was erased; only the tombstone is left.
    """
    if Erasure.objects.filter(case=case, principal=None, confirmed_at__isnull=False).exists():
        raise Gone(_("The content of this case was erased. Its history and dates are left."))
    if case.received_at > at:
        raise NotYet(_("This case did not exist on that day."))
    past = Past(case, at)
    audience, why_not = _audience(past, person)
    hides = reader != Audience.NAMED_OFFICER
    if hides and audience == Audience.NAMED_OFFICER:
        audience = reader
    shown = Replay(past.case, at, person, audience, could_see=not why_not, why_not=why_not)
    shown.hides = hides
    if why_not:
        return shown
    shown.state = str(State(past.case.state).label)
    shown.officer = _name(past.case.officer_id)
    _fill(shown, past)
    return shown


def _name(user_id: Any) -> str:
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return user.name if user else ""


def roles_at(person: User, at: datetime) -> set[str]:
    """Return the roles that somebody held at a moment."""
    held = RoleAssignment.objects.filter(
        Q(until=None) | Q(until__gt=at), since__lte=at, user=person
    )
    return set(held.values_list("role", flat=True))


def _audience(past: Past, person: User | None) -> tuple[Audience, Any]:
    """Return as what somebody read the case then, and why not at all."""
    if person is None:
        return Audience.NAMED_OFFICER, ""
    at, case = past.at, past.case
    taking_part = [
        row
        for row in past.rows("cases.Participation")
        if row.user_id == person.pk
        and (row.until is None or row.until > at)
        and not row.awaits_authority
    ]
    sides = {row.side for row in taking_part if row.role in PARTY_ROLES}
    if sides:
        if Side.RESPONDENT in sides:
            if case.served_at is None or case.served_at > at:
                return Audience.NOBODY, _("The enterprise was not told of the case yet.")
            return Audience.RESPONDENT, ""
        return Audience.COMPLAINANT, ""
    declared = [
        row
        for row in past.rows("cases.ConflictDeclaration")
        if row.user_id == person.pk and (row.superseded_at is None or row.superseded_at > at)
    ]
    if any(row.has_conflict for row in declared):
        return Audience.NOBODY, _("A declared conflict of interest had taken the case away.")
    roles = roles_at(person, at)
    if Role.OFFICER in roles:
        named = case.officer_id == person.pk or any(row.role == "officer" for row in taking_part)
        return (Audience.NAMED_OFFICER if named else Audience.NCP), ""
    if Role.DECISION_MAKER in roles:
        if any(not row.has_conflict for row in declared):
            return Audience.NCP, ""
        return Audience.COORDINATOR, ""
    if any(row.role == "mediator" for row in taking_part):
        if case.state != State.MEDIATION:
            return Audience.NOBODY, _("Mediators see a case while it is in good offices.")
        return Audience.MEDIATOR, ""
    if taking_part:
        return Audience.COORDINATOR, ""
    return Audience.NOBODY, _("This person had no access to the case on that day.")


READS_ALL = (Audience.NAMED_OFFICER, Audience.NCP)
PARTIES = (Audience.COMPLAINANT, Audience.RESPONDENT)


def _fill(shown: Replay, past: Past) -> None:
    to = shown.audience
    shown.parties = list(_parties(past, to, shown.hides))
    if to == Audience.COORDINATOR:
        return  # the names of the disclosed parties, nothing else
    shown.issues = [
        Item(f"{row.number}. {row.title}", stood=_accepted(row), text=row.description)
        for row in past.rows("cases.Issue", order="number")
    ]
    shown.documents = list(_documents(past, to))
    shown.messages = list(_messages(past, to, shown.hides))
    shown.deadlines = list(_deadlines(past, to, shown.hides))
    shown.requests = list(_requests(past, to))
    shown.drafts = list(_drafts(past, to))
    if to in READS_ALL:
        shown.answers = list(_answers(past))
        shown.decisions = list(_decisions(past))
    shown.events = [
        Item(event.label, event.at)
        for event in CaseEvent.objects.filter(case=past.case.pk, at__lte=past.at).order_by(
            "sequence"
        )
        if may_read_event(event, to) and not (shown.hides and event.kind in OF_REPRISALS)
    ]


def _accepted(row: Any) -> str:
    if row.accepted is None:
        return str(_("not decided"))
    return str(_("accepted") if row.accepted else _("not accepted"))


def _parties(past: Past, to: Audience, hides: bool) -> Iterator[Item]:
    for row in past.rows("cases.Party", order="position"):
        if row.left_at and row.left_at <= past.at:
            continue
        known = may_know(row, to) and not (hides and row.is_withheld)
        name = row.name if known else str(row.pseudonym)
        yield Item(name, row.joined_at, str(row.get_side_display()))


def _documents(past: Past, to: Audience) -> Iterator[Item]:
    for row in past.rows("cases.CaseDocument", order="provided_at"):
        served = row.served_at is not None and row.served_at <= past.at
        opened = {DocumentAudience.PARTIES, DocumentAudience.MEDIATION, DocumentAudience.PUBLIC}
        is_own = row.side == to
        if to not in READS_ALL and not is_own and not (served and row.audience in opened):
            continue
        yield Item(row.title, row.provided_at, str(row.get_audience_display()))


def _messages(past: Past, to: Audience, hides: bool) -> Iterator[Item]:
    for row in past.rows("cases.Message", order="sent_at"):
        if row.is_reprisal_report and (hides or to not in (Audience.NAMED_OFFICER, row.side)):
            continue
        if to in PARTIES and row.side != to and not row.is_response:
            continue
        if to not in (*READS_ALL, *PARTIES):
            continue
        if to in PARTIES and row.recalled_at and row.recalled_at <= past.at:
            continue
        yield Item(
            row.subject or str(_("Message")), row.sent_at, str(Side(row.side).label), row.text
        )


def _deadlines(past: Past, to: Audience, hides: bool) -> Iterator[Item]:
    rule_set = rules.load(past.case.rule_set)
    on = timezone.localtime(past.at).date()
    for row in past.rows("cases.Deadline", order="due_on"):
        rule = rule_set.deadline(row.kind)
        if row.kind == FOR_OFFICERS and (hides or to == Audience.NCP):
            continue
        if to not in READS_ALL and (not rule.public or row.side not in ("", to)):
            continue
        if to == Audience.RESPONDENT and row.owed_by == Side.COMPLAINANT:
            continue
        if row.met_on and row.met_on <= on:
            stood = _("met")
        elif row.cancelled_on and row.cancelled_on <= on:
            stood = _("lapsed")
        else:
            stood = _("overdue") if row.due_on < on else _("running")
        yield Item(str(rule.label), row.due_on, str(stood))


def _requests(past: Past, to: Audience) -> Iterator[Item]:
    for row in past.rows("cases.Request", order="asked_at"):
        if to not in READS_ALL and row.side != to:
            continue
        answered = row.answered_at is not None and row.answered_at <= past.at
        stood = _("answered") if answered else _("waiting")
        yield Item(str(Side(row.side).label), row.asked_at, str(stood), row.text)


def _answers(past: Past) -> Iterator[Item]:
    criteria = {item.code: str(item.title) for item in rules.load(past.case.rule_set).criteria}
    for row in past.rows("cases.Assessment", order="answered_at"):
        yield Item(
            criteria.get(row.criterion, row.criterion),
            row.answered_at,
            str(row.get_finding_display()),
            row.reasoning,
        )


def _decisions(past: Past) -> Iterator[Item]:
    for row in past.rows("cases.Decision", order="proposed_at"):
        yield Item(str(_("Proposal")), row.proposed_at, str(row.get_state_display()))
    for row in past.rows("cases.Vote", order="cast_at"):
        yield Item(_name(row.member_id), row.cast_at, str(row.get_ballot_display()))


def _drafts(past: Past, to: Audience) -> Iterator[Item]:
    opened = _versions_in_rounds(past)
    for row in past.rows("statements.Version", order="at"):
        if to not in READS_ALL and row.pk not in opened:
            continue
        yield Item(row.title, row.at, str(_("version %(n)s, %(language)s")) % {
            "n": row.number, "language": row.language,
        })  # fmt: skip


def _versions_in_rounds(past: Past) -> set[Any]:
    """Return the versions that both sides had been sent by then."""
    rounds = apps.get_model("statements", "CommentRound").objects.filter(
        statement__case=past.case.pk, opened_at__lte=past.at
    )
    return set(rounds.values_list("versions", flat=True))


def deciders(case: Case) -> Iterable[User]:
    """Return who may be asked about: everybody of the NCP who acted or declared in the case, and
    its parties."""
    ids = set(case.events.exclude(by=None).values_list("by_id", flat=True))
    ids |= set(case.conflicts.values_list("user_id", flat=True))
    ids |= set(case.participations.values_list("user_id", flat=True))
    return User.objects.filter(pk__in=ids).order_by("name")
