"""A list of people as a file from a spreadsheet: who is named in it, and which rows are not clear.

A cell is only text, whatever it begins with: a formula is neither run nor believed.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

LARGEST = 2 * 1024 * 1024
MOST_PEOPLE = 5000
LONGEST_NAME = 300
SEPARATORS = (";", ",", "\t")
FULL_NAME = {
    "name", "full name", "fullname", "names", "имя", "фио", "ф.и.о.", "ф.и.о",
    "фамилия имя отчество", "полное имя", "аты-жөні", "аты жөні", "аты-жөнi", "толық аты",
}  # fmt: skip
FAMILY_NAME = {"surname", "last name", "family name", "фамилия", "тегі"}
GIVEN_NAME = {"first name", "given name", "given names", "имя", "аты"}
FATHERS_NAME = {"patronymic", "middle name", "отчество", "әкесінің аты"}


class Unreadable(Exception):
    """The file is not a list that can be read; the text says why and what to do."""


@dataclass(frozen=True)
class BadRow:
    line: int
    why: Any
    text: str = ""


@dataclass
class PeopleFile:
    names: list[str] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def read(data: bytes) -> PeopleFile:
    """Return the names of a file (UTF-8, UTF-16 or Windows-1251; comma, semicolon or tab).

    The name stands in a column that is headed as one, otherwise in the first. Good rows are kept
    where others are bad; every bad row is named with its line and the reason.

    Raises:
        Unreadable: too large, no text, or without a single row.
    """
    if len(data) > LARGEST:
        raise Unreadable(_("The list is too large. Send it in several parts."))
    text = _decoded(data)
    rows = _rows(text)
    if not rows:
        raise Unreadable(_("There is nothing in this file. Check that you chose the right one."))
    columns, is_headed = _columns(rows[0][1])
    found = PeopleFile()
    lines_of: dict[str, int] = {}
    for line, cells in rows[is_headed:]:
        name = " ".join(" ".join(cells[c] for c in columns if c < len(cells)).split())
        why = _fault(name)
        earlier = lines_of.get(name.casefold())
        if not why and earlier:
            why = _(
                "The same name already stands on line %(line)s. If these are two people, add what "
                "tells them apart, such as the year of birth."
            ) % {"line": earlier}
        elif not why and len(found.names) >= MOST_PEOPLE:
            why = _("There is room for %(most)s people in one list.") % {"most": MOST_PEOPLE}
        if why:
            found.bad.append(BadRow(line, why, " ".join(" ".join(cells).split())[:80]))
            continue
        lines_of[name.casefold()] = line
        found.names.append(name)
    return found


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        encodings = []  # a workbook or a document and not a list saved as text
    elif b"\x00" in data[:200]:
        encodings = ["utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(c) == "Cc" and c not in "\r\n\t" for c in text):
            return text
    raise Unreadable(
        _("This is not a list that we can read. Save it in your spreadsheet as CSV and send that.")
    )


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, each with the line on which it begins."""
    head = text[:4000]
    if head.lower().startswith("sep="):
        # What some spreadsheets write first, to tell themselves the separator.
        first, _end, text = text.partition("\n")
        separator, skipped = first.strip()[4:5] or ",", 1
    else:
        separator, skipped = max(SEPARATORS, key=head.count), 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows = []
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error:
            cells = ["\x00"]
        if any(cell.strip() for cell in cells):
            rows.append((line, [cell.strip() for cell in cells]))


def _columns(first: list[str]) -> tuple[list[int], bool]:
    """Return the columns that make up the name, and whether the first row only heads them."""
    titles = [" ".join(cell.casefold().split()).strip("* ") for cell in first]

    def place(names: set[str]) -> int | None:
        return next((n for n, title in enumerate(titles) if title in names), None)

    parts = [place(FAMILY_NAME), place(GIVEN_NAME), place(FATHERS_NAME)]
    if parts[0] is not None and parts[1] is not None:
        return [part for part in parts if part is not None], True
    whole = place(FULL_NAME | GIVEN_NAME)
    return ([0], False) if whole is None else ([whole], True)


def _fault(name: str) -> Any:
    if not name:
        return _("The name is missing.")
    if "\x00" in name:
        return _("This row cannot be read. Look for a quotation mark that is not closed.")
    if len(name) > LONGEST_NAME:
        return _("This is too long for a name.")
    if not any(letter.isalpha() for letter in name):
        return _("This is not a name: it has no letters.")
    return ""
