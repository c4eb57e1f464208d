"""A running case as a list of an NCP that starts with this system has it: checked, no database.

`cases.open_files` reads the lists. What is wrong is said with the record's position and field, and
the other records are read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import rules
from cases.models.party import PartyKind
from cases.payload import ComplainantData, IssueData, RespondentData, Shown
from cases.provisions import parse
from cases.workflow import OPEN_STATES, Outcome, State

STAGES = (
    "received_on", "acknowledged_on", "registered_on", "served_on", "responded_on",
    "assessment_concluded_on", "good_offices_concluded_on", "ended_on",
)  # fmt: skip
"""Past dates, in the order in which they can have happened."""
NEEDED = {
    State.RECEIVED: (),
    State.INITIAL_ASSESSMENT: ("registered_on",),
    State.MEDIATION: ("registered_on", "served_on", "assessment_concluded_on"),
    State.EXAMINATION: (
        "registered_on", "served_on", "assessment_concluded_on", "good_offices_concluded_on",
    ),
    State.FINAL_STATEMENT: ("registered_on", "assessment_concluded_on", "ended_on"),
    State.HELD_FOR_REVIEW: ("registered_on", "assessment_concluded_on", "ended_on"),
    State.FOLLOW_UP: ("registered_on", "assessment_concluded_on", "ended_on"),
}  # fmt: skip
"""Dates without which a state cannot stand."""
FORBIDDEN = {
    State.RECEIVED: STAGES[2:],
    State.INITIAL_ASSESSMENT: STAGES[5:],
    State.MEDIATION: STAGES[6:],
    State.EXAMINATION: STAGES[7:],
}
"""Dates of what has not happened yet in a state."""
COLUMNS = (
    "id", "reference", "state", "outcome", "rule_set", "language", "officer", *STAGES,
    "closed_on", "follow_up_on", "reprisal_risk", "complainant_name", "complainant_kind",
    "complainant_country", "complainant_email", "complainant_withheld", "respondent_name",
    "respondent_kind", "respondent_country", "issue_title", "issue_description", "issue_country",
    "issue_provisions", "issue_accepted",
)  # fmt: skip
LISTS = ("complainants", "respondents", "issues")
OWN = tuple(name for name in COLUMNS if not name.startswith(("complainant", "respondent", "issue")))
ACCEPTED_STATES = frozenset(OPEN_STATES) - {State.RECEIVED, State.INITIAL_ASSESSMENT}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one record: where, in which field, and why."""

    position: int
    field: str
    why: str
    cell: str = ""
    """In a workbook the sheet and the cell: `Cases!F7`."""

    def __str__(self) -> str:
        where = self.cell or _("Record %(number)s") % {"number": self.position}
        return f"{where}, {self.field}: {self.why}" if self.field else f"{where}: {self.why}"


@dataclass(frozen=True)
class OpenIssue:
    """An issue of a running case, and whether it was accepted."""

    data: IssueData
    accepted: bool | None = None


@dataclass(frozen=True)
class OpenCase:
    """A running case as its list has it."""

    position: int
    id: str
    state: State
    dates: Mapping[str, date]
    complainants: tuple[ComplainantData, ...]
    respondents: tuple[RespondentData, ...]
    issues: tuple[OpenIssue, ...]
    reference: str = ""
    outcome: str = ""
    rule_set: str = ""
    language: str = ""
    officer: str = ""
    reprisal_risk: bool = False


def check(
    raw: Any, position: int, *, default_rule_set: str, languages: tuple[str, ...]
) -> tuple[OpenCase | None, list[Problem]]:
    """Return a record as a case, or what is wrong with it; all its problems at once."""
    return _Checker(position, default_rule_set, languages).case(raw)


class _Checker:
    """Reads one record and notes every problem with its field."""

    def __init__(self, position: int, rule_set: str, languages: tuple[str, ...]) -> None:
        self.position, self.rule_set, self.languages = position, rule_set, languages
        self.problems: list[Problem] = []

    def wrong(self, field: str, why: Any) -> None:
        self.problems.append(Problem(self.position, field, str(why)))

    def case(self, raw: Any) -> tuple[OpenCase | None, list[Problem]]:
        if not isinstance(raw, dict):
            self.wrong("", _("is no record"))
            return None, self.problems
        for name in set(raw) - set(OWN) - set(LISTS):
            self.wrong(str(name)[:40], _("is not known; misspelt?"))
        record_id = self.text(raw, "id", 150)
        if not record_id:
            self.wrong("id", _("is missing: it tells the case apart when the file is loaded again"))
        state = self.choice(raw, "state", State.values, needed=True, offered=NEEDED)
        if state and State(state) not in NEEDED:
            self.wrong("state", _("is over; only running cases are loaded here"))
            state = ""
        dates = self.dates(raw, state)
        rule_set = self.text(raw, "rule_set", 40) or self.rule_set
        try:
            rule_set = rules.load(rule_set).name
        except rules.RuleSetError:
            self.wrong("rule_set", _("there is no such rule set"))
        language = self.choice(raw, "language", self.languages) or self.languages[0]
        outcome = self.choice(raw, "outcome", Outcome.values)
        if state in (State.FINAL_STATEMENT, State.HELD_FOR_REVIEW, State.FOLLOW_UP):
            if not outcome:
                self.wrong("outcome", _("is missing"))
        elif outcome and state != State.EXAMINATION:
            self.wrong("outcome", _("a case in this state has no outcome yet"))
        reference = self.text(raw, "reference", 24)
        if state and state != State.RECEIVED and not reference:
            self.wrong("reference", _("is missing: a registered case has its number"))
        complainants = tuple(self.complainants(raw))
        respondents = tuple(self.respondents(raw))
        issues = tuple(self.issues(raw, state))
        for name, rows in zip(LISTS, (complainants, respondents, issues), strict=True):
            if not rows and not any(item.field.startswith(name) for item in self.problems):
                self.wrong(name, _("needs at least one"))
        case = OpenCase(
            position=self.position,
            id=record_id,
            state=State(state or State.RECEIVED),
            dates=dates,
            complainants=complainants,
            respondents=respondents,
            issues=issues,
            reference=reference,
            outcome=outcome,
            rule_set=rule_set,
            language=language,
            officer=self.text(raw, "officer", 254),
            reprisal_risk=bool(self.flag(raw, "reprisal_risk")),
        )
        return (None if self.problems else case), self.problems

    def dates(self, raw: Mapping[str, Any], state: str) -> dict[str, date]:
        found: dict[str, date] = {}
        today = timezone.localdate()
        for name in (*STAGES, "closed_on", "follow_up_on"):
            value = self.text(raw, name, 10)
            if not value:
                continue
            try:
                if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
                    raise ValueError
                found[name] = date.fromisoformat(value)
            except ValueError:
                self.wrong(name, _("must be a day like 2026-03-15"))
                continue
            if found[name].year < 1976:
                self.wrong(name, _("lies before the Guidelines"))
            if name != "follow_up_on" and found[name] > today:
                self.wrong(name, _("lies in the future"))
        if "received_on" not in found and not any(p.field == "received_on" for p in self.problems):
            self.wrong("received_on", _("is missing"))
        if state:
            for name in NEEDED[State(state)]:
                if name not in found and not any(p.field == name for p in self.problems):
                    self.wrong(name, _("is missing: the state needs it"))
            for name in FORBIDDEN.get(State(state), ()):
                if name in found:
                    self.wrong(name, _("has not happened yet in this state"))
            if state == State.FOLLOW_UP and "closed_on" not in found:
                self.wrong("closed_on", _("is missing: the state needs it"))
            if state != State.FOLLOW_UP and "closed_on" in found:
                self.wrong("closed_on", _("has not happened yet in this state"))
        self._in_order(found)
        return found

    def _in_order(self, found: Mapping[str, date]) -> None:
        line = [name for name in ("received_on", "registered_on", "served_on",
                                  "assessment_concluded_on", "good_offices_concluded_on",
                                  "ended_on", "closed_on") if name in found]  # fmt: skip
        for before, after in pairwise(line):
            if found[after] < found[before]:
                self.wrong(after, _("lies before %(field)s") % {"field": before})
        for name, start in (("acknowledged_on", "received_on"), ("responded_on", "served_on")):
            if name in found and start in found and found[name] < found[start]:
                self.wrong(name, _("lies before %(field)s") % {"field": start})
        if "responded_on" in found and "served_on" not in found:
            self.wrong("served_on", _("is missing: the enterprise answered"))

    def complainants(self, raw: Mapping[str, Any]) -> Iterator[ComplainantData]:
        known = {"name", "kind", "country", "email", "phone", "address", "withheld"}
        for where, row in self.rows(raw, "complainants", known):
            name = self.text(row, "name", 300, where)
            if not name:
                self.wrong(f"{where}.name", _("is missing"))
            is_withheld = self.flag(row, "withheld", where)
            yield ComplainantData(
                name,
                self.choice(row, "kind", PartyKind.values, where) or PartyKind.OTHER,
                self.country(row, where),
                self.text(row, "email", 254, where),
                self.text(row, "phone", 60, where),
                self.text(row, "address", 500, where),
                Shown(not is_withheld, not is_withheld, not is_withheld),
            )

    def respondents(self, raw: Mapping[str, Any]) -> Iterator[RespondentData]:
        known = {"name", "kind", "country", "email", "address", "website"}
        for where, row in self.rows(raw, "respondents", known):
            name = self.text(row, "name", 300, where)
            if not name:
                self.wrong(f"{where}.name", _("is missing"))
            yield RespondentData(
                name,
                self.choice(row, "kind", PartyKind.values, where) or PartyKind.BUSINESS,
                self.country(row, where),
                self.text(row, "address", 500, where),
                self.text(row, "website", 300, where),
                email=self.text(row, "email", 254, where),
            )

    def issues(self, raw: Mapping[str, Any], state: str) -> Iterator[OpenIssue]:
        known = {"title", "description", "place", "country", "provisions", "accepted"}
        for where, row in self.rows(raw, "issues", known):
            title = self.text(row, "title", 500, where)
            if not title:
                self.wrong(f"{where}.title", _("is missing"))
            accepted = self.flag(row, "accepted", where)
            if state in ACCEPTED_STATES and accepted is None and state == State.MEDIATION:
                self.wrong(f"{where}.accepted", _("is missing: the state needs it"))
            cited = row.get("provisions", [])
            if isinstance(cited, str):
                cited = [part.strip() for part in re.split(r"[;,\s]+", cited) if part.strip()]
            if not isinstance(cited, list) or not all(isinstance(item, str) for item in cited):
                self.wrong(f"{where}.provisions", _("must be a list like IV.3; VI.1"))
                cited = []
            for text in cited:
                if not parse(text, edition="2023").is_read:
                    self.wrong(f"{where}.provisions", _("“%(text)s” is no provision")
                               % {"text": text[:40]})  # fmt: skip
            yield OpenIssue(
                IssueData(
                    title,
                    self.text(row, "description", 50_000, where) or title,
                    self.text(row, "place", 500, where),
                    self.country(row, where),
                    citations=tuple(cited),
                ),
                accepted,
            )

    # The small parts: each returns the value, or notes the problem and returns nothing.

    def rows(
        self, raw: Mapping[str, Any], name: str, known: set[str]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        rows = raw.get(name) or []
        if not isinstance(rows, list):
            self.wrong(name, _("must be a list"))
            return
        for number, row in enumerate(rows[:500], start=1):
            where = f"{name}[{number}]"
            if not isinstance(row, dict):
                self.wrong(where, _("is no record"))
                continue
            for key in set(row) - known:
                self.wrong(f"{where}.{str(key)[:40]}", _("is not known; misspelt?"))
            yield where, row

    def text(self, raw: Mapping[str, Any], name: str, most: int, where: str = "") -> str:
        value = raw.get(name) or ""
        field = f"{where}.{name}" if where else name
        if not isinstance(value, str):
            self.wrong(field, _("must be text"))
            return ""
        value = value.strip()
        if len(value) > most or "\x00" in value:
            self.wrong(field, _("is too long"))
            return ""
        return value

    def choice(
        self, raw: Mapping[str, Any], name: str, allowed: Any, where: str = "", *,
        needed: bool = False, offered: Any = (),
    ) -> str:  # fmt: skip
        """Return one of the allowed words; the error names those that are `offered`."""
        value = self.text(raw, name, 40, where)
        field = f"{where}.{name}" if where else name
        if value and value not in allowed:
            values = ", ".join(offered or allowed)
            self.wrong(field, _("must be one of: %(values)s") % {"values": values})
            return ""
        if needed and not value and not any(item.field == field for item in self.problems):
            self.wrong(field, _("is missing"))
        return value

    def country(self, raw: Mapping[str, Any], where: str) -> str:
        value = self.text(raw, "country", 2, where).upper()
        if value and not re.fullmatch(r"[A-Z]{2}", value, re.ASCII):
            self.wrong(f"{where}.country", _("must be a code of two letters, like KZ"))
            return ""
        return value

    def flag(self, raw: Mapping[str, Any], name: str, where: str = "") -> bool | None:
        value = raw.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return value
        said = str(value).strip().lower()
        if said in ("yes", "true", "1"):
            return True
        if said in ("no", "false", "0"):
            return False
        self.wrong(f"{where}.{name}" if where else name, _("must be yes or no"))
        return None
