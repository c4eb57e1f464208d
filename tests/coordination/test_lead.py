"""NCPs agree who leads: two months from the receipt, replies, the words for the parties."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from cases import ncps
from cases.errors import Incomplete
from cases.events import verify
from cases.models import Case, Message
from cases.services import coordination, deadlines
from notifications.models import OutboxMessage
from tests import factories

pytestmark = pytest.mark.django_db


def begin(case, officer, **changes):
    values = {"proposed_lead": "DE", "reasons": "The buyer sits there."} | changes
    return coordination.begin(case, by=officer, **values)


def test_list_holds_the_adhering_countries_each_once():
    listed = ncps.listed()
    assert len(listed) == 52
    assert {"KZ", "DE", "GB", "US", "BR"} <= set(listed)
    assert all(ncp.name and len(code) == 2 for code, ncp in listed.items())


def test_usual_lead_is_where_the_issues_arose(received):
    assert coordination.usual_lead(received) == "KZ"
    received.issues.update(country="XX")
    assert coordination.usual_lead(Case.objects.get(pk=received.pk)) == "KZ", "no NCP there"
    received.issues.update(country="DE")
    assert coordination.usual_lead(Case.objects.get(pk=received.pk)) == "DE"


def test_two_months_run_from_the_receipt_and_the_assessment_runs_anew(officer):
    scene = factories.case_in("initial_assessment", officer=officer)
    Case.objects.filter(pk=scene.case.pk).update(
        received_at=scene.case.received_at - timedelta(days=20)
    )
    item = begin(scene.reload(), officer)
    row = scene.case.deadlines.get(kind="coordination")
    assert row.opened_on == deadlines.today() - timedelta(days=20)
    assert timedelta(days=37) <= row.due_on - deadlines.today() <= timedelta(days=46)
    before = scene.case.deadlines.get(kind="initial_assessment", cancelled_on=None)
    invitation = coordination.invite(item, country="DE", asked_to="lead", by=officer)
    coordination.record_reply(invitation, reply="leads", by=officer)
    coordination.conclude(item, lead="DE", arrangement="Germany leads.", by=officer)
    row.refresh_from_db()
    before.refresh_from_db()
    assert row.met_on == deadlines.today()
    assert before.cancelled_on
    assert scene.case.deadlines.open().filter(kind="initial_assessment").count() == 1
    assert list(verify(scene.reload())) == []


def test_both_sides_are_told_the_arrangement_in_the_same_words(officer):
    scene = factories.case_in("initial_assessment", officer=officer)
    item = begin(scene.case, officer, proposed_lead="KZ")
    coordination.conclude(item, lead="KZ", arrangement="We lead alone.", by=officer)
    told = Message.objects.filter(case=scene.case)
    assert {(row.side, row.text) for row in told} == {
        ("complainant", "We lead alone."),
        ("respondent", "We lead alone."),
    }
    assert len({row.sent_at for row in told}) == 1
    assert OutboxMessage.objects.filter(event__kind="case.coordination_concluded").exists()


def test_enterprise_that_was_not_told_of_the_case_is_told_nothing(received, officer):
    item = begin(received, officer, proposed_lead="KZ")
    coordination.conclude(item, lead="KZ", arrangement="We lead.", by=officer)
    assert not Message.objects.filter(case=received, side="respondent").exists()


def test_nothing_is_concluded_over_the_head_of_another_ncp(received, officer):
    item = begin(received, officer)
    coordination.invite(item, country="DE", asked_to="lead", by=officer)
    with pytest.raises(Incomplete, match="has replied"):
        coordination.conclude(item, lead="KZ", arrangement="We lead.", by=officer)
    received.deadlines.filter(kind="coordination").update(
        due_on=deadlines.today() - timedelta(days=1)
    )
    with pytest.raises(Incomplete, match="has not said"):
        coordination.conclude(item, lead="DE", arrangement="It leads.", by=officer)
    coordination.conclude(item, lead="KZ", arrangement="We lead.", by=officer)


def test_an_ncp_is_asked_once_and_only_one_coordination_runs(received, officer):
    item = begin(received, officer)
    coordination.invite(item, country="DE", asked_to="lead", by=officer)
    with pytest.raises(Incomplete):
        coordination.invite(item, country="DE", asked_to="support", by=officer)
    with pytest.raises(ValidationError):
        coordination.invite(item, country="KZ", asked_to="support", by=officer)
    with pytest.raises(Incomplete):
        begin(received, officer)


def test_change_of_lead_needs_both_sides_to_be_consulted(received, officer):
    item = begin(received, officer, proposed_lead="KZ")
    coordination.conclude(item, lead="KZ", arrangement="We lead.", by=officer)
    with pytest.raises(ValidationError, match="consulted"):
        begin(received, officer)
    change = begin(received, officer, parties_heard="By letter of 3 March; both agree.")
    assert change.is_change


def test_others_do_not_coordinate(received, member, administrator):
    for person in (member, administrator):
        with pytest.raises(PermissionDenied):
            begin(received, person)


def test_contacts_are_kept_by_officers_and_administrators(officer, member, administrator):
    for person in (officer, administrator):
        coordination.save_contact("DE", by=person, name="German NCP", email="ncp@example.org")
    assert ncps.of("DE").email == "ncp@example.org"
    with pytest.raises(PermissionDenied):
        coordination.save_contact("DE", by=member, name="Mine")
    with pytest.raises(ValidationError):
        coordination.save_contact("XX", by=officer, name="Nobody")
    with pytest.raises(ValidationError):
        coordination.save_contact("DE", by=officer, website="javascript:alert(1)")


def test_a_change_of_lead_lengthens_the_whole_procedure_no_second_time(officer):
    """The day after the lead was agreed it was proposed to change it, and the whole procedure took
    16 months instead of 14. Its reason stood in the language of whoever had clicked."""
    case = factories.case_in("initial_assessment", officer=officer).case
    begun = begin(case, officer, parties_heard="Both agree.")
    with translation.override("en"):
        coordination.conclude(begun, lead="KZ", arrangement="We lead.", by=officer)
    due = case.deadlines.get(kind="whole_procedure").due_on
    case = Case.objects.get(pk=case.pk)
    again = begin(case, officer, parties_heard="Both agree.")
    coordination.conclude(again, lead="KZ", arrangement="We still lead.", by=officer)
    row = case.deadlines.get(kind="whole_procedure")
    assert row.due_on == due
    more = row.extensions.get()
    with translation.override("ru"):
        assert more.why == "Координация между НКЦ завершена"
        assert more.length_text == "2 месяца"


def test_ncps_are_chosen_by_country_in_the_language_of_the_page():
    """A Russian page listed fifty times "National Contact Point of ..." in English."""
    with translation.override("ru"):
        labels = dict(ncps.choices())
        assert labels["DE"] == "Германия"
        assert list(labels.values()) == sorted(labels.values(), key=str.casefold)
        assert ncps.label_of("DE") == "НКЦ (Германия)"
    assert ncps.name_of("DE") == "National Contact Point of Germany"
