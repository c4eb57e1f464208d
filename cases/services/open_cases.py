"""Running cases of an older register are loaded with their past; nothing is sent or published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User as Person
from accounts.roles import Role
from cases import open_files, open_records, rules
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case, Issue, Participation, Party
from cases.models.party import ParticipationRole
from cases.open_records import OpenCase, Problem
from cases.payload import SubmissionData
from cases.services import deadlines
from cases.services.acting import require
from cases.services.incoming import may_take_in
from cases.services.unfolding import add_issues, complainants_of, respondents_of, title_of
from cases.workflow import EARLY_OUTCOMES, State
from sealing.models import DataKey

if TYPE_CHECKING:
    from accounts.models import User

NOON = time(12)
"""A past day has no hour; noon is the same day everywhere near."""


@dataclass
class Row:
    """One record: what it would make or made, or what is wrong with it."""

    position: int
    label: str = ""
    """Where it stands in the file, for people."""
    record: OpenCase | None = None
    problems: list[Problem] = field(default_factory=list)
    held: Case | None = None  # it was loaded before
    made: Case | None = None

    @property
    def state_label(self) -> str:
        return str(State(self.record.state).label) if self.record else ""


class _DryRun(Exception):
    pass


def look(data: bytes, *, name: str) -> list[Row]:
    """Read a file and say of each record what it would make, without writing anything.

    Raises:
        cases.open_files.Unreadable: the file as a whole cannot be read.
    """
    rows = []
    seen: dict[str, int] = {}
    references: dict[str, int] = {}
    languages = tuple(code for code, _name in settings.LANGUAGES)
    files = open_files.read(data, name=name)
    for found in files:
        position = found.position
        record, problems = open_records.check(
            found.raw, position, default_rule_set=settings.RULE_SET, languages=languages
        )
        # What a cell that cannot be read leaves out is not missing besides.
        unread = {item.cell for item in found.problems}
        problems = [
            item for item in map(found.placed, problems) if item.cell not in unread or not item.cell
        ]
        problems = [*found.problems, *problems]
        if record and record.id in seen:
            problems.append(_twice(position, "id", seen[record.id]))
        elif record:
            seen[record.id] = position
        if record and record.reference and record.reference in references:
            problems.append(_twice(position, "reference", references[record.reference]))
        elif record and record.reference:
            references[record.reference] = position
        rows.append(Row(position, found.label, None if problems else record, problems))
    _compare(rows)
    for row, found in zip(rows, files, strict=True):
        row.problems = [found.placed(problem) for problem in row.problems]
    return rows


def _twice(position: int, name: str, first: int) -> Problem:
    return Problem(position, name, _("stands in record %(number)s already") % {"number": first})


def _compare(rows: list[Row]) -> None:
    """Compare with what is here: loaded before, numbers in use, people who are no officers."""
    records = [row.record for row in rows if row.record]
    held = Case.objects.in_bulk([_key(record) for record in records], field_name="source_key")
    used = set(
        Case.objects.filter(reference__in=[r.reference for r in records if r.reference])
        .exclude(source_key__in=list(held))
        .values_list("reference", flat=True)
    )
    officers = _officers()
    for row in rows:
        if row.record is None:
            continue
        row.held = held.get(_key(row.record))
        if row.held:
            continue
        if row.record.reference in used:
            row.problems.append(
                Problem(row.position, "reference", _("is the number of another case here"))
            )
        if row.record.officer and row.record.officer.lower() not in officers:
            row.problems.append(
                Problem(row.position, "officer", _("no officer here has this address"))
            )
        if row.problems:
            row.record = None


def _officers() -> dict[str, User]:
    return {
        person.email.lower(): person
        for person in Person.objects.holding(Role.OFFICER)
        if person.email
    }


def _key(record: OpenCase) -> str:
    return f"open:{record.id}"


def load(data: bytes, *, name: str, by: User | None, dry_run: bool = False) -> list[Row]:
    """Load every record that is right, each in a transaction of its own, and say of each what was
    made. What was loaded before stays as it is.

    No person is told, no outbox row is written, nothing is published; what happens to the cases
    later is told as usual.

    Args:
        by: the officer; None for the command line.
        dry_run: write everything and take it back, so that the database has its say too.

    Raises:
        cases.open_files.Unreadable: the file as a whole cannot be read.
        PermissionDenied: the person is no officer.
    """
    require(by is None or may_take_in(by))
    rows = look(data, name=name)
    officers = _officers()
    for row in rows:
        if row.record is None or row.held:
            continue
        try:
            with transaction.atomic():
                row.made = _make(row.record, officers, by)
                if dry_run:
                    raise _DryRun
        except _DryRun:
            pass
        except (DatabaseError, ValueError) as error:
            row.made = None
            why = str(error).strip().splitlines()[0][:80] if str(error).strip() else ""
            row.problems.append(
                Problem(row.position, "", _("could not be stored (%(why)s)") % {"why": why})
            )
    return rows


def _make(record: OpenCase, officers: dict[str, User], by: User | None) -> Case:
    days = record.dates
    data = SubmissionData(
        complainants=record.complainants,
        respondents=record.respondents,
        issues=tuple(issue.data for issue in record.issues),
        language=record.language,
        channel="imported",
        reprisal_risk=record.reprisal_risk,
    )
    case = Case(
        source_key=_key(record),
        title=title_of(data),
        reference=record.reference or None,
        state=record.state,
        outcome=record.outcome,
        rule_set=record.rule_set,
        language=record.language,
        channel="imported",
        reprisal_risk=record.reprisal_risk,
        data_key=DataKey.generate(),
        officer=officers.get(record.officer.lower()) if record.officer else None,
        received_at=_moment(days["received_on"]),
        registered_at=_moment(days.get("registered_on")),
        served_at=_moment(days.get("served_on")),
        assessment_concluded_at=_moment(days.get("assessment_concluded_on")),
        good_offices_concluded_at=_moment(days.get("good_offices_concluded_on")),
        ended_at=_moment(days.get("ended_on")),
        closed_at=_moment(days.get("closed_on")),
        follow_up_on=days.get("follow_up_on"),
    )
    case.save(force_insert=True)
    Party.objects.bulk_create(
        [*complainants_of(case, data), *respondents_of(case, data.respondents)]
    )
    made = add_issues(case, data.issues, edition=_edition(case), after=0)
    for row, issue in zip(made, record.issues, strict=True):
        row.accepted = issue.accepted
    Issue.objects.bulk_update(made, ["accepted"])
    if case.officer:
        Participation.objects.create(case=case, user=case.officer, role=ParticipationRole.OFFICER)
    for kind, at in _past(record):
        outcome = record.outcome if kind == EventKind.ENDED_EARLY else None
        record_event(case, kind, by=None, at=at, is_told=False, loaded=True, outcome=outcome)
    record_event(case, EventKind.LOADED_OPEN, by=by, is_told=False, state=record.state)
    deadlines.recompute(case)
    case.save(update_fields=["next_due_on", "next_due_kind"])
    return case


def _edition(case: Case) -> str:
    return rules.load(case.rule_set).edition


def _past(record: OpenCase) -> Iterator[tuple[EventKind, datetime]]:
    """Yield what happened before, in its order: the time frames follow from it as if the case had
    been handled here."""
    days = record.dates
    steps: list[tuple[date | None, EventKind]] = [
        (days["received_on"], EventKind.RECEIVED),
        (days.get("acknowledged_on"), EventKind.ACKNOWLEDGED),
        (days.get("registered_on"), EventKind.REGISTERED),
        (days.get("served_on"), EventKind.RESPONDENT_NOTIFIED),
        (days.get("responded_on"), EventKind.RESPONDENT_RESPONDED),
        (days.get("assessment_concluded_on"), EventKind.ASSESSMENT_CONCLUDED),
    ]
    offered = days.get("assessment_concluded_on") if _was_offered(record) else None
    steps.append((offered, EventKind.GOOD_OFFICES_OFFERED))
    steps.append((days.get("good_offices_concluded_on"), EventKind.GOOD_OFFICES_CONCLUDED))
    if record.state == State.EXAMINATION:
        steps.append((days.get("good_offices_concluded_on"), EventKind.EXAMINATION_BEGUN))
    if record.outcome in EARLY_OUTCOMES:
        steps.append((days.get("ended_on"), EventKind.ENDED_EARLY))
    if record.state == State.FOLLOW_UP:
        closed = days.get("closed_on")
        steps += [(closed, EventKind.STATEMENT_PUBLISHED), (closed, EventKind.CLOSED)]
        steps.append((days.get("follow_up_on") or closed, EventKind.FOLLOW_UP_BEGUN))
    known = [(day, order, kind) for order, (day, kind) in enumerate(steps) if day]
    for day, _order, kind in sorted(known, key=lambda item: (item[0], item[1])):
        yield kind, min(_moment(day), timezone.now())


def _was_offered(record: OpenCase) -> bool:
    return record.state in (State.MEDIATION, State.EXAMINATION) or bool(
        record.dates.get("good_offices_concluded_on")
    )


def _moment(day: date | None) -> Any:
    return timezone.make_aware(datetime.combine(day, NOON)) if day else None
