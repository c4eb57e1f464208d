"""Workbooks (XLSX) as rows of text. Nothing in them is computed, followed or loaded.

A file that was made to do harm unpacks to much more than it says, names parts outside itself, or
holds entities that grow: every part is read up to a limit, by a parser that resolves nothing.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

MOST_PARTS = 2_000
MOST_BYTES = 100 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 500
MOST_CELLS = 200_000
MOST_LETTERS = 60_000
"""Of one cell; a spreadsheet itself holds 32,767."""
MOST_TEXT = 20_000_000

_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_DATE_FORMATS = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
"""Numbers of the formats for days that every program knows."""
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


class BadWorkbook(Exception):
    """The file cannot be read; the text says why."""


@dataclass(frozen=True)
class Cell:
    """The text of a cell: a number as it is written, a day as 2026-03-15, yes or no."""

    name: str
    text: str
    is_formula: bool = False
    is_error: bool = False


@dataclass
class Sheet:
    """One visible sheet: by the number of the row its cells, by their column (from 0)."""

    name: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)


def letters(column: int) -> str:
    """Return the name of a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read(data: bytes) -> list[Sheet]:
    """Return the visible sheets of a workbook.

    A formula is kept as its text and marked: what it once resulted in may be old, and what it
    would result in is nobody's business here.

    Raises:
        BadWorkbook: it is none, is protected by a password, holds macros, or is too large.
    """
    if data.startswith(_OLD_OFFICE):
        raise BadWorkbook(
            _("The workbook is protected by a password or of an old kind. Save it as .xlsx.")
        )
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _Workbook(archive).sheets()
    except (
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError,
        etree.XMLSyntaxError, KeyError, ValueError, OverflowError,
    ) as error:  # fmt: skip
        raise BadWorkbook(_("This is no workbook that can be read. Save it as .xlsx.")) from error


def _too_large() -> BadWorkbook:
    return BadWorkbook(_("The workbook is too large. Load it in parts."))


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
            raise _too_large()
        if any(re.search(r"vbaProject|macrosheets/", info.filename, re.I) for info in infos):
            raise BadWorkbook(_("The workbook holds macros. Save it as .xlsx, without them."))
        self.parts = {info.filename.lstrip("/"): info for info in infos}
        self.left = MOST_BYTES
        self.cells = 0
        self.letters = 0

    def sheets(self) -> list[Sheet]:
        path = next(
            (
                to
                for kind, to in self._relations("", "_rels/.rels").values()
                if kind.endswith("/officeDocument")
            ),
            "xl/workbook.xml",
        )
        folder, name = posixpath.split(path)
        book = self._parse(path)
        related = self._relations(folder, f"{folder}/_rels/{name}.rels")
        by_kind = {kind.rpartition("/")[2]: to for kind, to in related.values()}
        self.texts = self._shared(by_kind.get("sharedStrings"))
        self.days = self._date_styles(by_kind.get("styles"))
        settings = next(_all(book, "workbookPr"), None)
        from_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        self.first_day = date(1904, 1, 1) if from_1904 else date(1899, 12, 30)
        found = []
        for row in _all(book, "sheet"):
            if row.get("state", "visible") != "visible":
                continue
            key = next((v for k, v in row.attrib.items() if _local(k) == "id"), "")
            kind, to = related.get(key, ("", ""))
            if kind.endswith("/worksheet"):
                found.append(self._sheet(row.get("name", ""), to))
        return found

    def _open(self, path: str) -> bytes:
        info = self.parts[path]
        if info.flag_bits & 1:
            raise BadWorkbook(_("The workbook is protected by a password. Take it off."))
        with self.archive.open(info) as part:
            content = part.read(self.left + 1)
        self.left -= len(content)
        if self.left < 0:
            raise _too_large()
        return content

    def _parse(self, path: str) -> Any:
        root = etree.fromstring(self._open(path), _parser())
        _refuse_types(root)
        return root

    def _relations(self, folder: str, path: str) -> dict[str, tuple[str, str]]:
        if path not in self.parts:
            return {}
        found = {}
        for row in _all(self._parse(path), "Relationship"):
            if row.get("TargetMode") == "External":
                continue
            target = row.get("Target", "")
            inside = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            found[row.get("Id", "")] = (row.get("Type", ""), posixpath.normpath(inside).lstrip("/"))
        return found

    def _shared(self, path: str | None) -> list[str]:
        if path is None:
            return []
        texts = []
        for item in _each(self._open(path), "si"):
            texts.append(self._text(item))
            if len(texts) > MOST_CELLS:
                raise _too_large()
        return texts

    def _text(self, item: Any) -> str:
        """Return the text of a string; how it is pronounced (rPh) is no part of it."""
        pieces = [
            node.text or ""
            for node in item.iter()
            if isinstance(node.tag, str)
            and _local(node.tag) == "t"
            and _local(node.getparent().tag) != "rPh"
        ]
        text = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), "".join(pieces))
        self.letters += len(text)
        if len(text) > MOST_LETTERS or self.letters > MOST_TEXT:
            raise _too_large()
        return text

    def _date_styles(self, path: str | None) -> set[int]:
        """Return the numbers of the styles that show a number as a day."""
        if path is None:
            return set()
        root = self._parse(path)
        own = {
            int(row.get("numFmtId", "0")): _is_day(row.get("formatCode", ""))
            for row in _all(root, "numFmt")
        }
        formats = next(_all(root, "cellXfs"), None)
        if formats is None:
            return set()
        return {
            place
            for place, row in enumerate(formats)
            if own.get(
                int(row.get("numFmtId", "0")), int(row.get("numFmtId", "0")) in _DATE_FORMATS
            )
        }

    def _sheet(self, name: str, path: str) -> Sheet:
        sheet = Sheet(" ".join(name.split())[:60])
        last = 0
        for row in _each(self._open(path), "row"):
            last = int(row.get("r") or last + 1)
            if len(sheet.rows) >= MOST_ROWS:
                raise _too_large()
            cells: dict[int, Cell] = {}
            column = -1
            for item in row:
                if _local(item.tag) != "c":
                    continue
                where = _CELL.fullmatch(item.get("r") or "")
                column = _column(where[1]) if where else column + 1
                if cell := self._cell(item, f"{letters(column)}{last}"):
                    cells[column] = cell
                    self.cells += 1
                if column >= MOST_COLUMNS or self.cells > MOST_CELLS:
                    raise _too_large()
            if cells:
                sheet.rows[last] = cells
        return sheet

    def _cell(self, item: Any, name: str) -> Cell | None:
        kind = item.get("t", "n")
        inside = {_local(node.tag): node for node in item if isinstance(node.tag, str)}
        if "f" in inside:
            return Cell(name, "=" + (inside["f"].text or "")[:200], is_formula=True)
        if kind == "inlineStr":
            text = self._text(inside["is"]) if "is" in inside else ""
        else:
            value = (inside["v"].text or "") if "v" in inside else ""
            if not value:
                return None
            if kind == "e":
                return Cell(name, value[:20], is_error=True)
            text = self._value(kind, value, int(item.get("s") or 0))
        return Cell(name, text) if text.strip() else None

    def _value(self, kind: str, value: str, style: int) -> str:
        if kind == "s":
            place = int(value)
            if not 0 <= place < len(self.texts):
                raise ValueError(value)
            return self.texts[place]
        if kind == "b":
            return "yes" if value.strip() == "1" else "no"
        if kind == "d":
            return value[:10]
        if kind == "str":
            return value[:MOST_LETTERS]
        return self._number(value[:60], is_day=style in self.days)

    def _number(self, value: str, *, is_day: bool) -> str:
        number = float(value)
        if is_day and 0 < number < 3_000_000:
            # The first two months of 1900 are one day off in every spreadsheet.
            shift = 1 if self.first_day.year == 1899 and number < 60 else 0
            return (self.first_day + timedelta(days=int(number) + shift)).isoformat()
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True, huge_tree=False,
    )  # fmt: skip


def _refuse_types(root: Any) -> None:
    if root.getroottree().docinfo.doctype:
        raise ValueError("a part of a workbook declares no types")


def _each(content: bytes, name: str) -> Iterator[Any]:
    """Yield the elements of one name, each forgotten before the next one."""
    walk = etree.iterparse(
        BytesIO(content), events=("start", "end"), resolve_entities=False, no_network=True,
        load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False,
    )  # fmt: skip
    is_first = True
    for event, node in walk:
        if is_first:
            _refuse_types(node)
            is_first = False
        if event == "end" and isinstance(node.tag, str) and _local(node.tag) == name:
            yield node
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]


def _all(root: Any, name: str) -> Iterator[Any]:
    return (node for node in root.iter() if isinstance(node.tag, str) and _local(node.tag) == name)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _column(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _is_day(code: str) -> bool:
    return bool(re.search(r"[yd]", _LITERAL.sub("", code.split(";")[0]), re.IGNORECASE))
