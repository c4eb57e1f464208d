"""What a side does with its documents in the portal, page by page."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases.services import correspondence, disclosing, withholding
from tests import factories
from tests.portal.conftest import page, signed_in, token_of


def give(scene, title="River", content=b"The water was brown.", side="complainant"):
    by = scene.complainant if side == "complainant" else scene.enterprise
    file = factories.document(scene.case, content=content)
    return correspondence.add_document(scene.case, file, title=title, side=side, by=by)


def send(client, address, **data):
    token = token_of(client.get(address))
    return client.post(address, {"token": token, **data})


def body(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def proposed(scene):
    item = give(scene)
    disclosing.decide_audience(item, audience="parties", by=scene.officer)
    return scene, item


def test_the_provider_sees_the_exact_copy_and_agrees(proposed):
    scene, item = proposed
    mine, theirs = signed_in(scene.complainant), signed_in(scene.enterprise)
    assert "Look at the copy that will be shown" in mine.get(page("case", scene.case)).text
    assert "This copy will be shown from" in mine.get(page("documents", scene.case)).text
    check = page("check_copy", scene.case, item.pk)
    assert send(mine, check, says="agree").status_code == 409, "not opened yet"
    copy = body(mine.get(page("copy_file", scene.case, item.pk)))
    assert send(mine, check, says="agree").status_code == 302
    served = theirs.get(page("document", scene.case, item.pk))
    assert body(served) == copy, "the exact copy"
    html = theirs.get(page("documents", scene.case)).text
    assert "Document 1 from the other side" in html
    assert "River" not in html
    assert "The other side" in mine.get(page("documents", scene.case)).text, "who first opened it"
    assert mine.get(check).status_code == 404


def test_the_other_side_never_reaches_the_pages_of_a_document(proposed):
    scene, item = proposed
    theirs = signed_in(scene.enterprise)
    for name in ("check_copy", "copy_file", "withhold", "pull", "add_redacted", "document"):
        assert theirs.get(page(name, scene.case, item.pk)).status_code == 404
    factories.share(item, by=scene.officer)
    for name in ("check_copy", "copy_file", "withhold", "pull", "add_redacted"):
        assert theirs.get(page(name, scene.case, item.pk)).status_code == 404


def test_the_provider_says_what_must_be_blacked_out_and_nothing_typed_is_lost(proposed):
    scene, item = proposed
    mine = signed_in(scene.complainant)
    check = page("check_copy", scene.case, item.pk)
    assert "Say what must be blacked out." in send(mine, check, says="redact", text="").text
    assert send(mine, check, says="redact", text="The name").status_code == 302
    assert "The name" in mine.get(check).text
    assert disclosing.serve_due(at=timezone.now() + timedelta(days=99)) == 0
    file = SimpleUploadedFile("black.txt", b"The water was [...]")
    address = page("add_redacted", scene.case, item.pk)
    assert send(mine, address, file=file).status_code == 302
    assert item.redactions.get().side == "complainant"
    bad = SimpleUploadedFile("run.exe", b"MZ\x90\x00" + b"\x00" * 80)
    assert send(mine, address, file=bad).status_code == 200


def test_the_provider_pulls_a_document(proposed):
    scene, item = proposed
    mine = signed_in(scene.complainant)
    address = page("pull", scene.case, item.pk)
    assert "Tick the box" in send(mine, address).text
    assert send(mine, address, sure="on").status_code == 302
    assert "Pulled by its provider" in mine.get(page("documents", scene.case)).text
    assert send(mine, address, sure="on").status_code == 409
    assert (
        "from the other side"
        not in signed_in(scene.enterprise).get(page("documents", scene.case)).text
    )


def test_a_request_to_withhold_and_its_answer(scene):
    item = give(scene, title="Faces")
    mine, theirs = signed_in(scene.complainant), signed_in(scene.enterprise)
    address = page("withhold", scene.case, item.pk)
    assert "Say why" in send(mine, address, text="").text
    assert send(mine, address, text="CANARY faces").status_code == 302
    withholding.decide_withholding(
        item, granted=True, ground="safety", reason="CANARY agreed", by=scene.officer
    )
    assert "CANARY agreed" in mine.get(page("documents", scene.case)).text
    html = theirs.get(page("documents", scene.case)).text
    assert "A document of the other side was withheld." in html
    assert "The safety of a person" in html
    assert "CANARY" not in html
    assert "Faces" not in html


def test_a_zip_holds_what_the_side_may_see_and_an_index_in_its_language(scene):
    mine_item = give(scene, title="Mine", content=b"My own words.")
    factories.share(give(scene, title="CANARY", content=b"Served words."), by=scene.officer)
    give(scene, title="CANARY", content=b"CANARY hidden words.")
    client = signed_in(scene.enterprise)
    response = client.get(page("documents_bundle", scene.case))
    assert response["Content-Disposition"] == 'attachment; filename="case-documents.zip"'
    assert response["Cache-Control"] == "no-store"
    data = body(response)
    assert b"CANARY" not in data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == 2
        assert names[-1] == "index.html"
        assert archive.read(names[0]).strip() == b"Served words."
        index = archive.read("index.html").decode()
    assert "Document 1 from the other side" in index
    assert names[0] in index
    assert scene.case.events.filter(kind="document.read", by=scene.enterprise).count() == 1
    own = body(signed_in(scene.complainant).get(page("documents_bundle", scene.case)))
    with zipfile.ZipFile(io.BytesIO(own)) as archive:
        assert len(archive.namelist()) == 4
        assert any(mine_item.document_id.hex[:8] in name for name in archive.namelist())


def test_a_zip_is_bounded_and_says_what_it_leaves_out(scene, monkeypatch):
    from documents import bundle

    monkeypatch.setattr(bundle, "MOST_FILES", 1)
    give(scene)
    give(scene)
    data = body(signed_in(scene.complainant).get(page("documents_bundle", scene.case)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert len(archive.namelist()) == 2
        assert "Not in this archive" in archive.read("index.html").decode()
