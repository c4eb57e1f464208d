"""Officers decide on withholding and on copies, and read the whole ledger."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.services import correspondence
from tests import factories
from tests.desk.conftest import act, browser, page


@pytest.fixture
def item(in_assessment):
    return correspondence.add_document(
        in_assessment.case,
        factories.document(in_assessment.case),
        title="Water test",
        side="complainant",
        by=in_assessment.complainant,
        asked_to_withhold=True,
        reason="It shows faces.",
    )


def test_an_officer_decides_on_a_request_to_withhold_with_a_reason(in_assessment, desk, item):
    case = in_assessment.case
    form = desk.get(page("document_withholding", case, item.pk)).text
    assert "It shows faces." in form
    answer = act(desk, case, "document_withholding", item.pk, granted="yes", reason="Faces")
    assert "Choose what the other side is told." in answer.text
    share = {"audience": "parties", "copy": item.document_id, "days": 10}
    assert act(desk, case, "document_audience", item.pk, **share).status_code == 409
    decided = act(
        desk, case, "document_withholding", item.pk, granted="yes", ground="safety", reason="Faces"
    )
    assert decided.status_code == 302
    html = desk.get(page("ledger", case)).text
    assert "Decision: withheld" in html
    assert "The safety of a person" in html


def test_an_officer_adds_a_redacted_version_and_proposes_it(in_assessment, desk, item):
    from documents.services import check

    case = in_assessment.case
    act(desk, case, "document_withholding", item.pk, granted="yes", ground="safety", reason="Faces")
    file = SimpleUploadedFile("black.txt", b"Plain [black]")
    assert act(desk, case, "redact", item.pk, file=file).status_code == 302
    redaction = item.redactions.get()
    share = {"audience": "parties", "copy": redaction.document_id, "days": 10}
    version = page("document_version", case, item.pk, redaction.document_id)
    assert desk.get(version).status_code == 409, "not checked yet"
    assert act(desk, case, "document_audience", item.pk, **share).status_code == 409
    check(redaction.document)
    assert b"".join(desk.get(version).streaming_content).startswith(b"Plain [black]")
    share["days"] = 3
    assert act(desk, case, "document_audience", item.pk, **share).status_code == 200, "too short"
    share["days"] = 12
    assert act(desk, case, "document_audience", item.pk, **share).status_code == 302
    assert "parts blacked out" in desk.get(page("ledger", case)).text


def test_the_ledger_and_the_zip_are_for_those_who_read_the_record(
    in_assessment, desk, item, member, other_officer
):
    case = in_assessment.case
    for name in ("ledger", "documents_bundle"):
        assert browser(member).get(page(name, case)).status_code == 403, "has not declared"
        assert browser(other_officer).get(page(name, case)).status_code == 200
    data = b"".join(desk.get(page("documents_bundle", case)).streaming_content)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist()[-1] == "index.html"
        assert "Water test" in archive.read("index.html").decode()
        assert archive.read(archive.namelist()[0]).startswith(b"Plain words.")
