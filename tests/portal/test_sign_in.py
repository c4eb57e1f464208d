"""Ways in: a code, a link; and that nothing is told to those who have neither."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services as people
from accounts.models import AccessCode
from cases.models import Party
from cases.services import registration
from portal import links
from portal.models import LinkRequest
from portal.services import Contact, change_contact
from portal.tasks import send_sign_in_links
from tests import factories
from tests.portal.conftest import page, signed_in

SIGN_IN = "/portal/sign-in/"


def try_code(code, client=None, **more):
    return (client or Client()).post(SIGN_IN, {"code": code, **more})


def body_of(response) -> str:
    """The page without what differs at every load."""
    html = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


def ask_link(address, client=None):
    response = (client or Client()).post("/portal/link/", {"email": address})
    send_sign_in_links()
    return response


class TestCode:
    def test_a_right_code_opens_the_case(self, scene):
        client = Client()
        response = try_code(scene.enterprise_code, client)
        assert response.status_code == 302
        assert client.get("/portal/", follow=True).redirect_chain[-1][0] == page("case", scene.case)

    def test_small_letters_spaces_and_no_dashes_are_right_too(self, scene):
        typed = scene.enterprise_code.lower().replace("-", " ")
        assert try_code(typed).status_code == 302

    def test_a_wrong_an_old_and_an_expired_code_get_the_same_answer(self, scene):
        old = people.issue_access_code(scene.complainant, label="old")
        AccessCode.objects.filter(label="old").update(revoked_at=timezone.now())
        expired = people.issue_access_code(
            scene.complainant, label="x", expires_at=timezone.now() - timedelta(days=1)
        )
        answers = {
            (response.status_code, body_of(response))
            for response in map(try_code, [old, expired, "AAAA-BBBB", "0" * 24])
        }
        assert len(answers) == 1

    def test_the_typed_code_never_comes_back_in_the_page(self, scene):
        wrong = scene.enterprise_code[:-1] + "A"
        assert wrong not in try_code(wrong).content.decode()

    def test_an_empty_field_is_said_kindly(self, db):
        assert "Type your access code." in try_code("").content.decode()

    def test_the_session_changes_its_id_on_entry(self, scene):
        client = Client()
        client.get(SIGN_IN)
        client.session["x"] = 1
        before = client.session.session_key
        try_code(scene.enterprise_code, client)
        assert client.session.session_key != before

    def test_it_leads_on_inside_the_portal_and_nowhere_else(self, scene):
        inside = page("message", scene.case)
        assert try_code(scene.enterprise_code, next=inside)["Location"] == inside
        for outside in ("https://evil.example/", "//evil.example/portal/", "/desk/"):
            assert try_code(scene.enterprise_code, next=outside)["Location"] == "/portal/"

    def test_many_wrong_codes_slow_down_and_lock_nobody_out(self, scene):
        statuses = [try_code(f"WRONG{number}").status_code for number in range(35)]
        assert statuses[-1] == 429
        assert try_code(scene.enterprise_code).status_code == 302


class TestLink:
    def test_known_and_unknown_addresses_get_the_same_answer(self, scene):
        answers = []
        for address in ("aigul@example.org", "nobody@example.org"):
            response = Client().post("/portal/link/", {"email": address})
            answers.append((response.status_code, response["Location"]))
        assert len(set(answers)) == 1
        assert LinkRequest.objects.count() == 2

    def test_the_mail_holds_a_link_and_nothing_of_the_case(self, scene):
        ask_link("AIGUL@example.org")
        [message] = mail.outbox
        text = message.subject + message.body
        assert "/portal/link/open/" in text
        for secret in ("Айгүл", "AltynTau", "KZ-", str(scene.case.pk)):
            assert secret not in text
        assert not LinkRequest.objects.exists()

    def test_a_link_works_once(self, scene):
        ask_link("aigul@example.org")
        path = re.search(r"/portal/link/open/\S+", mail.outbox[0].body).group()
        client = Client()
        assert client.get(path)["Location"] == reverse("portal:use_link")
        assert client.get("/portal/link/open/").status_code == 200, "looking uses nothing up"
        assert client.post("/portal/link/open/").status_code == 302
        assert client.get(page("case", scene.case)).status_code == 200
        other = Client()
        other.get(path)
        assert other.post("/portal/link/open/").status_code == 410

    def test_a_link_is_dead_after_a_quarter_of_an_hour(self, scene):
        ask_link("aigul@example.org")
        path = re.search(r"/portal/link/open/\S+", mail.outbox[0].body).group()
        with time_machine.travel(timezone.now() + timedelta(minutes=16)):
            client = Client()
            client.get(path)
            assert client.get("/portal/link/open/").status_code == 410

    def test_an_address_of_the_enterprise_that_the_complainant_typed_opens_nothing(self, scene):
        """Whoever files could otherwise enter an own address and read as the enterprise."""
        party = Party.objects.get(case=scene.case, side="respondent")
        party.email = "fake@example.org"
        party.email_index = links.blind_index(party.email, "party.email")
        party.save()
        ask_link("fake@example.org")
        assert not mail.outbox
        change_contact(scene.case, Contact("legal@example.org"), by=scene.enterprise)
        ask_link("legal@example.org")
        assert len(mail.outbox) == 1

    def test_a_representative_gets_a_link_and_the_people_represented_do_not(self, db):
        data = factories.represented()
        scene = factories.case_in("initial_assessment", data=data)
        ask_link("aigul@example.org")
        assert not mail.outbox
        ask_link("adilet@example.org")
        assert links.people_at("adilet@example.org") == [scene.complainant]

    def test_who_left_the_case_gets_no_link(self, scene):
        scene.case.participations.filter(user=scene.complainant).update(until=timezone.now())
        ask_link("aigul@example.org")
        assert not mail.outbox

    def test_an_address_is_not_flooded(self, scene):
        for _number in range(6):
            ask_link("aigul@example.org")
        assert len(mail.outbox) == links.OF_AN_ADDRESS

    def test_a_mail_server_that_is_down_loses_nothing(self, scene, monkeypatch):
        def fail(self, *args, **kwargs):
            raise OSError

        with monkeypatch.context() as patch:
            patch.setattr("portal.links.EmailMessage.send", fail)
            ask_link("aigul@example.org")
        assert LinkRequest.objects.count() == 1
        with time_machine.travel(timezone.now() + timedelta(minutes=10)):
            send_sign_in_links()
        assert len(mail.outbox) == 1


class TestDoors:
    def test_somebody_anonymous_is_sent_to_the_code_page(self, client, scene):
        for name in ("case", "message", "documents", "draft", "contact"):
            response = client.get(page(name, scene.case))
            assert response.status_code == 302
            assert response["Location"].startswith(SIGN_IN)
        assert client.get("/portal/")["Location"].startswith(SIGN_IN)

    @pytest.mark.parametrize(
        "role", ["officer", "decision_maker", "mediator", "administrator", "auditor"]
    )
    def test_people_who_work_here_find_nothing(self, scene, role):
        client = signed_in(factories.person(role))
        assert client.get(page("case", scene.case)).status_code == 404
        assert client.get("/portal/").status_code == 404

    def test_another_complainant_finds_nothing(self, scene):
        other = factories.case_in("initial_assessment")
        client = signed_in(other.complainant)
        for name in ("case", "message", "documents", "add_document", "withdraw", "receipt"):
            assert client.get(page(name, scene.case)).status_code == 404
            assert client.post(page(name, scene.case), {}).status_code in (404, 405)

    def test_the_enterprise_finds_nothing_before_it_was_told(self, db):
        scene = factories.case_in("initial_assessment", served=False)
        party = Party.objects.get(case=scene.case, side="respondent")
        code = registration.give_access(scene.case, party, language="en")
        client = Client()
        try_code(code, client)
        assert client.get(page("case", scene.case)).status_code == 404
        assert "no case" in client.get("/portal/").content.decode()

    def test_a_revoked_code_ends_the_session_at_the_next_request(self, scene):
        client = Client()
        try_code(scene.enterprise_code, client)
        assert client.get(page("case", scene.case)).status_code == 200
        people.revoke_access_codes(scene.enterprise)
        assert client.get(page("case", scene.case)).status_code == 302

    def test_an_ended_participation_closes_the_case_at_once(self, scene):
        client = signed_in(scene.complainant)
        assert client.get(page("case", scene.case)).status_code == 200
        scene.case.participations.filter(user=scene.complainant).update(until=timezone.now())
        assert client.get(page("case", scene.case)).status_code == 404

    def test_sign_out(self, scene):
        client = signed_in(scene.complainant)
        assert client.get("/portal/sign-out/").status_code == 405
        client.post("/portal/sign-out/")
        assert client.get(page("case", scene.case)).status_code == 302

    def test_nothing_is_stored_and_titles_say_nothing(self, scene):
        response = signed_in(scene.complainant).get(page("case", scene.case))
        assert response["Cache-Control"] == "no-store"
        title = response.content.decode().split("<title>")[1].split("</title>")[0]
        assert title.startswith("Your case")
        assert "AltynTau" not in title
