"""The words of files, for the search of the office: read in the sandbox, kept sealed."""

from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.storage import default_storage

from documents import sandbox, services
from documents.cleaning import clean
from documents.cleaning.text import extract
from tests import factories
from tests.documents import samples

PARAGRAPH = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"


def text_of(data, extension):
    kind, copy = clean(data, extension=extension)
    return extract(copy, kind.mime)


def workbook():
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "Заработная плата")
        sheet.write_number(0, 1, 125)
    return out.getvalue()


def pdf_with(tmp_path, text):
    import typst

    source = tmp_path / "page.typ"
    source.write_text(text)
    return typst.compile(str(source))


def test_words_of_office_files_are_read_in_their_order():
    body = (
        PARAGRAPH.format("Река Улытау")
        + "<w:p><w:r><w:t>wa</w:t></w:r><w:r><w:t>ges</w:t></w:r></w:p>"
    )
    assert text_of(samples.docx(body), ".docx") == "Река Улытау\nwages"
    odt = samples.odt("<office:text><text:p>Су <text:s/>сапасы</text:p></office:text>")
    assert text_of(odt, ".odt") == "Су сапасы"
    assert text_of(workbook(), ".xlsx") == "Заработная плата"


def test_words_of_a_pdf_are_read_in_three_languages(tmp_path):
    data = pdf_with(tmp_path, "Жалоба на стоки. Су ластанған. The river smells.")
    text = text_of(data, ".pdf")
    assert "Жалоба на стоки" in text and "ластанған" in text and "river smells" in text


def test_words_of_texts_and_mails_are_read():
    assert text_of("Счёт\r\n\r\n  пуст ".encode("cp1251"), ".txt") == "Счёт\nпуст"
    assert "Нам не платят." in text_of(samples.mail(), ".eml")


def test_pictures_and_recordings_have_no_words():
    assert text_of(samples.picture(), ".jpg") == ""


@pytest.mark.parametrize("data", [b"%PDF-1.7 broken", b"", b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_has_no_words(data):
    assert sandbox.text_of(data, mime="application/pdf") == ""


def test_what_postgresql_cannot_hold_is_left_out():
    assert "\x00" not in extract(b"one\x00two", "text/plain")


def test_words_lie_sealed_beside_the_clean_copy(received):
    document = factories.document(received, content="Сточные воды".encode())
    assert services.open_text(document) == ""
    assert document.text_size is None
    assert services.read_text(document) == 12
    document.refresh_from_db()
    assert services.open_text(document) == "Сточные воды"
    with default_storage.open(services.text_path(document)) as sealed:
        assert "воды".encode() not in sealed.read()
    services.erase_files(document)
    assert services.open_text(document) == ""


def test_the_worker_reads_words_after_the_check(received, monkeypatch):
    from documents import tasks

    document = factories.document(received, content=b"Plain words")
    tasks.check_pending()
    document.refresh_from_db()
    assert document.text_size == 11
    monkeypatch.setattr(services, "read_text", lambda row: pytest.fail("read twice"))
    tasks.check_pending()
