import os
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone, translation

from documents import clamd, sandbox, services, tasks, vault
from documents.models import Document, DocumentState
from documents.refusals import Refusal
from sealing.models import DataKey, Erased
from tests.documents import samples
from tests.documents.samples import EICAR, SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture
def data_key(db):
    return DataKey.generate()


def upload(data, name="photo.jpg"):
    return SimpleUploadedFile(name, data)


@pytest.fixture
def document(data_key):
    """A photograph that waits for its check."""
    return services.store(upload(samples.picture()), by=None, data_key=data_key)


@pytest.fixture
def scanner(settings):
    """A virus scanner of our own; `answers` are given one by one, `received` is what it got."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(10)
    settings.CLAMD_URL = f"tcp://127.0.0.1:{server.getsockname()[1]}"

    class Scanner:
        answers: list[bytes] = []
        received: list[bytes] = []

    state = Scanner()
    state.answers, state.received = [], []

    def serve():
        while state.answers is not None:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                data = b""
                while size := int.from_bytes(stream.read(4), "big"):
                    data += stream.read(size)
                state.received.append(data)
                if state.answers:
                    connection.sendall(state.answers.pop(0))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield state
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def test_the_original_is_kept_as_it_came_and_only_sealed(document):
    with services.open_original(document) as original:
        assert original.read() == samples.picture()
    with default_storage.open(services.original_path(document)) as raw:
        assert SECRET not in raw.read()
    assert document.size == len(samples.picture())
    assert services.is_intact(document)


def test_name_and_digest_are_sealed_in_the_database(document):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT original_name, sha256 FROM documents_document")
        name, digest = cursor.fetchone()
    assert "photo" not in name
    assert document.sha256 not in digest
    again = Document.objects.get()
    assert (again.original_name, len(again.sha256)) == ("photo.jpg", 64)


def test_nothing_is_served_before_the_check(document):
    with pytest.raises(services.NotReady):
        services.open_clean(document)


def test_after_the_check_there_is_a_clean_copy_and_the_original_as_before(document):
    assert tasks.check_pending() == 1
    document.refresh_from_db()
    assert document.is_clean
    assert document.detected_type == "image/jpeg"
    assert document.scanned_at
    assert not document.is_virus_scanned
    with services.open_clean(document) as copy:
        data = copy.read()
    assert SECRET not in data
    assert len(data) == document.clean_size
    assert services.is_intact(document)


def test_the_check_done_twice_does_no_harm(document):
    services.check(document)
    first = Document.objects.get()
    stale = Document.objects.get()
    stale.state = DocumentState.PENDING
    services.check(stale)
    again = Document.objects.get()
    assert (again.state, again.scanned_at) == (first.state, first.scanned_at)
    with services.open_clean(again) as copy:
        assert copy.read()
    assert tasks.check_pending() == 0


def test_a_refused_file_says_why_in_the_language_of_the_reader(data_key):
    document = services.store(upload(b"%PDF-1.7 broken", "a.pdf"), by=None, data_key=data_key)
    tasks.check_pending()
    document.refresh_from_db()
    assert document.is_refused
    assert document.refusal_code == Refusal.DAMAGED
    with translation.override("en"):
        assert document.refusal == "The file cannot be read. It may be damaged; send it again."
    with pytest.raises(services.NotReady):
        services.open_clean(document)


def test_one_bad_file_does_not_hold_up_the_others(data_key, document):
    services.store(upload(b"%PDF-1.7 broken", "a.pdf"), by=None, data_key=data_key)
    services.store(upload(samples.pdf(), "b.pdf"), by=None, data_key=data_key)
    assert tasks.check_pending() == 3
    states = Document.objects.values_list("state", flat=True)
    assert sorted(states) == ["clean", "clean", "refused"]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "empty"),
        (b"MZ\x90\0", "a.exe", "type"),
        (b"MZ\x90\0", "a.pdf", "mismatch"),
        (b"<html>", "a.html", "type"),
        (samples.docx(), "a.docm", "macros"),
        (b"MZ\x90\0" + bytes(2_000_000), "a.pdf", "mismatch"),
        (b"\xd0\xcf\x11\xe0" + bytes(2_000_000), "a.docx", "encrypted"),
    ],
)
def test_what_cannot_be_taken_is_said_while_the_person_is_there(data, name, code, data_key):
    with pytest.raises(ValidationError) as caught:
        services.store(upload(data, name), by=None, data_key=data_key)
    assert caught.value.code == code
    assert not Document.objects.exists()


def test_a_file_over_the_limit_is_refused_whatever_its_size_claims(data_key, settings):
    settings.MAX_FILE_BYTES = 100_000
    large = upload(b"a" * 100_001, "a.txt")
    with pytest.raises(ValidationError, match="too large"):
        services.store(large, by=None, data_key=data_key)
    large.size = 10
    with pytest.raises(ValidationError, match="too large"):
        services.store(large, by=None, data_key=data_key)
    assert not Document.objects.exists()
    assert all(
        not default_storage.listdir(f"original/{part}")[1] for part in services._folders("original")
    )


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.docx", "a.jpg", "letter"])
def test_a_large_good_file_is_taken(name, data_key):
    large = {
        "a.docx": samples.docx(**{"word/media/x.bmp": os.urandom(2_000_000)}),
        "a.jpg": samples.picture() + bytes(2_000_000),
    }
    data = large.get(name, "Не платят. ".encode() * 200_000)
    document = services.store(upload(data, name), by=None, data_key=data_key)
    tasks.check_pending()
    document.refresh_from_db()
    assert document.is_clean


def test_a_file_of_exactly_the_limit_is_taken(data_key, settings):
    settings.MAX_FILE_BYTES = 100_000
    assert (
        services.store(upload(b"a" * 100_000, "a.txt"), by=None, data_key=data_key).size == 100_000
    )


def test_a_transaction_that_fails_leaves_a_file_that_the_sweep_removes(data_key, monkeypatch):
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = services.store(upload(samples.picture()), by=None, data_key=data_key)
        raise RuntimeError
    kept = services.store(upload(samples.picture()), by=None, data_key=data_key)
    assert services.sweep_orphans() == 0  # it may belong to a transaction that still runs
    monkeypatch.setattr(services, "ORPHAN_AGE", timedelta(seconds=-5))
    assert services.sweep_orphans() == 1
    assert not default_storage.exists(services.original_path(lost))
    assert default_storage.exists(services.original_path(kept))


def test_the_name_keeps_what_people_read_and_nothing_else(data_key):
    hostile = "..\\..\\etc/\u202ecod.\r\nSet-Cookie: x\x00расчёт ☂ 2026.jpg"
    document = services.store(upload(samples.picture(), "x.jpg"), by=None, data_key=data_key)
    from documents.names import readable_name

    assert readable_name(hostile) == "cod.Set-Cookie: xрасчёт ☂ 2026.jpg"
    assert document.original_name == "x.jpg"


def test_the_scanner_is_asked_about_the_original(document, scanner):
    scanner.answers = [b"stream: OK\0"]
    tasks.check_pending()
    document.refresh_from_db()
    assert scanner.received == [samples.picture()]
    assert document.is_clean
    assert document.is_virus_scanned


def test_what_the_scanner_finds_is_refused(document, scanner):
    scanner.answers = [b"stream: Eicar-Test-Signature FOUND\0"]
    tasks.check_pending()
    document.refresh_from_db()
    assert document.refusal_code == Refusal.VIRUS


def test_the_test_virus_is_refused_without_a_scanner_too(data_key):
    document = services.store(
        upload(samples.docx(**{"word/x.svg": EICAR}), "a.docx"), by=None, data_key=data_key
    )
    tasks.check_pending()
    document.refresh_from_db()
    assert document.is_refused


@pytest.mark.parametrize("answer", [b"", b"stream: size limit exceeded. ERROR\0", b"garbage"])
def test_no_clear_answer_never_means_clean(document, scanner, answer):
    scanner.answers = [answer]
    tasks.check_pending()
    document.refresh_from_db()
    assert document.is_pending
    assert document.attempts == 0
    assert document.not_before > timezone.now()


def test_a_scanner_that_is_down_holds_files_back_and_loses_none(document, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    for _time in range(6):
        Document.objects.update(not_before=timezone.now())
        tasks.check_pending()
    document.refresh_from_db()
    assert document.is_pending
    settings.CLAMD_URL = ""
    Document.objects.update(not_before=timezone.now())
    tasks.check_pending()
    document.refresh_from_db()
    assert document.is_clean


def test_a_scanner_address_that_makes_no_sense_is_no_answer(settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:notaport"
    with pytest.raises(clamd.ScannerDown):
        clamd.is_harmful(iter([b"x"]))


def test_a_check_without_end_is_tried_again_and_then_given_up(document, monkeypatch):
    def no_end(data, *, extension):
        raise sandbox.Unfinished

    monkeypatch.setattr(sandbox, "clean", no_end)
    for attempt in range(1, services.MOST_ATTEMPTS + 1):
        Document.objects.update(not_before=timezone.now())
        tasks.check_pending()
        document.refresh_from_db()
        assert document.attempts == attempt
    assert document.refusal_code == Refusal.UNCHECKED


def test_an_original_that_was_changed_on_the_disk_is_not_served(document):
    path = default_storage.path(services.original_path(document))
    with Path(path).open("r+b") as raw:
        raw.seek(40)
        byte = raw.read(1)
        raw.seek(40)
        raw.write(bytes([byte[0] ^ 1]))
    with pytest.raises(vault.Tampered):
        services.open_original(document)
    assert not services.is_intact(document)
    tasks.check_pending()
    document.refresh_from_db()
    assert document.refusal_code == Refusal.DAMAGED


def test_a_file_of_an_erased_case_cannot_be_read_again(document, data_key):
    tasks.check_pending()
    document.refresh_from_db()
    data_key.destroy()
    with pytest.raises(Erased):
        services.open_original(document)
    with pytest.raises(Erased):
        services.open_clean(document)
    services.erase_files(document)
    assert not default_storage.exists(services.original_path(document))


def test_a_file_erased_before_its_check_does_not_stop_the_checker(document, data_key):
    data_key.destroy()
    tasks.check_pending()
    assert Document.objects.get().refusal_code == Refusal.UNCHECKED


@pytest.mark.django_db(transaction=True)
def test_two_workers_check_each_file_once(data_key, monkeypatch):
    for number in range(4):
        services.store(upload(f"text {number}".encode(), "a.txt"), by=None, data_key=data_key)
    seen = []

    def slowly(data, *, extension):
        seen.append(data)
        time.sleep(0.1)
        return sandbox.Outcome(mime="text/plain", copy=data)

    monkeypatch.setattr(sandbox, "clean", slowly)

    def work():
        from django.db import connection

        tasks.check_pending()
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(seen) == 4
    assert Document.objects.clean().count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_file_is_checked_soon_after_it_was_stored(data_key, monkeypatch):
    woken = []
    monkeypatch.setattr(tasks.check_pending, "apply_async", lambda **options: woken.append(options))
    with transaction.atomic():
        services.store(upload(b"text", "a.txt"), by=None, data_key=data_key)
        assert not woken
    assert len(woken) == 1
