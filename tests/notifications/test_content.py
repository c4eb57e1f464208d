"""What a mail may hold: one text for each room and language, nothing of any case."""

import logging
from dataclasses import replace

import pytest

from cases.kinds import FROM_THE_START, OF_ONE_SIDE, TO_BOTH_SIDES, EventKind
from cases.services import correspondence, registration
from cases.workflow import State
from notifications import delivery
from notifications.kinds import TOLD, WITHOUT_MAIL, Group
from notifications.models import Delivery
from tests import factories

pytestmark = pytest.mark.django_db

CANARIES = ("Kanarienvogel", "Canary Holding", "canary-river", "canary words")


@pytest.fixture(autouse=True)
def _address(settings):
    settings.SITE_URL = "http://127.0.0.1:8000"


def canary_submission():
    data = factories.submission()
    return replace(
        data,
        complainants=tuple(replace(c, name=CANARIES[0]) for c in data.complainants),
        respondents=tuple(
            replace(r, name=CANARIES[1], email="ceo@example.org") for r in data.respondents
        ),
        issues=tuple(replace(i, title=CANARIES[2], description=CANARIES[3]) for i in data.issues),
    )


def test_no_word_of_a_case_is_in_any_mail_or_log(db, officer, mailoutbox, caplog):
    with caplog.at_level(logging.DEBUG):
        scene = factories.case_in(State.MEDIATION, data=canary_submission(), officer=officer)
        correspondence.send_message(
            scene.case,
            side="complainant",
            text="canary words again",
            by=officer,
            subject="canary words",
        )
        delivery.drain()
    assert len(mailoutbox) > 5
    everything = "\n".join(letter.message().as_string() for letter in mailoutbox) + caplog.text
    for secret in (*CANARIES, scene.case.reference, scene.case.receipt_id, str(scene.case.pk)):
        assert secret not in everything


def test_all_mails_of_a_room_and_language_are_the_same(db, officer, mailoutbox):
    factories.case_in(State.MEDIATION, officer=officer)
    factories.case_in(State.INITIAL_ASSESSMENT, officer=officer, data=factories.withheld())
    delivery.drain()
    for room in ("desk", "portal"):
        ids = {
            f"<{pk}@127.0.0.1>"
            for pk in Delivery.objects.filter(channel="mail", room=room).values_list(
                "pk", flat=True
            )
        }
        letters = {
            (letter.subject, letter.body)
            for letter in mailoutbox
            if letter.extra_headers["Message-ID"] in ids
        }
        assert len(letters) == 1


def test_headers_are_few_and_say_that_a_machine_wrote(received, officer, outbox):
    registration.acknowledge(received, by=officer)
    delivery.drain()
    message = outbox[0].message()
    assert set(message.keys()) == {
        "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To",
        "Date", "Message-ID", "Auto-Submitted",
    }  # fmt: skip
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert "http://127.0.0.1:8000/portal/" in outbox[0].body


def test_every_kind_told_to_both_sides_may_be_read_by_both():
    for kind, groups in TOLD.items():
        if Group.RESPONDENT in groups:
            assert EventKind(kind) in TO_BOTH_SIDES, kind
        if Group.COMPLAINANT in groups:
            assert EventKind(kind) in TO_BOTH_SIDES | FROM_THE_START, kind
        if Group.SIDE in groups:
            assert EventKind(kind) in OF_ONE_SIDE, kind
    assert set(TOLD) >= WITHOUT_MAIL


def test_a_message_to_one_side_is_not_told_to_the_other(db, officer, outbox):
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    delivery.drain()
    outbox.clear()
    correspondence.send_message(scene.case, side="respondent", text="Please answer.", by=officer)
    delivery.drain()
    told = Delivery.objects.filter(message__event__kind="message.sent")
    assert {row.user_id for row in told} == {scene.enterprise.pk}


def test_a_document_is_told_of_only_to_those_who_may_open_it(db, officer, mediator, outbox):
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    item = correspondence.add_document(
        scene.case,
        factories.document(scene.case),
        title="Map",
        side="complainant",
        by=scene.complainant,
    )
    delivery.drain()
    told = lambda kind: {  # noqa: E731
        row.user_id for row in Delivery.objects.filter(message__event__kind=kind)
    }
    factories.share(item, by=officer)
    delivery.drain()
    assert told("document.audience_decided") == {scene.complainant.pk}, "who looks at the copy"
    assert told("document.served") == {scene.enterprise.pk}, "the complainant agreed herself"


def test_pressure_is_told_to_every_officer_at_once_so_that_one_can_stand_in(
    db, officer, other_officer, outbox
):
    scene = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    delivery.drain()
    outbox.clear()
    correspondence.report_reprisal(scene.case, text="They came at night.", by=scene.complainant)
    delivery.drain()
    assert {letter.to[0] for letter in outbox} == {officer.email, other_officer.email}


def test_pressure_in_a_case_without_an_officer_reaches_every_officer(
    received, officer, other_officer, outbox
):
    person = received.participations.get(role="party_member").user
    correspondence.report_reprisal(received, text="They came at night.", by=person)
    delivery.drain()
    assert {letter.to[0] for letter in outbox} == {officer.email, other_officer.email}
