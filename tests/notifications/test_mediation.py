"""What people of a mediation are told, and where a notice leads them."""

import pytest
from django.urls import reverse

from mediation import services
from mediation.workflow import ReferralState as S
from notifications import delivery
from notifications.models import Delivery
from tests.mediation.conftest import make_body, room_in

pytestmark = pytest.mark.django_db


def told(kind):
    rows = Delivery.objects.filter(channel="inbox", message__event__kind=kind)
    return {row.user_id: row.room for row in rows}


def test_the_body_is_told_of_a_referral_and_no_other_body(db):
    _other, stranger, _people = make_body("Another body")
    room = room_in(S.PROPOSED)
    delivery.drain()
    people = told("referral.proposed")
    assert people[room.coordinator.pk] == "mediation"
    assert stranger.pk not in people and room.scene.officer.pk not in people
    assert {room.scene.complainant.pk, room.scene.enterprise.pk} <= set(people)


def test_the_mediator_is_told_of_the_appointment_and_finds_it(db, client, mailoutbox):
    room = room_in(S.ACCEPTED, declared=False)
    delivery.drain()
    assert told("mediator.appointed")[room.mediator.pk] == "mediation"
    assert [room.mediator.email] in [letter.to for letter in mailoutbox]
    client.force_login(room.mediator, backend="accounts.backends.PasswordBackend")
    assert room.case.reference in client.get("/notices/").content.decode()
    notice = Delivery.objects.visible_to(room.mediator).get()
    answer = client.post(reverse("notifications:open", args=[notice.pk]))
    assert answer.url == f"/mediation/cases/{room.case.pk}/"
    assert client.get(answer.url).status_code == 200


def test_the_coordinator_follows_a_notice_to_the_referral(db, client):
    room = room_in(S.PROPOSED)
    delivery.drain()
    client.force_login(room.coordinator, backend="accounts.backends.PasswordBackend")
    notice = Delivery.objects.visible_to(room.coordinator).get()
    answer = client.post(reverse("notifications:open", args=[notice.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == f"/mediation/referrals/{room.referral.pk}/"


def test_a_body_whose_referral_was_taken_back_is_told(db):
    room = room_in(S.ACTIVE)
    services.revoke_referral(room.referral, by=room.scene.officer, reason="They talk alone.")
    delivery.drain()
    assert room.coordinator.pk in told("referral.revoked")
    assert room.mediator.pk not in told("referral.revoked")


def test_separate_sessions_are_told_to_the_office_alone(db):
    room = room_in(S.CONCLUDED)
    delivery.drain()
    assert set(told("session.held")) == {room.scene.officer.pk}


def test_a_mediator_who_declared_a_conflict_is_told_nothing_more(db):
    room = room_in(S.ACTIVE)
    delivery.drain()
    services.declare(room.appointment, by=room.mediator, has_conflict=True)
    delivery.drain()
    assert room.coordinator.pk in told("mediator.released")
    assert not Delivery.objects.visible_to(room.mediator).exists()
