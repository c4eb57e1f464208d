"""The file of a case as PDF: for each reader what they may know, and nothing else."""

import hashlib
import io
import re

import pikepdf
import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import dossier as loading
from cases.disclosure import Audience
from cases.errors import Conflict
from cases.models import Case, CaseDocument, Dossier
from cases.models.dossier import DossierAudience
from cases.services import correspondence, dossiers, notes
from desk import dossiers as made
from desk import tasks
from documents.services import open_clean
from tests import factories
from tests.desk.conftest import act, browser, page

pytestmark = pytest.mark.django_db
NAME = "Айгүл Серікқызы"
CANARIES = {
    "note": "canary-in-an-internal-note",
    "complainant_message": "canary-in-a-message-of-the-complainant",
    "respondent_message": "canary-in-a-message-of-the-enterprise",
    "pressure": "canary-in-a-report-of-pressure",
    "private_title": "canary-in-a-private-title",
    "shared_title": "canary-in-a-shared-title",
    "reason": "canary-why-it-should-be-withheld",
}
MAY_READ = {
    "named_officer": {
        NAME, "complainant_message", "respondent_message", "pressure", "private_title",
        "shared_title",
    },
    "ncp": {"complainant_message", "respondent_message", "private_title", "shared_title"},
    "complainant": {NAME, "complainant_message", "private_title", "shared_title"},
    "respondent": {"respondent_message"},
    "mediator": set(),
    "public": set(),
}  # fmt: skip
"""Which canary stands in whose file."""


@pytest.fixture
def scene(in_assessment):
    case, by = in_assessment.case, in_assessment.complainant
    correspondence.send_message(
        case, side="complainant", text=CANARIES["complainant_message"], by=by
    )
    correspondence.send_message(
        case, side="respondent", text=CANARIES["respondent_message"], by=in_assessment.enterprise
    )
    correspondence.report_reprisal(case, text=CANARIES["pressure"], by=by)
    notes.write_note(case, text=CANARIES["note"], by=in_assessment.officer)
    correspondence.add_document(
        case, factories.document(case), title=CANARIES["private_title"], side="complainant",
        asked_to_withhold=True, reason=CANARIES["reason"], by=by,
    )  # fmt: skip
    item = correspondence.add_document(
        case, factories.document(case), title=CANARIES["shared_title"], side="complainant", by=by
    )
    factories.share(item, by=in_assessment.officer)
    in_assessment.reload()
    return in_assessment


def loaded(case):
    (found,) = loading.load([Case.objects.get(pk=case.pk)])
    return found


def pages_of(pdf):
    """Return the text of each page."""
    opened = pypdfium2.PdfDocument(pdf)
    return [item.get_textpage().get_text_range() for item in opened]


def everything_in(pdf):
    """Return all that a PDF says: its text, its metadata, its attachments, its raw strings."""
    text = "\n".join(pages_of(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        with opened.open_metadata() as metadata:
            text += str(metadata)
        for thing in opened.objects:
            if not isinstance(thing, pikepdf.Stream):
                text += repr(thing)[:20000]
    return re.sub(r"[\s\u00ad\ufffe-]+", "", text)


@pytest.mark.parametrize("audience", MAY_READ)
def test_each_file_holds_what_its_reader_may_know(scene, audience):
    pdf = made.as_pdf(loaded(scene.case), Audience(audience), language="en")
    text = everything_in(pdf)
    for key, canary in {NAME: NAME, **CANARIES}.items():
        plain = re.sub(r"[\s-]+", "", canary)
        assert (plain in text) == (key in MAY_READ[audience]), (audience, canary)
    assert re.sub(r"[\s-]", "", scene.case.reference) in text
    if audience == "public":
        assert "pollutedriver" not in text and "Theriverispolluted" not in text


def test_every_audience_of_a_file_is_one_that_a_case_is_disclosed_to():
    assert {item.value for item in DossierAudience} <= {item.value for item in Audience}
    assert set(MAY_READ) == set(DossierAudience.values)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_file_has_page_numbers_an_index_and_its_language(scene, language):
    pdf = made.as_pdf(loaded(scene.case), Audience.NAMED_OFFICER, language=language)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == language
        assert NAME not in str(opened.docinfo)
    texts = pages_of(pdf)
    assert len(texts) >= 2
    assert f"{len(texts)} / {len(texts)}" in texts[-1]


def test_exhibits_have_numbers_without_gaps_and_the_digest_of_the_copy(scene):
    case = loaded(scene.case)
    own = made.exhibits(case, Audience.COMPLAINANT)
    assert [item.number for item in own] == ["C-1", "C-2"]
    (served,) = made.exhibits(case, Audience.RESPONDENT)
    assert (served.number, served.title) == ("C-1", "Document")
    copy = CaseDocument.objects.get(served_copy__isnull=False).served_copy
    data = b"".join(open_clean(copy).chunks())
    assert served.sha256 == hashlib.sha256(data).hexdigest()


def test_only_named_officers_have_files_made_that_hold_withheld_names(scene, other_officer, member):
    case = scene.case
    assert dossiers.audiences(case, scene.officer) == list(DossierAudience)
    assert dossiers.audiences(case, other_officer) == ["ncp", "public"]
    assert dossiers.audiences(case, member) == []
    assert dossiers.audiences(case, factories.person("auditor")) == []
    assert dossiers.audiences(case, scene.complainant) == []
    with pytest.raises(PermissionDenied):
        dossiers.ask(case, audience="complainant", language="en", by=other_officer)


def ask(client, case, audience="respondent"):
    answer = client.post(page("dossiers", case), {"audience": audience, "language": "en"})
    assert answer.status_code == 302
    return Dossier.objects.order_by("asked_at").last()


def test_a_file_is_made_kept_and_downloaded_on_record(scene, desk, other_officer):
    dossier = ask(desk, scene.case)
    assert dossier.made_at and dossier.document.is_clean
    answer = desk.get(page("dossier_file", scene.case, dossier.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert "case-file.pdf" in answer["Content-Disposition"]
    assert b"".join(answer).startswith(b"%PDF")
    kinds = list(scene.case.events.order_by("sequence").values_list("kind", flat=True))
    assert kinds[-2:] == ["dossier.made", "dossier.read"]
    theirs = browser(other_officer)
    assert theirs.get(page("dossier_file", scene.case, dossier.pk)).status_code == 403
    assert (
        theirs.post(
            page("dossiers", scene.case), {"audience": "respondent", "language": "en"}
        ).status_code
        == 200
    )  # not among the choices
    assert Dossier.objects.count() == 1


def test_a_large_file_is_made_by_the_worker_once(
    scene, desk, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(made, "is_quick", lambda case: False)
    monkeypatch.setattr(
        "desk.views.dossiers.make_dossier.apply_async", lambda args, **kwargs: woken.extend(args)
    )
    with django_capture_on_commit_callbacks(execute=True):
        dossier = ask(desk, scene.case)
    assert woken == [str(dossier.pk)] and not dossier.made_at
    assert desk.get(page("dossier_file", scene.case, dossier.pk)).status_code == 409
    assert tasks.make_waiting_dossiers() == 1
    document = Dossier.objects.get().document_id
    assert tasks.make_dossier(str(dossier.pk))
    assert Dossier.objects.get().document_id == document


def test_a_side_is_given_its_file_and_only_its_own(scene, desk):
    case = scene.case
    dossier = ask(desk, case, "respondent")
    assert act(desk, case, "dossier_serve", dossier.pk).status_code == 302
    dossier.refresh_from_db()
    item = dossier.served_as
    assert list(CaseDocument.objects.visible_to(scene.enterprise).filter(pk=item.pk)) == [item]
    assert not CaseDocument.objects.visible_to(scene.complainant).filter(pk=item.pk).exists()
    event = case.events.get(kind="dossier.served")
    assert event.data["side"] == "respondent" and event.data["document"] == str(item.pk)
    assert "File of the case" in desk.get(reverse("desk:ledger", args=[case.pk])).text
    assert act(desk, case, "dossier_serve", dossier.pk).status_code == 409
    public = ask(desk, case, "public")
    assert desk.get(page("dossier_serve", case, public.pk)).status_code == 404


def test_an_old_file_is_not_given(scene):
    case, by = scene.case, scene.officer
    dossier = dossiers.ask(case, audience="complainant", language="en", by=by)
    dossier = made.make(dossier)
    notes.write_note(case, text="Nothing that stands in there.", by=by)
    assert dossiers.is_current(dossier)
    correspondence.send_message(case, side="complainant", text="More.", by=scene.complainant)
    with pytest.raises(Conflict, match="Make it anew"):
        dossiers.serve(dossier, by=by)


def test_the_page_to_print_reads_as_the_person_may(scene, desk, other_officer, member):
    assert NAME in desk.get(page("print", scene.case)).text
    text = browser(other_officer).get(page("print", scene.case)).text
    assert NAME not in text and CANARIES["pressure"] not in text
    assert CANARIES["complainant_message"] in text and CANARIES["note"] not in text
    assert browser(member).get(page("print", scene.case)).status_code == 403


def test_who_reaches_the_files(scene, client, member, mediator):
    for name in ("dossiers", "print"):
        address = page(name, scene.case)
        assert client.get(address).status_code == 302
        for person in (scene.complainant, scene.enterprise, mediator):
            assert browser(person).get(address).status_code == 404
        assert browser(member).get(address).status_code == 403
    auditor = browser(factories.person("auditor"))
    assert auditor.get(page("dossiers", scene.case)).status_code == 404
    assert auditor.post(page("dossiers", scene.case), {}).status_code == 404


def test_making_a_file_asks_the_same_of_the_database_with_many_rows(scene):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            made.contents(
                loaded(scene.case), Audience.RESPONDENT, language="en", with_digests=False
            )
        return len(queries)

    few = cost()
    for number in range(20):
        correspondence.send_message(
            scene.case, side="respondent", text=f"Message {number}", by=scene.enterprise
        )
    assert cost() == few
