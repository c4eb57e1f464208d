"""Other proceedings: what is known, when somebody looks again, a pause that rests on one."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cases.models import ParallelProceeding
from cases.services import clock, deadlines, proceedings
from cases.services.proceedings import Facts
from cases.timeframes import Standing
from notifications.deadlines import sweep
from notifications.models import OutboxMessage
from tests import factories
from tests.factories import working_day_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(officer):
    return factories.case_in("initial_assessment", officer=officer)


def record(scene, *, next_check_on=None, **changes):
    facts = Facts(**{"forum": "District court", "stage": "pending", **changes})
    return proceedings.save(
        scene.reload(), None, facts, next_check_on=next_check_on, by=scene.officer
    )


def test_a_proceeding_is_recorded_with_its_overlap_by_issue(scene):
    issues = list(scene.case.issues.all())
    item = record(scene, overlaps={issues[0].pk: "whole", issues[1].pk: ""})
    assert [(row.issue_id, row.extent) for row in item.overlaps.all()] == [(issues[0].pk, "whole")]


def test_a_finding_on_prejudice_needs_reasons(scene):
    with pytest.raises(ValidationError):
        record(scene, prejudice="serious")
    with pytest.raises(ValidationError):
        record(scene, forum=" ")


def test_one_that_the_form_named_gets_its_facts(scene):
    named = ParallelProceeding.objects.create(case=scene.case, forum="A court", status="Pending")
    item = proceedings.save(
        scene.reload(), named, Facts(forum="City court", stage="appeal"),
        next_check_on=working_day_in(30), by=scene.officer,
    )  # fmt: skip
    assert (item.pk, item.status) == (named.pk, "Pending")
    assert item.deadline.due_on == working_day_in(30)


def test_a_check_ends_the_planned_one_and_plans_the_next(scene):
    item = record(scene, next_check_on=working_day_in(10))
    first = item.deadline
    with pytest.raises(ValidationError):
        proceedings.check(
            item, finding="Heard", stage="pending", next_check_on=None, by=scene.officer
        )
    proceedings.check(
        item, finding="Heard", stage="pending", next_check_on=working_day_in(40), by=scene.officer
    )
    first.refresh_from_db()
    item.refresh_from_db()
    assert first.met_on and item.deadline.due_on == working_day_in(40)
    proceedings.check(
        item, finding="Judgment", stage="decided", next_check_on=None, by=scene.officer
    )
    item.refresh_from_db()
    assert item.deadline is None and item.checks.count() == 2


def test_a_pause_rests_on_a_proceeding_that_would_be_prejudiced_and_is_watched(scene):
    item = record(scene)
    with pytest.raises(ValidationError):
        proceedings.pause_for(item, by=scene.officer)
    item = proceedings.save(
        scene.reload(), item,
        Facts(forum="Court", stage="pending", prejudice="serious", prejudice_reason="Contempt."),
        next_check_on=None, by=scene.officer,
    )  # fmt: skip
    with pytest.raises(ValidationError):
        proceedings.pause_for(item, by=scene.officer)
    proceedings.check(
        item, finding="Pending", stage="pending", next_check_on=working_day_in(5), by=scene.officer
    )
    item.refresh_from_db()
    item.case = scene.reload()
    proceedings.pause_for(item, by=scene.officer)
    assert scene.case.pauses.get().proceeding == item


def test_the_check_is_due_and_reminded_while_the_clock_of_the_case_stands(scene):
    item = record(scene, next_check_on=working_day_in(10))
    clock.pause(scene.reload(), reason="parallel_proceedings", by=scene.officer)
    item.deadline.refresh_from_db()
    item.deadline.case = scene.case
    late = working_day_in(10) + timedelta(days=1)
    assert deadlines.standing_of(item.deadline, on=late, is_paused=True) == Standing.OVERDUE
    OutboxMessage.objects.all().delete()
    sweep(on=late)
    told = OutboxMessage.objects.filter(deadline__isnull=False)
    assert {row.deadline.kind for row in told} == {"proceeding_check"}


def test_a_member_records_no_proceeding(scene, member):
    with pytest.raises(PermissionDenied):
        proceedings.save(scene.reload(), None, Facts(forum="Court"), next_check_on=None, by=member)
