"""A list of cases as a file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from desk import lists
from desk.forms.worklist import COLUMNS

MOST_ROWS = 50_000
"""What one file holds at most; a workbook of this size is made in memory."""
BATCH = 500

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

# What makes a spreadsheet take a text for a formula: these signs, also in their full-width forms,
# at the beginning of a cell or behind what a program may take for the end of one.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b"
_BLANK = "\\s\u00a0\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\u180e"
_BEGINS = re.compile(f"^[{_BLANK}'\"]*[{_SIGNS}|%]")
_AGAIN = re.compile(f"([;,|\t\"'][{_BLANK}\"']*)([{_SIGNS}])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one line, an apostrophe before a sign
    that would begin one."""
    text = _CONTROL.sub(" ", text)
    text = _AGAIN.sub(r"\1'\2", text)
    return f"'{text}" if _BEGINS.match(text) else text


def headings(columns: Iterable[str]) -> list[str]:
    """Return the headings of a file; the deadline takes three columns."""
    shown = [_("Reference")]
    for name in columns:
        shown.append(str(COLUMNS[name]))
        if name == "deadline":
            shown += [_("Due"), _("How it stands")]
    return shown


def values(row: lists.Row, columns: Iterable[str]) -> list[Any]:
    """Return the cells of a line: texts, and dates as dates."""
    case = row.case
    cells: list[Any] = [str(case)]
    for name in columns:
        match name:
            case "title":
                cells.append(case.title)
            case "state":
                cells.append(str(case.get_state_display()))
            case "officer":
                cells.append(case.officer.name if case.officer else "")
            case "deadline":
                cells += [row.deadline, case.next_due_on, row.standing]
            case "received":
                cells.append(timezone.localdate(case.received_at))
            case "parties":
                cells.append("; ".join(row.parties))
            case "country":
                cells.append(", ".join(row.countries))
            case "chapters":
                cells.append(", ".join(row.chapters))
            case "sector":
                cells.append(row.sector)
            case "outcome":
                cells.append(str(case.get_outcome_display()) if case.outcome else "")
    return cells


def lines(cases: Any, columns: list[str], *, user: User, today: date) -> Iterator[list[Any]]:
    """Yield the cells of all lines, some hundred cases at a time."""
    batch: list[Case] = []
    for case in cases[:MOST_ROWS].iterator(chunk_size=BATCH):
        batch.append(case)
        if len(batch) == BATCH:
            yield from _lines(batch, columns, user, today)
            batch = []
    yield from _lines(batch, columns, user, today)


def _lines(batch: list[Case], columns: list[str], user: User, today: date) -> Iterator[list[Any]]:
    for row in lists.rows_of(batch, user=user, today=today, columns=columns):
        yield values(row, columns)


def as_csv(heads: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """Yield a file line by line; the mark at its beginning tells Excel that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    yield b"\xef\xbb\xbf"
    for row in itertools.chain([heads], rows):
        writer.writerow([_text(cell) for cell in row])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else safe(str(cell))


def as_xlsx(heads: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """Yield a workbook in pieces. It is made in memory: nothing readable is left on a disk. Every
    text is written as a text and never looked at for formulas, numbers or links."""
    out = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, settings) as book:
        book.set_properties({"title": "", "author": ""})
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(heads), 22)
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head, bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif cell:
                    sheet.write_string(number, place, safe(str(cell))[:32_000])
    out.seek(0)
    while piece := out.read(64 * 1024):
        yield piece
