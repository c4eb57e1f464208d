"""Each side reads what is disclosed to it, and never what is not."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import CaseDocument, Message
from cases.services import correspondence, good_offices
from documents.models import Document
from portal import services
from tests import factories
from tests.portal.conftest import page, signed_in

PAGES = ("case", "message", "documents", "contact", "answer", "draft", "good_offices", "complaint")
SECRETS = ("Айгүл", "Серікқызы", "aigul@example.org", "+77010000001")


def everything(client, case) -> str:
    return "".join(client.get(page(name, case)).content.decode() for name in PAGES)


def clean(document: Document) -> None:
    from documents.services import check

    check(document)


def text_file(name="proof.txt", content=b"The water was brown on 3 May."):
    return SimpleUploadedFile(name, content, content_type="text/plain")


def test_enterprise_never_sees_a_complainant_who_asked_to_be_withheld(withheld_scene):
    html = everything(signed_in(withheld_scene.enterprise), withheld_scene.case)
    assert "Complainant 1" in html
    for secret in SECRETS:
        assert secret not in html


def test_enterprise_sees_the_name_of_a_complainant_who_did_not_ask(scene):
    html = everything(signed_in(scene.enterprise), scene.case)
    assert "Айгүл" in html
    assert "aigul@example.org" not in html, "an address is never disclosed"


def test_complainant_sees_their_own_name_though_it_is_withheld(withheld_scene):
    assert "Айгүл" in everything(signed_in(withheld_scene.complainant), withheld_scene.case)


def test_the_receipt_and_the_submission_are_for_the_side_that_sent_it(scene):
    for name in ("receipt", "complaint"):
        assert signed_in(scene.complainant).get(page(name, scene.case)).status_code == 200
        assert signed_in(scene.enterprise).get(page(name, scene.case)).status_code == 404


@pytest.mark.parametrize(
    ("writer", "other"), [("complainant", "enterprise"), ("enterprise", "complainant")]
)
def test_messages_of_the_other_side_are_not_read(scene, writer, other):
    side = "complainant" if writer == "complainant" else "respondent"
    person = getattr(scene, writer)
    correspondence.send_message(scene.case, side=side, text="CANARY-OWN", by=person)
    correspondence.send_message(scene.case, side=side, text="CANARY-NCP", by=scene.officer)
    correspondence.report_reprisal(scene.case, text="CANARY-PRESSURE", by=person)
    own = everything(signed_in(person), scene.case)
    assert "CANARY-OWN" in own
    assert "CANARY-NCP" in own
    assert "CANARY" not in everything(signed_in(getattr(scene, other)), scene.case)


def test_the_answer_of_the_enterprise_is_read_by_both(scene):
    correspondence.respond(scene.case, text="We deny the facts.", by=scene.enterprise)
    for person in (scene.complainant, scene.enterprise):
        html = signed_in(person).get(page("case", scene.case)).content.decode()
        assert "We deny the facts." in html


def test_files_go_to_the_other_side_only_when_they_are_shared(scene):
    [item] = services.add_documents(
        scene.case,
        [text_file("letter of CANARY.txt")],
        side="complainant",
        by=scene.complainant,
        title="CANARY title",
    )
    clean(item.document)
    enterprise = signed_in(scene.enterprise)
    address = page("document", scene.case, item.pk)
    assert enterprise.get(address).status_code == 404
    assert "CANARY" not in everything(enterprise, scene.case)
    factories.share(CaseDocument.objects.get(pk=item.pk), by=scene.officer)
    response = enterprise.get(address)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert "CANARY" not in response["Content-Disposition"]
    assert "CANARY" not in everything(enterprise, scene.case), "others' names stay generic"
    assert scene.case.events.filter(kind="document.read", by=scene.enterprise).exists()


def test_a_file_that_is_not_checked_yet_is_not_served(scene):
    [item] = services.add_documents(
        scene.case, [text_file()], side="complainant", by=scene.complainant
    )
    response = signed_in(scene.complainant).get(page("document", scene.case, item.pk))
    assert response.status_code == 409


def test_both_see_whether_the_other_said_yes_and_neither_reads_the_note(offered):
    good_offices.reply(
        offered.case, side="complainant", accepts=True, note="CANARY", by=offered.complainant
    )
    html = everything(signed_in(offered.enterprise), offered.case)
    assert "CANARY" not in html
    assert "Complainant: yes" in html


def test_officer_names_a_message_new_until_it_is_read(scene):
    correspondence.send_message(
        scene.case, side="complainant", text="Please send the map.", by=scene.officer
    )
    client = signed_in(scene.complainant)
    assert "Read the new message" in client.get(page("case", scene.case)).content.decode()
    client.get(page("message", scene.case))
    assert Message.objects.get(text__isnull=False, sender="ncp").read_at
    assert "Read the new message" not in client.get(page("case", scene.case)).content.decode()


def test_the_case_page_asks_a_constant_number_of_questions(scene, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(scene.complainant)
    with CaptureQueriesContext(connection) as few:
        client.get(page("case", scene.case))
    for number in range(30):
        correspondence.send_message(
            scene.case, side="complainant", text=f"Message {number}", by=scene.officer
        )
    with django_assert_max_num_queries(len(few)):
        client.get(page("case", scene.case))
    assert len(few) <= 20


def test_the_list_of_cases_asks_a_constant_number_of_questions(
    scene, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(scene.complainant)
    factories.filed_case(complainant=scene.complainant)
    with CaptureQueriesContext(connection) as few:
        client.get("/portal/")
    for _number in range(4):
        factories.filed_case(complainant=scene.complainant)
    with django_assert_max_num_queries(len(few)):
        client.get("/portal/")


def test_the_lists_ask_a_constant_number_of_questions(scene, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = signed_in(scene.complainant)
    services.write(
        scene.case, side="complainant", text="x", by=scene.complainant, uploads=[text_file()]
    )
    for name in ("message", "documents"):
        with CaptureQueriesContext(connection) as few:
            client.get(page(name, scene.case))
        for _number in range(5):
            services.write(
                scene.case,
                side="complainant",
                text="x",
                by=scene.complainant,
                uploads=[text_file(), text_file()],
            )
        with django_assert_max_num_queries(len(few)):
            client.get(page(name, scene.case))
