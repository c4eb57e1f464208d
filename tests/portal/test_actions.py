"""What parties do here, both sides of every rule; nothing typed is lost, nothing is sent twice."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import CaseDocument, Message, Party
from cases.services import deadlines, registration
from statements.models import Comment
from statements.services import hearing, writing
from tests import factories
from tests.portal.conftest import page, signed_in


def hidden(response) -> dict[str, str]:
    return {field.name: str(field.value()) for field in response.context["form"].hidden_fields()}


def fill(client, name, case, **data):
    """Open the page and send its form."""
    opened = client.get(page(name, case))
    assert opened.status_code == 200, name
    return client.post(page(name, case), {**hidden(opened), **data})


def pdf(name="map.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")


class TestMessages:
    def test_write_with_a_file(self, scene):
        client = signed_in(scene.complainant)
        file = SimpleUploadedFile("note.txt", b"words")
        response = fill(client, "message", scene.case, text="Hello office", files=[file])
        assert response.status_code == 302
        message = Message.objects.get(sender="complainant")
        assert message.attachments.count() == 1

    def test_a_double_click_sends_one_message(self, scene):
        client = signed_in(scene.complainant)
        data = {**hidden(client.get(page("message", scene.case))), "text": "Once only"}
        assert client.post(page("message", scene.case), data).status_code == 302
        assert client.post(page("message", scene.case), data).status_code == 302
        assert Message.objects.filter(sender="complainant").count() == 1

    def test_an_empty_message_is_refused(self, scene):
        response = fill(signed_in(scene.complainant), "message", scene.case, text=" ")
        assert response.status_code == 200
        assert "Write the message." in response.content.decode()

    def test_a_file_that_is_not_taken_keeps_the_text(self, scene):
        file = SimpleUploadedFile("tool.exe", b"MZ\x90\x00 not a document")
        response = fill(
            signed_in(scene.complainant), "message", scene.case, text="Long words", files=[file]
        )
        assert "Long words" in response.content.decode()
        assert not Message.objects.filter(sender="complainant").exists()
        assert not CaseDocument.objects.exists()

    def test_after_the_end_one_can_write_and_send_no_files(self, db):
        scene = factories.case_in("withdrawn")
        client = signed_in(scene.complainant)
        assert "files" not in client.get(page("message", scene.case)).context["form"].fields
        assert fill(client, "message", scene.case, text="A question").status_code == 302


class TestDocuments:
    def test_a_wish_to_withhold_needs_a_reason(self, scene):
        client = signed_in(scene.complainant)
        response = fill(client, "add_document", scene.case, files=[pdf()], withhold="on")
        assert "Say why the other side should not see it." in response.content.decode()
        fill(
            client, "add_document", scene.case, files=[pdf()], withhold="on", reason="It names us."
        )
        item = CaseDocument.objects.get()
        assert item.asked_to_withhold
        assert item.withholding_reason == "It names us."
        assert item.audience == "party_and_ncp"

    def test_several_files_at_once(self, scene):
        fill(
            signed_in(scene.enterprise),
            "add_document",
            scene.case,
            files=[pdf("a.pdf"), pdf("b.pdf")],
            title="Contract",
        )
        assert [item.title for item in CaseDocument.objects.all()] == [
            "Contract (1)",
            "Contract (2)",
        ]

    def test_none_are_added_to_a_case_that_ended(self, db):
        scene = factories.case_in("withdrawn")
        assert signed_in(scene.complainant).get(page("add_document", scene.case)).status_code == 409


class TestAnswer:
    def test_the_enterprise_answers(self, scene):
        client = signed_in(scene.enterprise)
        assert "Answer the complaint" in client.get(page("case", scene.case)).content.decode()
        response = fill(client, "answer", scene.case, text="We did what we could.", files=[pdf()])
        assert response.status_code == 302
        assert Message.objects.get(is_response=True).text == "We did what we could."
        assert not scene.case.deadlines.open().filter(kind="response").exists()

    def test_the_complainant_does_not_answer_for_it(self, scene):
        client = signed_in(scene.complainant)
        assert client.get(page("answer", scene.case)).status_code == 403
        assert client.post(page("answer", scene.case), {"text": "x"}).status_code == 403

    def test_after_the_assessment_it_is_too_late(self, offered):
        assert signed_in(offered.enterprise).get(page("answer", offered.case)).status_code == 409


class TestGoodOffices:
    @pytest.mark.parametrize(
        ("who", "side"), [("complainant", "complainant"), ("enterprise", "respondent")]
    )
    @pytest.mark.parametrize("answer", ["yes", "no"])
    def test_each_side_replies_for_itself(self, offered, who, side, answer):
        client = signed_in(getattr(offered, who))
        response = fill(client, "good_offices", offered.case, accepts=answer, note="Only online")
        assert response.status_code == 302
        reply = offered.case.replies.get()
        assert (reply.side, reply.accepts) == (side, answer == "yes")

    def test_without_a_choice_the_note_is_kept(self, offered):
        response = fill(signed_in(offered.complainant), "good_offices", offered.case, note="Mine")
        assert "Mine" in response.content.decode()
        assert not offered.case.replies.exists()

    def test_a_reply_on_an_old_page_answers_409_and_keeps_the_note(self, offered):
        client = signed_in(offered.complainant)
        old = hidden(client.get(page("good_offices", offered.case)))
        fill(signed_in(offered.enterprise), "good_offices", offered.case, accepts="yes")
        data = {**old, "accepts": "no", "note": "We have our reasons"}
        response = client.post(page("good_offices", offered.case), data)
        assert response.status_code == 409
        assert "We have our reasons" in response.content.decode()
        again = {**hidden(response), "accepts": "no", "note": "We have our reasons"}
        assert client.post(page("good_offices", offered.case), again).status_code == 302

    def test_before_the_offer_there_is_nothing_to_say(self, scene):
        response = signed_in(scene.complainant).get(page("good_offices", scene.case))
        assert response.status_code == 409


class TestDraft:
    @pytest.fixture
    def hearing_scene(self, db):
        scene = factories.case_in("final_statement")
        statement = writing.begin(scene.case, kind="final", language="en", by=scene.officer)
        scene.round = hearing.open_comments(statement, by=scene.officer)
        return scene

    def test_both_sides_read_the_same_draft_and_the_same_day(self, hearing_scene):
        pages = [
            signed_in(person).get(page("draft", hearing_scene.case)).context
            for person in (hearing_scene.complainant, hearing_scene.enterprise)
        ]
        assert pages[0]["html"] == pages[1]["html"]
        assert pages[0]["round"].due_on == pages[1]["round"].due_on

    def test_comment_and_change_it(self, hearing_scene):
        client = signed_in(hearing_scene.complainant)
        fill(client, "draft", hearing_scene.case, says="comments", text="A date is wrong.")
        fill(client, "draft", hearing_scene.case, says="comments", text="Two dates are wrong.")
        assert Comment.objects.get().text == "Two dates are wrong."
        other = signed_in(hearing_scene.enterprise).get(page("draft", hearing_scene.case))
        assert "Two dates" not in other.content.decode()

    def test_no_comments_is_an_answer(self, hearing_scene):
        client = signed_in(hearing_scene.enterprise)
        assert (
            "Comment on the draft statement"
            in client.get(page("case", hearing_scene.case)).content.decode()
        )
        fill(client, "draft", hearing_scene.case, says="none")
        assert Comment.objects.get().has_none
        html = client.get(page("case", hearing_scene.case)).content.decode()
        assert "Comment on the draft statement" not in html

    def test_a_stale_comment_is_kept_on_the_page(self, hearing_scene):
        client = signed_in(hearing_scene.complainant)
        old = hidden(client.get(page("draft", hearing_scene.case)))
        fill(client, "draft", hearing_scene.case, says="comments", text="The first one")
        response = client.post(
            page("draft", hearing_scene.case), {**old, "says": "comments", "text": "My other one"}
        )
        assert response.status_code == 409
        assert "My other one" in response.content.decode()

    def test_without_a_draft_there_is_no_page(self, scene):
        assert signed_in(scene.complainant).get(page("draft", scene.case)).status_code == 409

    def test_after_the_round_the_draft_can_be_read_and_not_commented(self, hearing_scene):
        client = signed_in(hearing_scene.complainant)
        fill(client, "draft", hearing_scene.case, says="none")
        fill(signed_in(hearing_scene.enterprise), "draft", hearing_scene.case, says="none")
        hearing.close_comments(hearing_scene.round, by=hearing_scene.officer, reason="Both said so")
        response = client.get(page("draft", hearing_scene.case))
        assert response.status_code == 200
        assert "The time for comments is over" in response.content.decode()
        late = {"says": "comments", "text": "Late words of mine", "row_version": 1}
        response = client.post(page("draft", hearing_scene.case), late)
        assert response.status_code == 409
        assert "Late words of mine" in response.content.decode()


class TestWithdraw:
    def test_before_the_enterprise_knows_nothing_follows(self, db):
        scene = factories.case_in("received")
        client = signed_in(scene.complainant)
        assert "nobody is told" in client.get(page("withdraw", scene.case)).content.decode()
        assert fill(client, "withdraw", scene.case, freely="yes", sure="on").status_code == 302
        assert scene.reload().state == "withdrawn"

    def test_after_it_a_statement_follows(self, scene):
        client = signed_in(scene.complainant)
        assert "public statement" in client.get(page("withdraw", scene.case)).content.decode()
        fill(client, "withdraw", scene.case, freely="yes", sure="on", reason="We settled it.")
        assert scene.reload().state == "final_statement"
        assert scene.case.outcome == "withdrawn"

    def test_without_a_tick_nothing_happens(self, scene):
        response = fill(signed_in(scene.complainant), "withdraw", scene.case, reason="Maybe so")
        assert "Maybe so" in response.content.decode()
        assert scene.reload().state == "initial_assessment"

    def test_the_enterprise_does_not_withdraw(self, scene):
        client = signed_in(scene.enterprise)
        assert client.get(page("withdraw", scene.case)).status_code == 403
        assert client.post(page("withdraw", scene.case), {"sure": "on"}).status_code == 403
        assert scene.reload().state == "initial_assessment"

    def test_a_page_opened_before_the_enterprise_was_told_is_refused(self, db):
        """It promised that nobody is told; meanwhile somebody was."""
        scene = factories.case_in("initial_assessment", served=False)
        client = signed_in(scene.complainant)
        old = hidden(client.get(page("withdraw", scene.case)))
        registration.notify_respondents(scene.case, by=scene.officer)
        response = client.post(page("withdraw", scene.case), {**old, "freely": "yes", "sure": "on"})
        assert response.status_code == 409
        assert scene.reload().state == "initial_assessment"


class TestPressure:
    @pytest.mark.parametrize("who", ["complainant", "enterprise"])
    def test_it_reaches_the_officer_alone(self, scene, who, other_officer, member):
        fill(signed_in(getattr(scene, who)), "reprisal", scene.case, text="They came to my house.")
        report = Message.objects.get(is_reprisal_report=True)
        visible = Message.objects.visible_to
        assert visible(scene.officer).filter(pk=report.pk).exists()
        for person in (other_officer, member):
            assert not visible(person).filter(pk=report.pk).exists()
        assert scene.reload().reprisal_risk


class TestOwn:
    def test_contact_details_are_changed_and_the_office_is_told(self, scene):
        client = signed_in(scene.complainant)
        response = client.post(
            page("contact", scene.case),
            {"email": "new@example.org", "phone": "123456", "safe_contact": "In the evening"},
        )
        assert response.status_code == 302
        party = Party.objects.get(case=scene.case, side="complainant")
        assert (party.email, party.phone) == ("new@example.org", "123456")
        assert Message.objects.filter(sender="complainant").count() == 1

    def test_a_wrong_address_keeps_the_rest(self, scene):
        client = signed_in(scene.complainant)
        response = client.post(
            page("contact", scene.case), {"email": "not an address", "phone": "555 1234"}
        )
        assert "555 1234" in response.content.decode()

    def test_language(self, scene):
        client = signed_in(scene.complainant)
        response = client.post(page("language", scene.case), {"language": "kk"})
        assert response.cookies["django_language"].value == "kk"
        scene.complainant.refresh_from_db()
        assert scene.complainant.language == "kk"

    def test_a_new_code_works_and_the_old_one_is_dead(self, scene):
        client = Client()
        client.post("/portal/sign-in/", {"code": scene.enterprise_code})
        made = client.post(page("code", scene.case), {"step": "make"})
        new = made.context["new_code"]
        assert Client().post("/portal/sign-in/", {"code": scene.enterprise_code}).status_code == 302
        wrong = client.post(page("code", scene.case), {"step": "confirm", "code": "AAAA"})
        assert wrong.context["new_code"] == new, "a slip of the pen changes nothing"
        other = Client()
        other.post("/portal/sign-in/", {"code": scene.enterprise_code})
        response = client.post(page("code", scene.case), {"step": "confirm", "code": new.lower()})
        assert response.status_code == 302
        assert client.get(page("case", scene.case)).status_code == 200, "this device stays in"
        assert other.get(page("case", scene.case)).status_code == 302, "every other one is out"
        assert Client().post("/portal/sign-in/", {"code": scene.enterprise_code}).status_code == 200
        assert Client().post("/portal/sign-in/", {"code": new}).status_code == 302

    def test_the_new_code_stands_nowhere_in_the_session(self, scene):
        client = signed_in(scene.complainant)
        new = client.post(page("code", scene.case), {"step": "make"}).context["new_code"]
        assert new not in str(dict(client.session))

    def test_somebody_with_two_cases_chooses(self, scene):
        other = factories.filed_case(complainant=scene.complainant)
        html = signed_in(scene.complainant).get("/portal/").content.decode()
        assert reverse("portal:case", args=[other.pk]) in html
        assert reverse("portal:case", args=[scene.case.pk]) in html


@pytest.mark.parametrize("state", ["received", "not_registered", "withdrawn", "final_statement"])
def test_the_page_says_where_the_case_stands_and_what_comes_next(db, state):
    scene = factories.case_in(state)
    html = signed_in(scene.complainant).get(page("case", scene.case)).content.decode()
    assert str(scene.reload().next_step) in html


def test_an_overdue_day_is_said_with_its_reason(scene):
    item = scene.case.deadlines.open().order_by("due_on").first()
    past = deadlines.today() - timedelta(days=3)
    type(item).objects.filter(pk=item.pk).update(due_on=past)
    item.refresh_from_db()
    item.overdue_reason = "We wait for a translation."
    item.save(update_fields=["overdue_reason"])
    html = signed_in(scene.complainant).get(page("case", scene.case)).content.decode()
    assert "Overdue" in html
    assert "We wait for a translation." in html
