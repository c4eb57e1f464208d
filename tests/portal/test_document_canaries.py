"""Unique strings in every confidential part of documents: title, file name, body, EXIF, reasons,
notes. After the flows of both sides none is found where it was not disclosed."""

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from cases.models import CaseDocument, Participation
from cases.services import disclosing, withholding
from documents import services as files
from notifications import delivery
from portal import services
from tests.documents import samples
from tests.portal.conftest import page, signed_in

LISTS = ("case", "documents", "message", "complaint", "contact")
ONE = ("document", "check_copy", "copy_file", "withhold", "pull", "add_redacted")


def photograph(canary):
    return samples.picture().replace(samples.SECRET, f"{canary}EXIF".encode().ljust(26, b"-")[:26])


def checked(document):
    files.check(document)
    document.refresh_from_db()
    assert document.is_clean, document.refusal
    return document


def rounds(scene, side, canary):
    """Give a photograph, a text to be withheld, one that is pulled, one that is redacted."""
    provider = scene.complainant if side == "complainant" else scene.enterprise
    upload = SimpleUploadedFile

    def give(name, content, **more):
        [item] = services.add_documents(
            scene.case, [upload(f"{canary}file-{name}", content)],
            side=side, by=provider, title=f"{canary}title-{name}", **more,
        )  # fmt: skip
        checked(item.document)
        return CaseDocument.objects.select_related("case", "document").get(pk=item.pk)

    def agree(item):
        serving = item.servings.select_related("case_document__case").get(state="waiting")
        disclosing.note_seen(serving, by=provider)
        disclosing.agree(serving, by=provider)

    shown = give("a.jpg", photograph(canary))
    disclosing.decide_audience(shown, audience="parties", by=scene.officer)
    agree(shown)
    withheld = give(
        "b.txt", f"{canary}body".encode(), asked_to_withhold=True, reason=f"{canary}reason"
    )
    withholding.decide_withholding(
        withheld, granted=True, ground="safety", reason=f"{canary}decision", by=scene.officer
    )
    pulled = give("c.txt", f"{canary}body".encode())
    disclosing.decide_audience(pulled, audience="parties", by=scene.officer)
    serving = pulled.servings.select_related("case_document__case").get()
    disclosing.ask_redaction(serving, text=f"{canary}note", by=provider)
    disclosing.pull(pulled, by=provider)
    redacted = give("d.txt", f"{canary}body".encode())
    black = files.store(
        upload(f"{canary}file-black.txt", b"Blacked out."),
        by=provider,
        data_key=scene.case.data_key,
    )
    disclosing.add_redaction(redacted, checked(black), by=provider)
    disclosing.decide_audience(redacted, audience="parties", copy=black, by=scene.officer)
    agree(redacted)
    counsel = give("e.txt", f"{canary}body".encode())
    disclosing.decide_audience(counsel, audience="counsel", by=scene.officer)
    agree(counsel)
    return [shown, withheld, pulled, redacted, counsel]


def everything(user, case, items):
    client = signed_in(user)
    pages = [page(name, case) for name in (*LISTS, "documents_bundle")]
    pages += [page(name, case, item.pk) for item in items for name in ONE]
    found = b""
    for address in pages:
        response = client.get(address)
        found += repr(response.headers).encode()
        found += b"".join(response.streaming_content) if response.streaming else response.content
    return found


@pytest.fixture
def walked(scene, caplog, monkeypatch, django_capture_on_commit_callbacks):
    from celery.app.task import Task

    from accounts import services as people

    for side in ("complainant", "respondent"):
        Participation.objects.create(
            case=scene.case,
            user=people.party_user(language="en"),
            role="representative",
            side=side,
            is_counsel=True,
            counsel_confirmed_at=timezone.now(),
        )
    tasks = []
    monkeypatch.setattr(Task, "apply_async", lambda self, *a, **k: tasks.append((self.name, a, k)))
    caplog.set_level(logging.DEBUG)
    with django_capture_on_commit_callbacks(execute=True):
        items = {
            side: rounds(scene, side, canary)
            for side, canary in (("complainant", "KanarA"), ("respondent", "KanarB"))
        }
        disclosing.serve_due(at=timezone.now() + timedelta(days=99))
        delivery.drain()
    return scene, items, tasks, caplog


def test_neither_side_reads_what_was_not_disclosed_and_nothing_leaks_beside(walked):
    scene, items, tasks, caplog = walked
    every = [item for of_side in items.values() for item in of_side]
    theirs = everything(scene.enterprise, scene.case, every)
    assert b"KanarA" not in theirs
    assert b"KanarBtitle" in theirs, "the walk reads pages at all"
    mine = everything(scene.complainant, scene.case, every)
    assert b"KanarB" not in mine
    assert b"KanarAtitle" in mine
    for user in (scene.enterprise, scene.complainant):
        assert b"Blacked out." in everything(user, scene.case, every)
    assert "Kanar" not in caplog.text
    assert "Kanar" not in repr(tasks)
    assert tasks, "tasks were seen at all"
    assert "Kanar" not in "".join(str(letter.message()) for letter in mail.outbox)


def test_the_database_and_the_store_hold_nothing_of_it_readable(walked, settings):
    from pathlib import Path

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%%Kanar%%'")
            assert cursor.fetchone() == (0,), table
    stored = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert not [path for path in stored if b"Kanar" in path.read_bytes() or "Kanar" in path.name]


def test_counsel_reads_what_is_for_counsel_and_no_other_secret(walked):
    scene, items, _tasks, _caplog = walked
    rows = Participation.objects.filter(case=scene.case, is_counsel=True, side="respondent")
    counsel = rows.select_related("user").get().user
    found = everything(counsel, scene.case, items["complainant"])
    assert b"KanarAbody" in found
    for secret in (
        b"KanarAtitle",
        b"KanarAfile",
        b"KanarAreason",
        b"KanarAdecision",
        b"KanarAnote",
    ):
        assert secret not in found
    assert found.count(b"KanarAbody") == 2, "once alone, once in the ZIP"
