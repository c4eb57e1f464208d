"""Lines of the list of cases: the same columns on the page and in an export."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from cases import dossier, permissions, rules
from cases.actions import available_actions
from cases.conditions import has_open_proposal
from cases.countries import country_name
from cases.disclosure import Audience, disclosed_party
from cases.letters import waiting
from cases.models import Case, ConflictDeclaration, Issue, IssueProvision, Party
from cases.models.assessment import DecisionState
from cases.provisions import in_order
from cases.sectors import SECTORS
from cases.services import deadlines
from cases.timeframes import Standing
from desk import links, pressure
from desk.reading import TAGS
from sealing.fields import open_keys


@dataclass(frozen=True)
class Next:
    """The next act in a case for somebody, and where it is done; "" where others are to act."""

    label: Any
    url: str
    letter: str = ""


@dataclass
class Row:
    """A case as a line of a list."""

    case: Case
    deadline: str = ""
    standing: str = ""
    tag: str = ""
    shows_risk: bool = False
    reason: str = ""
    reason_url: str = ""
    next: Next | None = None
    parties: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    chapters: list[str] = field(default_factory=list)
    sector: str = ""


def row_of(
    case: Case, *, today: date, shows_risk: bool, reason: str = "", reason_url: str = ""
) -> Row:
    """Return a case as a line; `is_paused` must be annotated."""
    stands = deadlines.standing_of_case(case, on=today)
    if stands and case.is_paused:
        stands = Standing.PAUSED
    kind = case.next_due_kind
    return Row(
        case=case,
        deadline=str(rules.load(case.rule_set).deadline(kind).label) if stands else "",
        standing=str(stands.label) if stands else "",
        tag=TAGS[stands] if stands else "",
        shows_risk=shows_risk and case.reprisal_risk,
        reason=reason,
        reason_url=reason_url,
        sector=str(SECTORS.get(case.sector, "")),
    )


def rows_of(
    cases: Iterable[Case], *, user: User, today: date, columns: Iterable[str] = ()
) -> list[Row]:
    """Return cases as lines, with what their columns need: a fixed number of statements.

    Names are those that are kept from nobody, whoever reads: lists and exports travel.
    """
    shows_risk = user.has_role(Role.OFFICER)
    rows = [row_of(case, today=today, shows_risk=shows_risk) for case in cases]
    by_case = {row.case.pk: row for row in rows}
    wanted = set(columns)
    if rows and wanted & {"parties", "country"}:
        _add_parties(by_case, with_names="parties" in wanted)
    if rows and wanted & {"country", "chapters"}:
        readable = _readable(by_case, user)
        if "country" in wanted:
            _add_places(by_case, readable)
        if "chapters" in wanted:
            _add_chapters(by_case, readable)
    return rows


def _add_parties(rows: dict[UUID, Row], *, with_names: bool) -> None:
    parties = Party.objects.standing().filter(case__in=rows)
    parties = parties.select_related("organisation").order_by("side", "position")
    # The name of a person is sealed: it is opened only where it is shown.
    sealed = ["email", "phone", "address", "safe_contact", "structure", "withholding_reason"]
    parties = parties.defer(*sealed, *([] if with_names else ["name"]))
    if with_names:
        open_keys(row.case.data_key_id for row in rows.values())
    for party in parties:
        row = rows[party.case_id]
        if not party.is_withheld and party.country:
            _once(row.countries, country_name(party.country))
        if with_names:
            row.parties.append(disclosed_party(party, Audience.COORDINATOR).name)


def _readable(rows: dict[UUID, Row], user: User) -> set[UUID]:
    """Ids of the cases whose issues somebody reads: a member's after declaring."""
    if user.has_role(Role.OFFICER):
        return set(rows)
    declared = ConflictDeclaration.objects.filter(
        user=user, has_conflict=False, superseded_at=None, case__in=rows
    )
    return set(declared.values_list("case_id", flat=True))


def _add_places(rows: dict[UUID, Row], readable: set[UUID]) -> None:
    issues = Issue.objects.filter(case__in=readable).exclude(country="")
    for case_id, code in issues.order_by("number").values_list("case_id", "country"):
        _once(rows[case_id].countries, country_name(code))


def _add_chapters(rows: dict[UUID, Row], readable: set[UUID]) -> None:
    cited = IssueProvision.objects.filter(issue__case__in=readable)
    found = defaultdict(list)
    for case_id, chapter in cited.order_by("pk").values_list("issue__case_id", "chapter"):
        found[case_id].append(chapter)
    for case_id, chapters in found.items():
        rows[case_id].chapters = in_order(chapters)


def _once(values: list[str], value: str) -> None:
    if value not in values:
        values.append(value)


def add_next_acts(rows: list[Row], user: User) -> None:
    """Say for each line what this person does next in the case: what is asked of them first.

    Two statements for all lines of which it is not known: the actions are those of the case page.
    What is known is kept for a minute at most and only while nothing was recorded in the case; the
    page of the act asks again whether it may be done.
    """
    now = int(time.time()) // 60
    keys = {
        row.case.pk: (user.pk, user.roles, row.case.pk, row.case.row_version, now) for row in rows
    }
    missing = {row.case.pk: row.case for row in rows if keys[row.case.pk] not in _next_acts}
    if len(_next_acts) > MOST_KEPT:
        _next_acts.clear()
    for case in dossier.load(missing.values(), parts=_FOR_NEXT):
        _next_acts[keys[case.pk]] = _next_act(case, user)
    for row in rows:
        row.next = _next_acts.get(keys[row.case.pk])


def _next_act(case: Case, user: User) -> Next | None:
    """Return the first thing to do, and the letter that is drafted for what was done lately; a
    report of pressure alone while it waits."""
    if report := pressure.unanswered(case, user):
        return Next(pressure.LABEL, reverse("desk:answer_report", args=[case.pk, report]))
    first = next((item for item in available_actions(case, user) if item.is_next), None)
    letter = ""
    if permissions.may_run_procedure(case, user) and (called := waiting.waiting(case)):
        letter = reverse("desk:write_letter", args=[case.pk, called[0].name])
    if first:
        return Next(first.label, links.of_action(case.pk, first.name), letter)
    if letter:
        return Next(_("Write the letter"), letter)
    return Next(DecisionState.OPEN.label, "") if has_open_proposal(case) else None


MOST_KEPT = 4000
_FOR_NEXT = (*dossier.FOR_ACTIONS, "portal_letters", "deadlines")
_next_acts: dict[tuple[Any, ...], Next | None] = {}
