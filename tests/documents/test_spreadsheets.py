"""Workbooks are read as text: nothing is computed, followed or loaded, and nothing grows."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from documents import spreadsheets
from documents.spreadsheets import BadWorkbook, letters, read

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def made(fill, **options):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        fill(book, book.add_worksheet("Cases"))
    return out.getvalue()


def by_hand(sheet, *, parts=None, head=""):
    """Return a workbook with one sheet as somebody writes it who means harm."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" Type="{OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" r:id="b"/>'
            "</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="b" Type="{OFFICE}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'{head}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
        )
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


def texts(data):
    (sheet, *_others) = read(data)
    return {cell.name: cell.text for row in sheet.rows.values() for cell in row.values()}


def test_texts_numbers_days_and_answers_read_as_they_are_seen():
    def fill(book, sheet):
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_string("A1", "Ұлытау ӘҒҚ")
        sheet.write_number("B1", 17)
        sheet.write_number("C1", 2.5)
        sheet.write_datetime("D1", datetime(2026, 3, 15, 14, 30), day)
        sheet.write_boolean("E1", True)
        sheet.write_datetime("AB2", datetime(1999, 12, 31), book.add_format({"num_format": 14}))
        sheet.write_number("A2", 46096, book.add_format({"num_format": '"day" 0.00'}))

    assert texts(made(fill)) == {
        "A1": "Ұлытау ӘҒҚ", "B1": "17", "C1": "2.5", "D1": "2026-03-15", "E1": "yes",
        "AB2": "1999-12-31", "A2": "46096",
    }  # fmt: skip


def test_days_count_from_1904_where_the_workbook_says_so():
    def fill(book, sheet):
        sheet.write_datetime("A1", date(2026, 3, 15), book.add_format({"num_format": "d mmm yy"}))

    assert texts(made(fill, date_1904=True)) == {"A1": "2026-03-15"}


def test_formulas_are_kept_as_text_and_marked():
    def fill(_book, sheet):
        sheet.write_formula("A1", '=HYPERLINK("http://evil.example","x")', value="x")
        sheet.write_formula("A2", "=1/0", value="#DIV/0!")

    (sheet,) = read(made(fill))
    (first,), (second,) = (row.values() for row in sheet.rows.values())
    assert first.is_formula and first.text.startswith("=HYPERLINK")
    assert second.is_formula and second.text == "=1/0"


def test_hidden_sheets_and_pronunciation_are_left_out():
    def fill(book, sheet):
        sheet.write_string("A1", "seen")
        other = book.add_worksheet("Hidden")
        other.write_string("A1", "unseen")
        other.hide()

    assert [sheet.name for sheet in read(made(fill))] == ["Cases"]
    cell = '<c r="A1" t="inlineStr"><is><t>東</t><rPh sb="0" eb="1"><t>ひがし</t></rPh></is></c>'
    assert texts(by_hand(f'<row r="1">{cell}</row>')) == {"A1": "東"}


def test_rows_and_cells_without_addresses_are_counted():
    data = by_hand("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    assert texts(data) == {"A1": "1", "B1": "2", "A2": "3"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 nothing",
        b"id,state\n1,received\n",
        by_hand('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'),
        by_hand('<row r="1"><c r="A1"><v>many</v></c></row>'),
        by_hand('<row r="x"><c r="A1"><v>1</v></c></row>'),
        by_hand("<row>"),
        by_hand("", head='<!DOCTYPE x [<!ENTITY a "aaaa">]>'),
        by_hand(
            '<row><c t="inlineStr"><is><t>&b;</t></is></c></row>',
            head='<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
        ),
        by_hand("", head='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
    ],
)
def test_what_is_no_workbook_is_refused(data):
    with pytest.raises(BadWorkbook):
        read(data)


def test_what_grows_when_unpacked_is_refused():
    """A bomb: a few kilobytes that unpack to gigabytes, in a part that is read."""
    with pytest.raises(BadWorkbook, match="too large"):
        read(by_hand("<!--" + " " * (spreadsheets.MOST_BYTES + 1) + "-->"))


def test_what_says_it_is_small_and_is_not_is_refused(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MOST_BYTES", 4_000)
    data = bytearray(by_hand("<row><c><v>1</v></c></row>" * 4_000))
    place = data.rindex(b"PK\x01\x02")  # the size in the table of contents lies
    data[place + 24 : place + 28] = (100).to_bytes(4, "little")
    with pytest.raises(BadWorkbook):
        read(bytes(data))


def test_too_many_rows_cells_columns_and_letters_are_refused(monkeypatch):
    row = "<row><c><v>1</v></c></row>"
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 3)
    assert len(read(by_hand(row * 3))[0].rows) == 3
    with pytest.raises(BadWorkbook, match="too large"):
        read(by_hand(row * 4))
    monkeypatch.setattr(spreadsheets, "MOST_CELLS", 1)
    with pytest.raises(BadWorkbook, match="too large"):
        read(by_hand(row * 2))
    with pytest.raises(BadWorkbook, match="too large"):
        read(by_hand('<row><c r="XFD1"><v>1</v></c></row>'))
    long = "x" * (spreadsheets.MOST_LETTERS + 1)
    with pytest.raises(BadWorkbook, match="too large"):
        read(by_hand(f'<row><c t="inlineStr"><is><t>{long}</t></is></c></row>'))


def test_macros_and_passwords_are_named():
    with pytest.raises(BadWorkbook, match="macros"):
        read(by_hand("", parts={"xl/vbaProject.bin": b"x"}))
    with pytest.raises(BadWorkbook, match="password"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def test_names_outside_the_file_are_not_followed():
    data = by_hand("").replace(b"worksheets/sheet1.xml", b"../../../etc/passwdxx")
    with pytest.raises(BadWorkbook):
        read(data)


def test_columns_have_the_names_that_people_see():
    assert [letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"
    ]  # fmt: skip
