"""Advice of others: what they are given, who reads it, what the parties learn."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cases.errors import Conflict, Incomplete
from cases.models import Consultation
from cases.services import (
    conflicts,
    consultations,
    consulted_bodies,
    correspondence,
    disclosing,
    outsiders,
)
from notifications.audience import recipients
from notifications.models import OutboxMessage
from tests import factories
from tests.factories import in_days

pytestmark = pytest.mark.django_db
NAME = "Айгүл Серікқызы"


@pytest.fixture
def scene(officer):
    return factories.case_in("initial_assessment", officer=officer, data=factories.withheld())


@pytest.fixture
def ministry(officer):
    return consulted_bodies.save_body(None, kind="ministry", name="Ministry of Labour", by=officer)


@pytest.fixture
def expert(officer):
    user = factories.person("expert")
    body = consulted_bodies.save_body(
        None, kind="expert", name="Dr Lee", expert=user, language="en", by=officer
    )
    return user, body


def ask(scene, body, **changes):
    values = {"way": "letter", "question": "Which wage law applies?", "due_on": in_days(20)}
    values |= changes
    return consultations.ask(scene.reload(), body=body, by=scene.officer, **values)


def test_a_question_has_a_deadline_that_the_parties_do_not_read(scene, ministry):
    item = ask(scene, ministry)
    case = scene.reload()
    assert item.deadline.kind == "consultation"
    assert case.events.get(kind="consultation.asked").data["consultation"] == str(item.pk)
    from cases.disclosure import Audience, disclosed

    kinds = {row.kind for row in disclosed(case, to=Audience.COMPLAINANT).deadlines}
    assert "consultation" not in kinds
    assert "consultation" in {row.kind for row in disclosed(case, to=Audience.NCP).deadlines}


def test_a_withheld_name_never_stands_in_a_question_unless_it_is_decided(scene, ministry):
    question = f"What do you know of {NAME.upper()}?"
    with pytest.raises(ValidationError):
        ask(scene, ministry, question=question)
    item = ask(scene, ministry, question=question, names_reason="She agreed, letter of 3 May.")
    assert item.names_reason
    assert scene.reload().events.get(kind="consultation.asked").data["names_shown"] is True


def test_only_an_officer_named_on_the_case_decides_to_name(scene, ministry, other_officer):
    with pytest.raises(ValidationError) as caught:
        consultations.ask(
            scene.reload(), body=ministry, way="letter", question=f"Who is {NAME}?",
            due_on=in_days(20), names_reason="Because.", by=other_officer,
        )  # fmt: skip
    assert NAME not in str(caught.value)


def test_others_are_given_only_what_is_cleared(scene, ministry):
    paper = factories.document(scene.case)
    item = correspondence.add_document(
        scene.case, paper, title="Pay slips", side="complainant", by=scene.complainant
    )
    with pytest.raises(ValidationError):
        ask(scene, ministry, documents=[item])
    factories.share(item, by=scene.officer)
    given = ask(scene, ministry, documents=[item]).material.get()
    item.refresh_from_db()
    assert given.copy_id == item.served_copy_id


def test_redacted_version_that_its_provider_refused_goes_to_nobody(scene, ministry):
    """The complainant opened the redacted version and wrote that her name still stands on page 2:
    the office was offered that very file to send to a ministry, and to an expert."""
    item = correspondence.add_document(
        scene.case, factories.document(scene.case), title="Pay slips", side="complainant",
        by=scene.complainant,
    )  # fmt: skip

    def redacted(content):
        black = factories.document(scene.case, content=content)
        disclosing.add_redaction(item, black, by=scene.officer)
        return black

    def given():
        return dict(outsiders.copies_to_give(scene.reload())).get(item)

    redacted(b"Black 1")
    black = redacted(b"Black 2")
    assert given() == black
    disclosing.decide_audience(item, audience="parties", copy=black, by=scene.officer)
    serving = item.servings.get()
    disclosing.ask_redaction(serving, text="The name on page 2", by=scene.complainant)
    assert given() is None
    with pytest.raises(ValidationError):
        ask(scene, ministry, documents=[item])
    disclosing.decide_audience(item, audience="party_and_ncp", by=scene.officer)
    assert given() is None
    better = redacted(b"Black 3")
    assert given() == better


def test_a_body_is_asked_for_a_day_ahead_and_by_a_way_that_it_has(scene, ministry):
    for wrong in ({"due_on": in_days(0)}, {"way": "page"}, {"question": " "}):
        with pytest.raises(ValidationError):
            ask(scene, ministry, **wrong)


def test_members_and_parties_ask_nobody(scene, ministry, member):
    for user in (member, scene.complainant):
        with pytest.raises(PermissionDenied):
            consultations.ask(
                scene.reload(), body=ministry, way="letter", question="?",
                due_on=in_days(20), by=user,
            )  # fmt: skip


def test_an_answer_ends_the_deadline_and_comes_once(scene, ministry):
    item = ask(scene, ministry)
    consultations.remind(item, by=scene.officer)
    consultations.record_reply(
        item, text="The labour code.", replied_on=in_days(0), by=scene.officer
    )
    item.refresh_from_db()
    assert item.deadline.met_on == in_days(0)
    with pytest.raises(Conflict):
        consultations.record_reply(item, text="Again", replied_on=in_days(0), by=scene.officer)
    with pytest.raises(Conflict):
        consultations.remind(item, by=scene.officer)


def test_no_decision_rests_on_advice_that_the_parties_have_not_seen(scene, ministry):
    item = ask(scene, ministry)
    consultations.require_nothing_unseen(scene.reload())
    consultations.record_reply(item, text="It is legal.", replied_on=in_days(0), by=scene.officer)
    with pytest.raises(Incomplete):
        consultations.require_nothing_unseen(scene.reload())
    consultations.share(item, shared_as="gist", text="The law allows it.", by=scene.officer)
    consultations.require_nothing_unseen(scene.reload())
    assert list(Consultation.objects.shared()) == [item]


def test_what_nothing_rests_on_is_not_shared(scene, ministry):
    item = ask(scene, ministry)
    consultations.record_reply(
        item, text="Beside the point", replied_on=in_days(0), by=scene.officer
    )
    with pytest.raises(ValidationError):
        consultations.share(item, shared_as="not_used", by=scene.officer)
    consultations.share(item, shared_as="not_used", text="Beside the point.", by=scene.officer)
    assert not Consultation.objects.shared().exists()
    consultations.require_nothing_unseen(scene.reload())


def test_an_answer_with_a_withheld_name_is_shared_in_gist_only(scene, ministry):
    item = ask(scene, ministry)
    text = f"We inspected the works after {NAME} wrote to us."
    consultations.record_reply(item, text=text, replied_on=in_days(0), by=scene.officer)
    with pytest.raises(ValidationError):
        consultations.share(item, shared_as="whole", by=scene.officer)
    consultations.share(item, shared_as="gist", text="They inspected it.", by=scene.officer)


def test_an_expert_declares_before_reading_and_answers_alone(scene, expert):
    user, body = expert
    item = ask(scene, body, way="page")
    with pytest.raises(Incomplete):
        consultations.answer(item, text="Yes", by=user)
    consultations.declare(item, has_conflict=False, by=user)
    with pytest.raises(PermissionDenied):
        consultations.answer(item, text="Yes", by=factories.person("expert"))
    consultations.answer(item, text="Yes, it does.", by=user)
    item.refresh_from_db()
    assert item.reply == "Yes, it does."


def test_an_expert_with_a_conflict_or_a_closed_question_is_out(scene, expert):
    user, body = expert
    item = ask(scene, body, way="page")
    assert Consultation.objects.asked_of(user).get() == item
    consultations.declare(item, has_conflict=True, by=user)
    assert not Consultation.objects.asked_of(user).exists()
    with pytest.raises(Incomplete):
        ask(scene, body, way="page")


def test_an_expert_sees_no_case_and_hears_of_the_question(scene, expert):
    from cases.models import Case

    user, body = expert
    item = ask(scene, body, way="page")
    assert not Case.objects.visible_to(user).exists()
    message = OutboxMessage.objects.get(event__kind="consultation.asked")
    assert recipients(message) == {user.pk: (user, "expert")}
    consultations.close(item, note="Not needed.", by=scene.officer)
    assert recipients(OutboxMessage.objects.get(event__kind="consultation.asked")) == {}


def test_a_question_that_nobody_answers_is_closed_with_a_reason(scene, ministry):
    item = ask(scene, ministry)
    with pytest.raises(ValidationError):
        consultations.close(item, by=scene.officer)
    consultations.close(item, note="They wrote that they do not answer.", by=scene.officer)
    item.refresh_from_db()
    assert item.deadline.cancelled_on == in_days(0)


def test_members_read_consultations_after_declaring_and_conflicts_take_them_away(
    scene, ministry, member
):
    item = ask(scene, ministry)
    assert not Consultation.objects.visible_to(member).exists()
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assert list(Consultation.objects.visible_to(member)) == [item]
    conflicts.declare(scene.case, by=member, has_conflict=True)
    assert not Consultation.objects.visible_to(member).exists()
    assert not Consultation.objects.visible_to(scene.complainant).exists()


def test_the_register_of_bodies_is_encrypted_and_kept_by_officers(officer, ministry, member):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM cases_consultedbody")
        assert "Labour" not in cursor.fetchone()[0]
    with pytest.raises(PermissionDenied):
        consulted_bodies.save_body(None, kind="ministry", name="X", by=member)
    consulted_bodies.retire_body(ministry, is_retired=True, by=officer)
    scene = factories.case_in("initial_assessment", officer=officer)
    with pytest.raises(Incomplete):
        ask(scene, ministry)
    assert ministry.retired_at <= timezone.now()
