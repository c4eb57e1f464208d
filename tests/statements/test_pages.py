"""The pages of the workshop: who may open which, and nothing typed is lost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.services import conflicts
from register.models import PublishedRecord
from statements.models import LeakFinding, Statement
from statements.services import hearing, writing
from tests import factories
from tests.desk.conftest import browser
from tests.statements.conftest import hear, published, sign


def workshop(case) -> str:
    return reverse("statements:workshop", args=[case.pk])


def step(name, statement, *more) -> str:
    return reverse(f"statements:{name}", args=[statement.pk, *more])


@pytest.fixture
def desk(scene):
    return browser(scene.officer)


@pytest.fixture
def chair(scene):
    member = scene.members[0]
    conflicts.declare(scene.case, by=member, has_conflict=False)
    return browser(member)


def editor_data(statement, text, *, based_on=1, **more):
    version = statement.versions.get(number=1, language="en")
    return {"title": version.title, "summary": "", "text": text, "based_on": based_on, **more}


class TestAccess:
    def test_somebody_anonymous_signs_in_first(self, client, scene):
        assert client.get(workshop(scene.case)).status_code == 302

    @pytest.mark.parametrize("role", ["mediator", "coordinator", "administrator", "partner_ncp"])
    def test_other_roles_find_nothing(self, scene, statement, role):
        client = browser(factories.person(role))
        assert client.get(workshop(scene.case)).status_code == 404
        assert client.get(step("edit", statement, "en")).status_code == 404

    def test_parties_find_nothing(self, scene, statement):
        for person in (scene.complainant, scene.enterprise):
            client = browser(person)
            assert client.get(workshop(scene.case)).status_code == 404
            assert client.get(step("preview", statement, "en")).status_code == 404

    def test_a_member_declares_before_reading(self, scene, statement, other_member):
        client = browser(other_member)
        assert client.get(workshop(scene.case)).status_code == 403
        assert client.get(step("preview", statement, "en")).status_code == 403
        conflicts.declare(scene.case, by=other_member, has_conflict=False)
        assert client.get(workshop(scene.case)).status_code == 200

    def test_an_officer_with_a_conflict_finds_nothing(self, scene, statement, other_officer):
        client = browser(other_officer)
        assert client.get(workshop(scene.case)).status_code == 200
        conflicts.declare(scene.case, by=other_officer, has_conflict=True)
        assert client.get(workshop(scene.case)).status_code == 404

    def test_a_member_does_not_write(self, chair, scene, statement):
        assert chair.get(step("edit", statement, "en")).status_code == 403
        assert chair.post(step("open_comments", statement)).status_code == 403

    def test_a_language_that_the_site_does_not_have_is_not_found(self, desk, statement):
        assert desk.get(step("edit", statement, "fr")).status_code == 404


class TestWriting:
    def test_begin_by_the_form(self, desk, scene):
        response = desk.post(workshop(scene.case), {"kind": "final", "language": "ru"})
        assert response.status_code == 302
        assert Statement.objects.get().language == "ru"

    def test_begin_without_an_answer_says_so(self, desk, scene):
        response = desk.post(workshop(scene.case), {})
        assert response.status_code == 200
        assert "Choose what you write." in response.content.decode()

    def test_save(self, desk, statement):
        response = desk.post(step("edit", statement, "en"), editor_data(statement, "New"))
        assert response.status_code == 302
        assert statement.versions.get(number=2).text == "New"

    def test_a_stale_save_answers_409_and_keeps_both_texts(self, desk, statement, other_officer):
        browser(other_officer).post(
            step("edit", statement, "en"), editor_data(statement, "Their long text")
        )
        response = desk.post(step("edit", statement, "en"), editor_data(statement, "My long text"))
        html = response.content.decode()
        assert response.status_code == 409
        assert "My long text" in html
        assert "Their long text" in html
        again = {**editor_data(statement, "My long text"), "based_on": 2}
        assert desk.post(step("edit", statement, "en"), again).status_code == 302

    def test_a_look_at_it_saves_nothing(self, desk, statement):
        response = desk.post(
            step("edit", statement, "en"), editor_data(statement, "## Look\n\n**bold**", look="1")
        )
        assert "<strong>bold</strong>" in response.content.decode()
        assert statement.versions.count() == 1

    def test_scripts_in_the_text_are_shown_as_words(self, desk, statement):
        desk.post(
            step("edit", statement, "en"),
            editor_data(statement, "<script>alert(1)</script> [x](javascript:alert(1))"),
        )
        html = desk.get(step("preview", statement, "en")).content.decode()
        assert "<script>alert" not in html
        assert 'href="javascript' not in html

    def test_an_empty_text_keeps_what_else_was_typed(self, desk, statement):
        data = {**editor_data(statement, ""), "title": "A title nobody has"}
        response = desk.post(step("edit", statement, "en"), data)
        assert response.status_code == 200
        assert "A title nobody has" in response.content.decode()

    def test_saving_while_both_sides_read_answers_409_with_the_text(self, desk, scene, statement):
        hearing.open_comments(statement, by=scene.officer)
        response = desk.post(
            step("edit", statement, "en"), editor_data(statement, "A text typed meanwhile")
        )
        assert response.status_code == 409
        assert "A text typed meanwhile" in response.content.decode()

    def test_another_language_begins_with_a_draft_of_its_own(self, desk, statement):
        response = desk.get(step("edit", statement, "kk"))
        assert response.context["form"]["based_on"].value() == 0

    def test_preview_as_pdf(self, desk, statement):
        response = desk.get(step("preview_pdf", statement, "en"))
        assert response.content.startswith(b"%PDF")
        assert response["Content-Disposition"].startswith("attachment")


class TestLeaks:
    def test_findings_are_shown_and_kept_with_a_reason(self, withheld_scene):
        statement = writing.begin(
            withheld_scene.case, kind="final", language="en", by=withheld_scene.officer
        )
        desk = browser(withheld_scene.officer)
        desk.post(step("edit", statement, "en"), editor_data(statement, "Aigul told us."))
        html = desk.get(workshop(withheld_scene.case)).content.decode()
        assert "<mark>Aigul</mark>" in html
        assert desk.get(step("open_comments", statement)).status_code == 409
        finding = LeakFinding.objects.get()
        address = step("keep", statement, finding.pk)
        desk.post(address, {f"f{finding.pk}-reason": ""})
        assert not LeakFinding.objects.get().is_settled
        desk.post(address, {f"f{finding.pk}-reason": "It is the name of a river."})
        assert LeakFinding.objects.get().is_settled
        assert desk.get(step("open_comments", statement)).status_code == 200


class TestTheWholeWay:
    def test_through_the_pages(self, desk, chair, scene, statement):
        def send(client, name, **data):
            page = client.get(step(name, statement))
            assert page.status_code == 200, name
            form = page.context["form"]
            hidden = {field.name: field.value() for field in form.hidden_fields()}
            return client.post(step(name, statement), {**hidden, **data})

        assert send(desk, "details", follow_up_on="2027-12-01", lessons="").status_code == 302
        assert send(desk, "open_comments").status_code == 302
        paper = {"side": "respondent", "has_none": "on"}
        assert desk.post(step("record_comment", statement), paper).status_code == 302
        round = statement.rounds.get()
        hearing.comment(round, side="complainant", text="Our words", by=scene.complainant)
        assert "Our words" in desk.get(workshop(scene.case)).content.decode()
        assert send(desk, "close_comments", reason="Both answered").status_code == 302
        assert desk.get(step("publish", statement)).status_code == 409
        assert desk.get(step("sign_off", statement)).status_code == 403
        assert send(chair, "sign_off").status_code == 200, "without a tick nothing is signed"
        assert send(chair, "sign_off", sure="on").status_code == 302
        assert send(desk, "publish", sure="on").status_code == 302
        assert scene.reload().state == "closed"
        assert PublishedRecord.objects.public().count() == 1
        # An officer who corrected a wrong name thought that the old text was gone: it stays public.
        told = desk.get(step("correct", statement)).content.decode()
        assert "everybody can still read the old text" in told
        assert "take the case off the register first" in told
        refused = send(desk, "correct", note_en="  ")
        assert refused.status_code == 200
        assert "Say what is corrected, and why (English)." in refused.text
        assert send(desk, "correct", note_en="A date").status_code == 302
        assert send(desk, "set_aside", sure="on").status_code == 302
        assert send(desk, "unpublish", reason="Danger").status_code == 302
        assert PublishedRecord.objects.public().count() == 0

    def test_a_text_that_changed_under_the_page_is_not_signed(self, chair, scene, statement):
        hear(scene, statement)
        page = chair.get(step("sign_off", statement))
        hidden = {field.name: field.value() for field in page.context["form"].hidden_fields()}
        writing.save_draft(
            statement, language="en", title="T", text="Newer", by=scene.officer, based_on=1
        )
        response = chair.post(step("sign_off", statement), {**hidden, "sure": "on"})
        assert response.status_code == 409
        assert not statement.versions.get(number=2).sign_offs.exists()

    def test_what_changed_after_the_round_is_on_the_sign_off_page(self, chair, scene, statement):
        hear(scene, statement)
        version = statement.versions.get()
        writing.save_draft(
            statement,
            language="en",
            title=version.title,
            text=version.text + "\n\nAdded afterwards.",
            by=scene.officer,
            based_on=1,
        )
        html = chair.get(step("sign_off", statement)).content.decode()
        assert "<ins>Added afterwards.</ins>" in html


def test_a_heading_with_nothing_under_it_is_named_before_it_is_signed_and_published(
    desk, chair, scene, statement
):
    """A statement went public with nothing under “Conclusions of the National Contact Point”: the
    draft leaves that part to the office, and nobody was told that it stayed empty."""
    told = "Nothing stands under these headings:"
    empty = "# Issues\n\nThe river.\n\n# Conclusions"
    draft = {"language": "en", "title": "Final", "by": scene.officer}
    writing.save_draft(statement, text=empty, based_on=1, **draft)
    hear(scene, statement)
    assert told in desk.get(workshop(scene.case)).text
    assert told in chair.get(step("sign_off", statement)).text
    sign(scene, statement)
    shown = desk.get(step("publish", statement)).text
    assert told in shown
    assert "<li>Conclusions</li>" in shown
    writing.save_draft(statement, text=f"{empty}\n\nNone.", based_on=2, **draft)
    assert told not in desk.get(workshop(scene.case)).text


def test_titles_and_addresses_hold_no_case(desk, scene, statement):
    for address in (workshop(scene.case), step("edit", statement, "en")):
        html = desk.get(address).content.decode()
        title = html.split("<title>")[1].split("</title>")[0]
        assert "AltynTau" not in title
        assert "KZ-" not in title


def test_the_workshop_asks_a_constant_number_of_questions(
    desk, scene, statement, django_assert_max_num_queries
):
    for number in range(2, 12):
        writing.save_draft(
            statement,
            language="en",
            title="T",
            text=f"Text {number}",
            by=scene.officer,
            based_on=number - 1,
        )
    with CaptureQueriesContext(connection) as first:
        desk.get(workshop(scene.case))
    for number in range(12, 18):
        writing.save_draft(
            statement,
            language="en",
            title="T",
            text=f"Text {number}",
            by=scene.officer,
            based_on=number - 1,
        )
    with django_assert_max_num_queries(len(first)):
        desk.get(workshop(scene.case))


def test_pages_after_publication(desk, scene, statement):
    published(scene, statement)
    html = desk.get(workshop(scene.case)).content.decode()
    assert "Published on" in html
    assert desk.get(step("edit", statement, "en")).status_code == 409
