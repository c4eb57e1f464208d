"""Anybody who holds a receipt can check it without signing in."""

import base64
import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from sealing.models import PublishedKey
from tests.intake.walk import Writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt():
    writer = Writer()
    writer.fill()
    writer.confirm_code()
    writer.send()
    return writer.html("/submit/receipt.txt")


def fields(text):
    lines = dict(line.split(": ", 1) for line in text.splitlines())
    return {
        "receipt_id": lines["receipt"],
        "at": lines["time"],
        "digest": lines["digest-sha256"],
        "signature": lines["signature-ed25519"],
    }


def verify(data):
    return Client(headers={"accept-language": "en"}).post("/verify/", data).content.decode()


def test_a_genuine_receipt_is_confirmed_by_its_file_and_by_its_fields(receipt):
    assert "genuine and unchanged" in verify(fields(receipt))
    upload = SimpleUploadedFile("receipt.txt", receipt.encode())
    assert "genuine and unchanged" in verify({"receipt": upload})


def test_spaces_from_copying_do_not_count(receipt):
    data = fields(receipt)
    data["digest"] = f" {data['digest'][:32]} {data['digest'][32:].upper()} "

    assert "genuine and unchanged" in verify(data)


@pytest.mark.parametrize("name", ["receipt_id", "at", "digest", "signature"])
def test_one_changed_sign_is_noticed(receipt, name):
    data = fields(receipt)
    data[name] = ("1" if data[name][0] != "1" else "2") + data[name][1:]

    assert "not a genuine receipt" in verify(data)


def test_a_receipt_signed_with_a_retired_key_stays_genuine(receipt, settings):
    settings.SIGNING_KEY = base64.b64encode(b"another-signing-key-of-32-bytes!").decode()
    PublishedKey.current()

    html = verify(fields(receipt))

    assert "genuine and unchanged" in html
    assert "in use until" in html


def test_rubbish_is_answered_with_a_sentence():
    assert "fill in all four fields" in verify({"receipt_id": "x"})
    upload = SimpleUploadedFile("receipt.txt", b"\xff\x00\xfe" * 5000)
    assert "fill in all four fields" in verify({"receipt": upload})
    assert "not a genuine receipt" in verify(
        {"receipt_id": "x", "at": "x", "digest": "x", "signature": "x"}
    )


@pytest.fixture
def writer():
    writer = Writer()
    writer.fill()
    writer.code = writer.confirm_code()
    writer.send()
    return writer


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pdf_is_accessible_checked_and_never_holds_the_code(writer, language):
    writer.get(f"/language/{language}?next=/")
    response = writer.get("/submit/receipt.pdf")
    case = Case.objects.get()

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="receipt.pdf"'
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == language
        with pdf.open_metadata() as meta:
            assert str(meta["pdfuaid:part"]) == "1"
            held = str(meta)
    assert case.receipt_id in held
    assert writer.code not in held
    assert writer.code.encode() not in response.content
    upload = SimpleUploadedFile("receipt.pdf", response.content)
    html = verify({"receipt": upload})
    assert "genuine and unchanged" in html
    assert case.submission.digest in html, "what was signed is said, to be compared with the paper"


def test_a_pdf_that_was_changed_or_is_another_one_is_noticed(writer):
    content = writer.get("/submit/receipt.pdf").content
    digest = Case.objects.get().submission.digest.encode()
    changed = content.replace(digest, digest[::-1])

    assert "not a genuine receipt" in verify({"receipt": SimpleUploadedFile("r.pdf", changed)})
    other = SimpleUploadedFile("r.pdf", b"%PDF-1.7\nnothing of ours")
    assert "fill in all four fields" in verify({"receipt": other})


@pytest.mark.parametrize("name", ["receipt.pdf", "receipt.txt"])
def test_the_command_checks_a_file_without_a_database(writer, tmp_path, name, capsys):
    file = tmp_path / name
    file.write_bytes(writer.get(f"/submit/{name}").content)
    key = Case.objects.get().submission.public_key

    with CaptureQueriesContext(connection) as captured:
        call_command("verify_receipt", str(file), "--key", key)
    assert not captured.captured_queries
    assert "GENUINE" in capsys.readouterr().out
    call_command("verify_receipt", str(file))
    assert "GENUINE" in capsys.readouterr().out

    with pytest.raises(CommandError, match="NOT GENUINE"):
        call_command("verify_receipt", str(file), "--key", base64.b64encode(b"k" * 32).decode())
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_receipt", str(tmp_path / "none.pdf"))
    file.write_bytes(b"\x00rubbish")
    with pytest.raises(CommandError, match="no receipt"):
        call_command("verify_receipt", str(file))


def test_keys_in_use_and_retired_are_published(settings):
    first = PublishedKey.current().public
    settings.SIGNING_KEY = base64.b64encode(b"another-signing-key-of-32-bytes!").decode()
    second = PublishedKey.current().public
    client = Client(headers={"accept-language": "en"})

    html = client.get("/verify/keys/").content.decode()

    assert html.index(second) < html.index(first)
    assert 'href="/verify/keys/"' in client.get("/verify/").content.decode()
    assert client.post("/verify/keys/").status_code == 405
