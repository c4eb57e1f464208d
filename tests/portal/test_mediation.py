"""A party in mediation: consent to the mediator, the room, and what never leaves it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mediation import room
from mediation.models import RoomNote
from tests.mediation.conftest import room_in
from tests.portal.conftest import page, signed_in
from tests.portal.test_actions import fill


@pytest.fixture
def active(db):
    return room_in("active")


def test_consent_is_asked_for_and_given(db):
    asked = room_in("accepted")
    for person in (asked.scene.complainant, asked.scene.enterprise):
        client = signed_in(person)
        html = client.get(page("case", asked.case)).content.decode()
        assert "Agree to the mediator" in html
        assert asked.mediator.name in client.get(page("mediator", asked.case)).content.decode()
        assert fill(client, "mediator", asked.case, agrees="yes").status_code == 302
    assert asked.reload().state == "consented"


def test_an_objection_is_an_answer(db):
    asked = room_in("accepted")
    fill(signed_in(asked.scene.enterprise), "mediator", asked.case, agrees="no")
    assert asked.referral.consents.get().agrees is False


def test_nobody_is_asked_before_the_mediator_declared(db):
    asked = room_in("accepted", declared=False)
    client = signed_in(asked.scene.complainant)
    assert client.get(page("mediator", asked.case)).status_code == 409


def test_what_one_side_says_to_the_mediator_the_other_never_reads(active):
    own, other = active.scene.complainant, active.scene.enterprise
    client = signed_in(own)
    fill(client, "mediation", active.case, audience="caucus", text="CANARY for the mediator")
    fill(client, "mediation", active.case, audience="joint", text="Words for everybody")
    room.add_note(active.referral, text="CANARY own notes", audience="mediator", by=active.mediator)
    mine = client.get(page("mediation", active.case)).content.decode()
    theirs = signed_in(other).get(page("mediation", active.case)).content.decode()
    assert "CANARY for the mediator" in mine
    assert "CANARY own notes" not in mine
    assert "CANARY" not in theirs
    assert "Words for everybody" in theirs


def test_a_file_for_the_mediator_stays_with_the_mediator(active):
    file = SimpleUploadedFile("plan.txt", b"our limit")
    fill(signed_in(active.scene.enterprise), "mediation", active.case, audience="caucus", file=file)
    item = room.documents_visible_to(active.scene.enterprise, active.case).get()
    address = page("room_file", active.case, item.pk)
    assert signed_in(active.scene.complainant).get(address).status_code == 404
    assert signed_in(active.scene.enterprise).get(address).status_code == 409, "not checked yet"


def test_a_double_click_says_it_once(active):
    client = signed_in(active.scene.complainant)
    opened = client.get(page("mediation", active.case))
    data = {
        **{field.name: str(field.value()) for field in opened.context["form"].hidden_fields()},
        "audience": "joint",
        "text": "Once",
    }
    client.post(page("mediation", active.case), data)
    client.post(page("mediation", active.case), data)
    assert RoomNote.objects.filter(said_as="complainant").count() == 1


def test_who_may_read_it_must_be_chosen(active):
    response = fill(
        signed_in(active.scene.complainant), "mediation", active.case, audience="", text="My words"
    )
    assert "My words" in response.content.decode()
    assert not RoomNote.objects.filter(said_as="complainant").exists()


def test_a_closed_room_is_read_and_takes_nothing(db):
    closed = room_in("active")
    client = signed_in(closed.scene.complainant)
    fill(client, "mediation", closed.case, audience="joint", text="Before the end")
    from mediation import services

    services.revoke_referral(closed.reload(), by=closed.scene.officer, reason="Over")
    response = client.get(page("mediation", closed.case))
    assert "Before the end" in response.content.decode()
    late = {
        "token": "7f9c24e8-3b12-4fef-91e0-56a2d1f0a001",
        "audience": "joint",
        "text": "Too late now",
    }
    response = client.post(page("mediation", closed.case), late)
    assert response.status_code == 409
    assert "Too late now" in response.content.decode()
