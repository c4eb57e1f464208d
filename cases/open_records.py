"""Lists of cases that run already when an NCP starts with this system: read, checked, no database.

A JSON file holds `{"version": 1, "cases": [...]}`; a CSV file has one line for each case and more
lines with the same `id` for further parties and issues. Both lead to the same `OpenCase`; what is
wrong is said with the record's position and field, and the other records are read all the same.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from cases import rules
from cases.models.party import PartyKind
from cases.payload import ComplainantData, IssueData, RespondentData, Shown
from cases.provisions import parse
from cases.workflow import OPEN_STATES, Outcome, State

VERSION = 1
MOST = 2000
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

    def __str__(self) -> str:
        where = _("Record %(number)s") % {"number": self.position}
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


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why."""


def read(data: bytes, *, name: str) -> list[tuple[int, dict[str, Any]]]:
    """Return the records of a file with their positions, unchecked.

    Raises:
        Unreadable: it is neither such a JSON file nor such a CSV file.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is no text in UTF-8. Save it as UTF-8.")) from error
    if name.lower().endswith(".json") or text.lstrip().startswith(("{", "[")):
        rows = list(enumerate(_json(text), start=1))
    else:
        rows = list(_csv(text))
    if len(rows) > MOST:
        raise Unreadable(_("The file holds too many cases. Load it in parts."))
    if not rows:
        raise Unreadable(_("The file holds no case."))
    return rows


def _json(text: str) -> list[Any]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(
            _("This is no JSON: line %(line)s, column %(column)s.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    except RecursionError as error:
        raise Unreadable(_("The file is nested too deeply.")) from error
    if isinstance(data, dict):
        if data.get("version") != VERSION:
            raise Unreadable(_("The file must state its version: 1."))
        data = data.get("cases")
    if not isinstance(data, list):
        raise Unreadable(_("The file must hold a list of cases."))
    return data


def _csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Put lines with the same id together; the position is that of the first line in the file."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(1_000_000)
    try:
        reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True)
        names = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        if "id" not in names:
            raise Unreadable(_("The first line must name the columns; “id” is missing."))
        if unknown := [name for name in names if name not in COLUMNS]:
            raise Unreadable(
                _("These columns are not known: %(names)s.") % {"names": ", ".join(unknown[:10])}
            )
        cases: dict[str, tuple[int, dict[str, Any]]] = {}
        for line in reader:
            if None in line:
                raise Unreadable(
                    _("Line %(line)s has more fields than there are columns.")
                    % {"line": reader.line_num}
                )
            row = {key: (value or "").strip() for key, value in line.items()}
            if not any(row.values()):
                continue
            key = row["id"] or f"#{reader.line_num}"
            _position, case = cases.setdefault(key, (reader.line_num, {name: [] for name in LISTS}))
            for name in OWN:
                if row.get(name) and not case.get(name):
                    case[name] = row[name]
            _add(case, "complainants", row, "complainant")
            _add(case, "respondents", row, "respondent")
            _add(case, "issues", row, "issue")
    except csv.Error as error:
        raise Unreadable(_("This is no CSV: %(why)s.") % {"why": error}) from error
    yield from cases.values()


def _add(case: dict[str, Any], name: str, row: Mapping[str, str], prefix: str) -> None:
    part = {
        key.removeprefix(f"{prefix}_"): value
        for key, value in row.items()
        if key.startswith(f"{prefix}_") and value
    }
    if part:
        case[name].append(part)


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
        state = self.choice(raw, "state", State.values, needed=True)
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
        today = date.today()  # noqa: DTZ011 - days of a list, not moments
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
        needed: bool = False,
    ) -> str:  # fmt: skip
        value = self.text(raw, name, 40, where)
        field = f"{where}.{name}" if where else name
        if value and value not in allowed:
            self.wrong(field, _("must be one of: %(values)s") % {"values": ", ".join(allowed)})
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


TEMPLATE_ROWS: tuple[dict[str, str], ...] = (
    {
        "id": "old-register-17", "reference": "OLD-2026-17", "state": "initial_assessment",
        "rule_set": "kz", "language": "ru", "officer": "officer@example.org",
        "received_on": "2026-03-02", "acknowledged_on": "2026-03-05",
        "registered_on": "2026-03-20", "served_on": "2026-03-27", "complainant_name": "Jane Doe",
        "complainant_kind": "individual", "complainant_country": "KZ",
        "complainant_withheld": "yes", "respondent_name": "Example Mining",
        "respondent_country": "KZ", "issue_title": "The river is polluted",
        "issue_description": "Since spring the water smells of chemicals.",
        "issue_country": "KZ", "issue_provisions": "VI.1; IV.3",
    },
    {"id": "old-register-17", "complainant_name": "Village council",
     "complainant_kind": "community", "issue_title": "Wages were not paid",
     "issue_provisions": "V.1.a"},
)  # fmt: skip


def template() -> str:
    """Return a CSV file to fill in: the columns, and one case with two complainants and issues."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(TEMPLATE_ROWS)
    return out.getvalue()
