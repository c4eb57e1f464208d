"""Commitments, reports of both sides, the office's assessment, one or several rounds."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases.errors import Incomplete, WrongState
from cases.services import deadlines, ending, follow_up
from notifications.audience import recipients
from notifications.models import OutboxMessage
from statements.draft import first_draft
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(officer):
    """A closed case with one commitment of the enterprise."""
    scene = factories.case_in("final_statement", officer=officer, data=factories.withheld())
    add(scene)
    ending.close(scene.reload(), by=officer, statement="x")
    scene.reload()
    return scene


def add(scene, **changes):
    values = {"origin": "recommendation", "owner": "respondent", "text": "Clean the river."}
    return follow_up.add(scene.reload(), by=scene.officer, **{**values, **changes})


def test_a_commitment_holds_no_withheld_name(scene):
    with pytest.raises(ValidationError):
        add(scene, text="Pay Айгүл Серікқызы her wages.")
    assert add(scene, owner="both").number == 2


def test_a_commitment_is_not_due_before_the_complaint(scene):
    """A mistyped year was taken and went into the follow-up statement: due on 1 January 2020."""
    with pytest.raises(ValidationError):
        add(scene, due_on=factories.in_days(-1))
    assert add(scene, due_on=factories.in_days(0)).number == 2


def test_parties_put_no_commitment_on_record(scene):
    with pytest.raises(PermissionDenied):
        follow_up.add(
            scene.reload(), origin="recommendation", owner="both", text="x", by=scene.complainant
        )


def test_the_statement_of_a_follow_up_has_its_day(scene):
    """A follow-up that was concluded left the case without any deadline until somebody began to
    write its statement."""
    follow_up.begin(scene.case, by=scene.officer)
    item = scene.case.commitments.get()
    follow_up.assess(item, status="done", text="The water is clean.", by=scene.officer)
    follow_up.conclude(scene.reload(), by=scene.officer)
    running = scene.reload().deadlines.open().get()
    assert (running.kind, running.opened_on) == ("conclusion", deadlines.today())


def test_a_round_asks_both_sides_for_the_same_time(scene):
    day = deadlines.calendar().working_day_from(deadlines.today() + timedelta(days=30))
    follow_up.begin(scene.case, due_on=day, by=scene.officer)
    deadline = scene.reload().deadlines.open().get(kind="follow_up_reports")
    assert (deadline.owed_by, deadline.due_on, deadline.side) == ("both", day, "")


def test_both_sides_report_and_the_time_ends(scene):
    follow_up.begin(scene.case, by=scene.officer)
    item = scene.case.commitments.get()
    follow_up.report(item, side="respondent", text="We built a plant.", by=scene.enterprise)
    assert scene.reload().deadlines.open().filter(kind="follow_up_reports").exists()
    with pytest.raises(PermissionDenied):
        follow_up.report(item, side="respondent", text="Not so", by=scene.complainant)
    follow_up.report(item, side="complainant", text="It does not run.", by=scene.complainant)
    assert not scene.reload().deadlines.open().filter(kind="follow_up_reports").exists()


def test_a_round_ends_when_every_commitment_is_assessed(scene):
    item = scene.case.commitments.get()
    with pytest.raises(WrongState):
        follow_up.assess(item, status="done", text="We saw it.", by=scene.officer)
    follow_up.begin(scene.case, by=scene.officer)
    with pytest.raises(Incomplete):
        follow_up.conclude(scene.reload(), by=scene.officer)
    assert scene.reload().state == "follow_up"
    follow_up.assess(item, status="partly", text="It runs by day.", by=scene.officer)
    follow_up.conclude(scene.reload(), by=scene.officer)
    assert scene.reload().state == "final_statement"


def test_the_follow_up_statement_begins_with_what_both_sides_said(scene):
    follow_up.begin(scene.case, by=scene.officer)
    item = scene.case.commitments.get()
    follow_up.report(item, side="respondent", text="We built a plant.", by=scene.enterprise)
    follow_up.report(
        item, side="complainant", text="For you alone: the guard told me.",
        is_for_office=True, by=scene.complainant,
    )  # fmt: skip
    follow_up.assess(item, status="partly", text="It runs by day.", by=scene.officer)
    follow_up.conclude(scene.reload(), by=scene.officer)
    _title, text = first_draft(scene.reload(), "follow_up", "en")
    assert "We built a plant" in text and "It runs by day" in text
    assert "guard" not in text


def test_a_second_round_asks_for_new_assessments(scene):
    item = scene.case.commitments.get()
    for number in (1, 2):
        follow_up.begin(scene.reload(), by=scene.officer)
        with pytest.raises(Incomplete):
            follow_up.conclude(scene.reload(), by=scene.officer)
        follow_up.assess(item, status="done", text="We saw it.", by=scene.officer)
        follow_up.conclude(scene.reload(), by=scene.officer)
        ending.close(
            scene.reload(), by=scene.officer, statement="x",
            follow_up_on=deadlines.today() + timedelta(days=200) if number == 1 else None,
        )  # fmt: skip
        due = scene.reload().deadlines.open().filter(kind="follow_up").first()
        if number == 1:
            assert due.due_on == deadlines.today() + timedelta(days=200)
    assert due is None, "a follow-up statement that names no day owes no further one"
    assert scene.case.follow_up_rounds.count() == 2


def test_a_commitment_on_which_a_side_reported_stays(scene):
    item = scene.case.commitments.get()
    follow_up.report(item, side="respondent", text="Early news.", by=scene.enterprise)
    with pytest.raises(Incomplete):
        follow_up.drop(item, by=scene.officer)
    other = add(scene, text="Train the guards.")
    follow_up.drop(other, by=scene.officer)
    assert scene.case.commitments.filter(dropped_at=None).count() == 1


def test_the_day_of_a_commitment_is_reminded_also_after_the_case_is_closed(officer):
    scene = factories.case_in("final_statement", officer=officer)
    day = deadlines.today() + timedelta(days=90)
    item = add(scene, due_on=day)
    ending.close(scene.reload(), by=officer, statement="x")
    running = scene.reload().deadlines.open().get(kind="commitment")
    assert (running.owed_by, running.due_on) == ("respondent", day)
    follow_up.begin(scene.reload(), by=officer)
    follow_up.assess(item, status="done", text="We saw it.", by=officer)
    assert not scene.reload().deadlines.open().filter(kind="commitment").exists()


def test_other_side_is_told_of_a_report_that_it_may_read(scene, officer):
    """A side's report on a commitment stood on the other side's page, and nobody told them; a
    report for the office alone is told to the office alone."""
    item = scene.case.commitments.get()
    for is_for_office in (False, True):
        follow_up.report(
            item,
            side="complainant",
            text="They stand still.",
            is_for_office=is_for_office,
            by=scene.complainant,
        )
        told = OutboxMessage.objects.filter(event__kind="commitment.reported")
        people = recipients(told.latest("event__sequence"))
        assert (scene.enterprise.pk in people) is not is_for_office
        assert officer.pk in people
