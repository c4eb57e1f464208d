from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.services import conflicts, correspondence, registration
from cases.workflow import State
from notifications import delivery
from notifications import outbox as seam
from notifications.models import Delivery, OutboxMessage
from tests import factories

pytestmark = pytest.mark.django_db


def test_message_stands_in_the_transaction_of_its_event_and_goes_with_it(received, officer):
    before = OutboxMessage.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        registration.acknowledge(received, by=officer)
        assert OutboxMessage.objects.count() == before + 1
        raise RuntimeError
    assert OutboxMessage.objects.count() == before


def test_a_dead_broker_does_not_break_the_request(
    received, officer, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def broken(*args, **kwargs):
        raise ConnectionError("amqp://user:secret@broker refused")

    monkeypatch.setattr("notifications.tasks.drain_outbox.apply_async", broken)
    with django_capture_on_commit_callbacks(execute=True):
        registration.acknowledge(received, by=officer)
    assert "could not be woken" in caplog.text
    assert "secret" not in caplog.text
    delivery.drain()
    assert OutboxMessage.objects.filter(spread_at=None).count() == 0


def test_the_wake_up_carries_an_id_and_nothing_else(
    received, officer, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(
        "notifications.tasks.drain_outbox.apply_async", lambda **kwargs: sent.append(kwargs["args"])
    )
    with django_capture_on_commit_callbacks(execute=True):
        registration.acknowledge(received, by=officer)
    assert sent == [[str(OutboxMessage.objects.latest("created_at").pk)]]


def test_complainant_who_gave_an_address_is_told_in_their_language(received, officer, outbox):
    registration.acknowledge(received, by=officer)
    delivery.drain()
    [letter] = outbox
    assert letter.to == ["aigul@example.org"]
    assert letter.cc == letter.bcc == []


def test_complainant_without_an_address_finds_the_notice_on_the_site_alone(db, officer, outbox):
    from dataclasses import replace

    data = factories.submission()
    data = replace(data, complainants=tuple(replace(c, email="") for c in data.complainants))
    case = factories.filed_case(data)
    delivery.drain()
    outbox.clear()
    registration.acknowledge(case, by=officer)
    delivery.drain()
    assert outbox == []
    assert Delivery.objects.filter(
        channel="inbox", message__event__kind="case.acknowledged"
    ).exists()


def test_a_representative_is_told_at_the_address_of_the_representation(db, officer, outbox):
    case = factories.filed_case(factories.represented())
    delivery.drain()
    outbox.clear()
    registration.acknowledge(case, by=officer)
    delivery.drain()
    assert [letter.to for letter in outbox] == [["adilet@example.org"]]


def test_nobody_is_told_of_their_own_doing(received, officer, other_officer, outbox):
    person = received.participations.get(role="party_member").user
    correspondence.send_message(received, side="complainant", text="Please help.", by=person)
    delivery.drain()
    assert {letter.to[0] for letter in outbox} == {officer.email, other_officer.email}


def test_running_twice_sends_nothing_twice(received, officer, outbox):
    registration.acknowledge(received, by=officer)
    assert delivery.drain() == 1
    OutboxMessage.objects.update(spread_at=None)
    assert delivery.drain() == 0
    assert len(outbox) == 1


class Killed(BaseException):
    """A worker is killed: nothing catches it, its transaction is rolled back."""


def test_worker_killed_between_two_mails_loses_none_and_sends_none_twice(
    received, officer, other_officer, outbox, monkeypatch
):
    person = received.participations.get(role="party_member").user
    correspondence.send_message(received, side="complainant", text="Please help.", by=person)
    real = delivery.send_one
    calls = []

    def dies_after_the_first():
        if calls:
            raise Killed
        calls.append(1)
        return real()

    monkeypatch.setattr(delivery, "send_one", dies_after_the_first)
    with pytest.raises(Killed):
        delivery.drain()
    assert len(outbox) == 1
    monkeypatch.setattr(delivery, "send_one", real)
    delivery.drain()
    assert sorted(letter.to[0] for letter in outbox) == sorted([officer.email, other_officer.email])


def test_worker_killed_after_the_server_took_a_mail_sends_it_again_under_the_same_id(
    received, officer, outbox, monkeypatch
):
    registration.acknowledge(received, by=officer)
    while delivery.spread_one():
        pass
    real = delivery._settle

    def dies(*args):
        raise Killed

    monkeypatch.setattr(delivery, "_settle", dies)
    with pytest.raises(Killed), transaction.atomic():
        delivery.send_one()
    monkeypatch.setattr(delivery, "_settle", real)
    delivery.drain()
    first, second = outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    delivery.drain()
    assert len(outbox) == 2


def test_a_mail_that_fails_is_tried_again_ever_more_rarely(
    received, officer, outbox, monkeypatch, caplog
):
    registration.acknowledge(received, by=officer)

    def refuse(self, messages):
        raise OSError("550 aigul@example.org unknown")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    delivery.drain()
    row = Delivery.objects.get(channel="mail", state="waiting")
    assert row.tries == 1
    assert row.next_try_at > timezone.now() + timedelta(seconds=50)
    assert "aigul" not in caplog.text
    monkeypatch.undo()
    Delivery.objects.update(next_try_at=timezone.now())
    delivery.drain()
    assert len(mail.outbox) == 1


def test_a_mail_that_fails_for_three_days_is_given_up_and_the_notice_stays(
    received, officer, outbox, monkeypatch
):
    registration.acknowledge(received, by=officer)
    monkeypatch.setattr(EmailBackend, "send_messages", lambda *args: 1 / 0)
    delivery.drain()
    Delivery.objects.filter(channel="mail").update(
        created_at=timezone.now() - timedelta(days=4), next_try_at=timezone.now()
    )
    delivery.drain()
    assert Delivery.objects.filter(channel="mail", state="failed").count() == 1
    assert Delivery.objects.filter(
        channel="inbox", message__event__kind="case.acknowledged"
    ).exists()


@pytest.mark.parametrize("tries, minutes", [(1, 1), (2, 2), (5, 16), (30, 360)])
def test_waits_double_up_to_six_hours(tries, minutes):
    assert delivery.wait_after(tries) == timedelta(minutes=minutes)


def test_a_message_that_cannot_be_spread_does_not_stop_the_next(
    received, officer, outbox, monkeypatch
):
    registration.acknowledge(received, by=officer)
    registration.register(received, by=officer)
    real = delivery._spread

    def chokes(message):
        if message.event.kind == "case.acknowledged":
            raise DatabaseError
        real(message)

    monkeypatch.setattr(delivery, "_spread", chokes)
    delivery.drain()
    assert len(outbox) == 1
    assert OutboxMessage.objects.get(spread_at=None).event.kind == "case.acknowledged"


def test_rights_lost_before_sending_stop_the_mail(received, officer, other_officer, outbox):
    person = received.participations.get(role="party_member").user
    correspondence.send_message(received, side="complainant", text="Please help.", by=person)
    while delivery.spread_one():
        pass
    conflicts.declare(received, by=officer, has_conflict=True)
    while delivery.send_one() is not None:
        pass
    assert officer.email not in {letter.to[0] for letter in outbox}
    assert Delivery.objects.get(user=officer, channel="mail", state="dropped")
    assert not Delivery.objects.visible_to(officer).exists()


def test_a_locked_mail_is_left_to_the_worker_that_holds_it(received, officer, outbox):
    """Two workers at once: the row lock decides, the second finds nothing to do."""
    registration.acknowledge(received, by=officer)
    while delivery.spread_one():
        pass
    sql = str(
        Delivery.objects.mails_waiting(at=timezone.now()).select_for_update(skip_locked=True).query
    )
    assert "SKIP LOCKED" in sql
    assert connection.features.has_select_for_update_skip_locked


def test_kinds_that_nobody_is_told_of_write_no_message(db, officer):
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    before = OutboxMessage.objects.count()
    factories.answer_everything(scene.case, by=officer)
    assert OutboxMessage.objects.count() == before


def test_the_seam_is_the_only_subscriber():
    from cases.signals import event_recorded

    assert [receiver[1]() for receiver in event_recorded.receivers] == [seam.write]
