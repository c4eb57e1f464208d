"""The files in which running cases arrive, read into records, and the templates to fill in.

A JSON file holds `{"version": 1, "cases": [...]}`; a CSV file has one line for each case and more
lines with the same `id` for further parties and issues, and so has every sheet of a workbook
(XLSX) whose first line names an `id`. Nothing is checked here beyond the form of the file:
`cases.open_records` does it, one record at a time.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from cases.open_records import COLUMNS, LISTS, OWN, Problem
from documents import spreadsheets
from documents.spreadsheets import Cell, letters

VERSION = 1
MOST = 2000


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why."""


@dataclass
class Found:
    """A record as it stands in a file, unchecked.

    Attributes:
        position: its number in a JSON file, else its first line.
        sheet: the sheet of a workbook on which it stands.
        columns: of a workbook, by name the letters of a column.
        lines: by the name of a field, or of a list, the lines from which its values are.
        problems: what is wrong with the cells themselves.
    """

    position: int
    raw: Any
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What tells the record apart for people."""
        return f"{self.sheet}!{self.position}" if self.sheet else str(self.position)

    def placed(self, problem: Problem) -> Problem:
        """Return a problem with the cell of a workbook in which it is found."""
        if not self.sheet or problem.cell:
            return problem
        part = _PART.fullmatch(problem.field)
        name, line = problem.field, 0
        if part:
            lines = self.lines.get(part["list"], [])
            number = int(part["number"] or 1) - 1
            line = lines[number] if number < len(lines) else 0
            name = f"{part['list'].removesuffix('s')}_{part['name'] or _MAIN[part['list']]}"
        line = line or next(iter(self.lines.get(name, ())), self.position)
        return replace(problem, cell=f"{self.sheet}!{self.columns.get(name, '')}{line}")


_PART = re.compile(
    rf"(?P<list>{'|'.join(LISTS)})(?:\[(?P<number>\d+)\](?:\.(?P<name>\w+))?)?", re.ASCII
)
_MAIN = {"complainants": "name", "respondents": "name", "issues": "title"}


def read(data: bytes, *, name: str) -> list[Found]:
    """Return the records of a file, unchecked.

    Raises:
        Unreadable: it is no such JSON file, CSV file or workbook.
    """
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or name.lower().endswith(".xlsx"):
        found = list(_workbook(data))
    else:
        found = list(_text(data, name=name))
    if len(found) > MOST:
        raise Unreadable(_("The file holds too many cases. Load it in parts."))
    if not found:
        raise Unreadable(_("The file holds no case."))
    return found


def _text(data: bytes, *, name: str) -> Iterator[Found]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is no text in UTF-8. Save it as UTF-8.")) from error
    if name.lower().endswith(".json") or text.lstrip().startswith(("{", "[")):
        for position, raw in enumerate(_json(text), start=1):
            yield Found(position, raw)
    else:
        yield from _csv(text)


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


def _csv(text: str) -> Iterator[Found]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(1_000_000)
    lines = _Lines()
    try:
        reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True)
        names = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        if "id" not in names:
            raise Unreadable(_("The first line must name the columns; “id” is missing."))
        _require_known(names)
        for line in reader:
            if None in line:
                raise Unreadable(
                    _("Line %(line)s has more fields than there are columns.")
                    % {"line": reader.line_num}
                )
            lines.add(reader.line_num, {key: (value or "").strip() for key, value in line.items()})
    except csv.Error as error:
        raise Unreadable(_("This is no CSV: %(why)s.") % {"why": error}) from error
    yield from lines.found()


def _require_known(names: Iterable[str]) -> None:
    if unknown := [name for name in names if name not in COLUMNS]:
        raise Unreadable(
            _("These columns are not known: %(names)s.")
            % {"names": ", ".join(name[:40] for name in unknown[:10])}
        )


def _workbook(data: bytes) -> Iterator[Found]:
    try:
        sheets = spreadsheets.read(data)
    except spreadsheets.BadWorkbook as error:
        raise Unreadable(str(error)) from error
    lines = _Lines()
    is_any = False
    for sheet in sheets:
        if not sheet.rows:
            continue
        first = min(sheet.rows)
        names = {place: cell.text.strip() for place, cell in sheet.rows.pop(first).items()}
        if "id" not in names.values():
            continue  # an explanation, a list to choose from
        is_any = True
        _require_known(names.values())
        if len(set(names.values())) < len(names):
            raise Unreadable(
                _("A column stands twice on the sheet “%(sheet)s”.") % {"sheet": sheet.name}
            )
        lines.begin(sheet.name, {name: letters(place) for place, name in names.items()})
        for number, cells in sorted(sheet.rows.items()):
            row = {
                names[place]: "" if cell.is_formula or cell.is_error else cell.text.strip()
                for place, cell in cells.items()
                if place in names
            }
            wrong = [
                (names.get(place, ""), cell)
                for place, cell in sorted(cells.items())
                if cell.is_formula or cell.is_error or place not in names
            ]
            lines.add(number, row, wrong)
    if not is_any:
        raise Unreadable(_("No sheet has a first line that names the columns with an “id”."))
    yield from lines.found()


class _Lines:
    """Puts lines of a sheet with the same id together; the position is that of the first one."""

    def __init__(self) -> None:
        self.cases: dict[str, Found] = {}
        self.begin("", {})

    def begin(self, sheet: str, columns: Mapping[str, str]) -> None:
        """Go on to the next sheet."""
        self.sheet, self.columns = sheet, columns

    def add(
        self, number: int, row: Mapping[str, str], wrong: Iterable[tuple[str, Cell]] = ()
    ) -> None:
        wrong = list(wrong)
        if not any(row.values()) and not wrong:
            return
        key = f"{self.sheet}!{row.get('id') or f'#{number}'}"
        blank = Found(number, {name: [] for name in LISTS}, self.sheet, self.columns)
        found = self.cases.setdefault(key, blank)
        for name in OWN:
            if row.get(name) and not found.raw.get(name):
                found.raw[name] = row[name]
                found.lines[name] = [number]
        for name in LISTS:
            part = _part_of(row, name.removesuffix("s"))
            # Whoever fills in every column of every line means the same party, not a second one.
            if part and part not in found.raw[name]:
                found.raw[name].append(part)
                found.lines.setdefault(name, []).append(number)
        for name, cell in wrong:
            where = f"{self.sheet}!{cell.name}"
            found.problems.append(Problem(found.position, name, _why(name, cell), where))

    def found(self) -> Iterator[Found]:
        yield from self.cases.values()


def _why(name: str, cell: Cell) -> str:
    if not name:
        return _("stands under no name of a column")
    if cell.is_formula:
        return _("is a formula (%(text)s); put its value there") % {"text": cell.text[:60]}
    return _("is an error of the spreadsheet (%(text)s)") % {"text": cell.text}


def _part_of(row: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {
        key.removeprefix(f"{prefix}_"): value
        for key, value in row.items()
        if key.startswith(f"{prefix}_") and value
    }
