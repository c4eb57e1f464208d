"""Anybody who holds a receipt can check it without signing in."""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

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
