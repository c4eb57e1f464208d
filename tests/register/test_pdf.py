"""The PDF: right letters, tagged for screen readers, nothing typed is run."""

import re
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from register.payload import PartyData
from register.services import publish
from tests.register import samples

pytestmark = pytest.mark.django_db


def pdf_of(document, **fields) -> bytes:
    row = publish(samples.record(**fields), document)
    return bytes(row.documents.get(is_current=True).file.content)


def text_of(content: bytes, tmp_path: Path) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def test_the_pdf_is_ua_1_with_language_and_title(tmp_path):
    content = pdf_of(samples.statement())
    path = tmp_path / "x.pdf"
    path.write_bytes(content)
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == "kk"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        meta = pdf.open_metadata()
        assert meta["pdfuaid:part"] == "1"
        assert meta["dc:title"] == "Қорытынды мәлімдеме"


def test_kazakh_letters_can_be_read_out_of_the_pdf(tmp_path):
    text = text_of(pdf_of(samples.statement()), tmp_path)
    for words in ("Қорытынды мәлімдеме", "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі", "Кіріспе", "Шешім"):
        assert words in text
    assert "Мұнайшылардың еңбек жағдайлары" in re.sub(r"\s+", " ", text)


def test_what_looks_like_a_program_is_only_text(tmp_path):
    nasty = '#eval("1+1") #read("/etc/passwd") $x^2$ @ref <label> *a* _b_ `c` // d /* e */ \\u{41}'
    text = text_of(
        pdf_of(samples.statement(title=nasty, markdown=f"# {nasty}\n\n{nasty}"), title=nasty),
        tmp_path,
    )
    assert "#eval(" in text
    assert "root:" not in text
    assert "\\u{41}" in text


def test_writing_without_a_font_is_marked_and_does_not_stop_publishing(tmp_path):
    parties = (PartyData("KTNC Watch", native_name="기업인권네트워크"), PartyData("X 😀 中文"))
    text = text_of(pdf_of(samples.statement(), complainants=parties), tmp_path)
    assert "KTNC Watch ([…])" in text


def test_a_withheld_name_is_withheld_in_the_pdf(tmp_path):
    party = PartyData("Айгүл Сәрсенова", withheld=True)
    text = text_of(pdf_of(samples.statement(language="en"), complainants=(party,)), tmp_path)
    assert "Name withheld" in text
    assert "Айгүл" not in text


def test_skipped_headings_and_every_kind_of_block_are_typeset():
    markdown = (
        "### Deep first\n\n###### Deeper\n\n# Top\n\n- a\n  - b\n\n5. x\n6. y\n\n> quote\n\n"
        "| a | b |\n|---|---|\n| 1 | **2** |\n| | |\n\n```\ncode\n```\n\n---\n\nline  \nbreak "
        "[link](https://example.org/a_b?c=1) ~~gone~~ `x` ![alt](p.png)\n\nUnderlined\n====\n"
    )
    assert pdf_of(samples.statement(markdown=markdown)).startswith(b"%PDF-")


@pytest.mark.parametrize("markdown", ["", " ", "#", "|a|\n|-|", "- ", ">", "\x00", "[x]()", "***"])
def test_odd_texts_are_typeset(markdown):
    assert pdf_of(samples.statement(markdown=markdown)).startswith(b"%PDF-")


def test_a_statement_in_a_language_without_translations_has_english_labels(tmp_path):
    text = text_of(pdf_of(samples.statement(language="fr", markdown="Bonjour")), tmp_path)
    assert "Lead NCP" in text


def test_the_file_is_made_once_when_published(client):
    row = publish(samples.record(), samples.statement())
    document = row.documents.get()
    first = client.get(f"/register/{row.pk}/{document.pk}.pdf")
    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"].startswith("attachment; filename=")
    assert first.content == bytes(document.file.content)
    assert len(document.file.sha256) == 64
