"""The sweep: each rung once for each person, whatever the clock or the worker did."""

from datetime import timedelta

import pytest

from cases.models import Deadline
from cases.services import clock
from cases.services.deadlines import today
from cases.workflow import State
from notifications import deadlines, delivery
from notifications.kinds import Group, told_of_rung
from notifications.models import Delivery, OutboxMessage
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(officer, other_officer):
    """A case of which only the enterprise's answer is still due, and everything before was told."""
    made = factories.case_in(State.INITIAL_ASSESSMENT, officer=officer)
    Deadline.objects.exclude(kind="response").update(cancelled_on=today())
    delivery.drain()
    return made


@pytest.fixture
def response(scene):
    return Deadline.objects.get(kind="response")


def rungs():
    rows = OutboxMessage.objects.filter(deadline__isnull=False)
    return list(rows.order_by("created_at", "rung").values_list("rung", flat=True))


def told(rung):
    rows = Delivery.objects.filter(message__rung=rung, channel="inbox")
    return {row.user_id for row in rows}


def test_nothing_before_the_first_reminder(response):
    assert deadlines.sweep(on=response.due_on - timedelta(days=8)) == 0


def test_each_rung_once_on_its_day_and_never_twice(scene, response):
    for day in range(-9, 12):
        for _twice in range(2):
            deadlines.sweep(on=response.due_on + timedelta(days=day))
    assert rungs() == [-7, -2, 1, 7]


def test_after_three_missed_days_the_last_rung_comes_once_and_none_before_it(response):
    deadlines.sweep(on=response.due_on - timedelta(days=8))
    deadlines.sweep(on=response.due_on - timedelta(days=4))
    assert rungs() == [-7]
    deadlines.sweep(on=response.due_on + timedelta(days=9))
    assert rungs() == [-7, 7]


def test_a_reminder_missed_until_after_the_due_date_is_not_sent_any_more(response):
    deadlines.sweep(on=response.due_on)
    assert rungs() == [-2], "on the day itself it is still of use"
    OutboxMessage.objects.all().delete()
    Deadline.objects.filter(pk=response.pk).update(due_on=today() - timedelta(days=1))
    later = today() + timedelta(days=30)
    deadlines.sweep(on=later)
    assert rungs() == [7]


def test_the_owing_side_and_the_officer_are_reminded(scene, response):
    Deadline.objects.filter(pk=response.pk).update(due_on=today() + timedelta(days=7))
    deadlines.sweep()
    delivery.drain()
    assert told(-7) == {scene.officer.pk, scene.enterprise.pk}


def test_when_it_has_passed_both_sides_and_the_officer_are_told(scene, response):
    Deadline.objects.filter(pk=response.pk).update(due_on=today() - timedelta(days=1))
    deadlines.sweep()
    delivery.drain()
    assert told(1) == {scene.officer.pk, scene.enterprise.pk, scene.complainant.pk}


def test_a_case_without_an_officer_is_told_to_all_officers(received, officer, other_officer):
    delivery.drain()
    Deadline.objects.filter(kind="acknowledgement").update(due_on=today() - timedelta(days=1))
    deadlines.sweep()
    delivery.drain()
    assert {officer.pk, other_officer.pk} <= told(1)


def test_what_was_met_before_the_mail_went_out_is_not_told(scene, response):
    Deadline.objects.filter(pk=response.pk).update(due_on=today() - timedelta(days=1))
    assert deadlines.sweep() == 1
    Deadline.objects.filter(pk=response.pk).update(met_on=today())
    delivery.drain()
    assert told(1) == set()


def test_a_due_date_that_moved_is_announced_anew(scene, response):
    Deadline.objects.filter(pk=response.pk).update(due_on=today() + timedelta(days=2))
    deadlines.sweep()
    clock.extend(
        Deadline.objects.get(pk=response.pk), length=5, unit="days", reason="Ill.", by=scene.officer
    )
    moved = Deadline.objects.get(pk=response.pk)
    assert moved.due_on != today() + timedelta(days=2)
    deadlines.sweep(on=moved.due_on - timedelta(days=2))
    assert rungs() == [-2, -2]


def test_a_paused_case_is_left_in_peace(scene, response):
    Deadline.objects.filter(pk=response.pk).update(due_on=today() - timedelta(days=1))
    clock.pause(scene.case, reason="translation", by=scene.officer)
    Deadline.objects.filter(pk=response.pk).update(due_on=today() - timedelta(days=1))
    assert deadlines.sweep() == 0


@pytest.mark.parametrize("count", [3, 60])
def test_statements_grow_with_batches_and_not_with_deadlines(
    response, count, django_assert_num_queries
):
    due_on = today() - timedelta(days=1)
    Deadline.objects.bulk_create(
        Deadline(
            case=response.case, kind="response", owed_by="respondent", opened_on=today(),
            opened_by_event=100 + number, target_on=due_on, due_on=due_on,
        )
        for number in range(count)
    )  # fmt: skip
    with django_assert_num_queries(4):  # the rule sets, and one batch in its savepoint
        assert deadlines.sweep() == count
    assert deadlines.sweep(batch=7) == 0
    OutboxMessage.objects.filter(deadline__isnull=False).delete()
    assert deadlines.sweep(batch=7) == count, "batches miss nothing"


@pytest.mark.parametrize(
    "owed_by, rung, is_public, groups",
    [
        ("ncp", -7, True, {Group.OFFICER}),
        ("ncp", 1, True, {Group.OFFICER, Group.COMPLAINANT, Group.RESPONDENT}),
        ("ncp", 1, False, {Group.OFFICER}),
        ("body", -3, False, {Group.OFFICER, Group.COORDINATOR}),
        ("body", 1, False, {Group.OFFICER, Group.COORDINATOR}),
        ("both", -1, True, {Group.OFFICER, Group.COMPLAINANT, Group.RESPONDENT}),
        ("complainant", 1, True, {Group.OFFICER, Group.COMPLAINANT}),
        ("mediator", -2, True, {Group.OFFICER, Group.MEDIATOR}),
    ],
)
def test_who_is_told_of_a_rung(owed_by, rung, is_public, groups):
    assert set(told_of_rung(owed_by=owed_by, rung=rung, is_public=is_public)) == groups


def test_every_owing_party_of_the_rule_sets_is_known():
    from cases import rules
    from notifications.kinds import OWING

    for name in ("kz", "oecd-2023", "oecd-2011"):
        assert {rule.owed_by for rule in rules.load(name).deadlines} <= set(OWING)


def test_the_tasks_run(scene, response):
    from notifications import tasks
    from notifications.models import Heartbeat

    Deadline.objects.filter(pk=response.pk).update(due_on=today() - timedelta(days=1))
    assert tasks.sweep_deadlines() == 1
    assert tasks.drain_outbox() == 0
    tasks.heartbeat()
    tasks.heartbeat()
    assert Heartbeat.objects.count() == 1
