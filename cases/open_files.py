"""The files in which running cases arrive, read into records, and the template to fill in.

A JSON file holds `{"version": 1, "cases": [...]}`; a CSV file has one line for each case and more
lines with the same `id` for further parties and issues. Nothing is checked here beyond the form of
the file: `cases.open_records` does it, one record at a time.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from cases.open_records import COLUMNS, LISTS, OWN

VERSION = 1
MOST = 2000


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
