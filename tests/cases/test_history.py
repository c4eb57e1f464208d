"""The history proves itself: no single row can be changed, removed, added or moved unseen."""

import uuid
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cases import heads
from cases.events import verify
from cases.models import Case, CaseEvent
from cases.workflow import State
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return factories.case_in(State.MEDIATION)


def as_owner(sql, *arguments):
    """What somebody could do who owns the tables and switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("cases_caseevent", "cases_change"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, arguments)
        for table in ("cases_caseevent", "cases_change"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def faults(scene):
    return list(verify(Case.objects.get(pk=scene.case.pk)))


def test_an_untouched_history_holds(scene):
    assert faults(scene) == []
    call_command("verify_history")


CHANGES = {
    "kind": "case.closed",
    "at": "2020-01-01T00:00:00Z",
    "data": '{"outcome": "agreement"}',
    "mac": "f" * 64,
    "id": str(uuid.UUID(int=7)),
}


@pytest.mark.parametrize("column", [*CHANGES, "by_id"])
def test_every_change_of_one_column_of_any_row_is_seen(scene, column):
    for event in scene.case.events.order_by("sequence"):
        if column == "by_id":
            value = str(
                scene.members[0].pk if event.by_id != scene.members[0].pk else scene.officer.pk
            )
        else:
            value = CHANGES[column]
        with transaction.atomic():
            as_owner("DELETE FROM notifications_outboxmessage")
            if column == "id":  # what points to the row would refuse it
                as_owner("DELETE FROM cases_change WHERE event_id = %s", event.pk)
            as_owner(f"UPDATE cases_caseevent SET {column} = %s WHERE id = %s", value, event.pk)
            found = faults(scene)
            transaction.set_rollback(True)
        assert found, (column, event.sequence)
        assert (found[0].sequence, found[0].why) == (event.sequence, "the entry was changed")


def test_every_removed_row_is_seen_also_the_last(scene):
    for event in scene.case.events.order_by("sequence"):
        with transaction.atomic():
            as_owner("DELETE FROM notifications_outboxmessage")
            as_owner("DELETE FROM cases_change WHERE event_id = %s", event.pk)
            as_owner("DELETE FROM cases_caseevent WHERE id = %s", event.pk)
            found = faults(scene)
            transaction.set_rollback(True)
        assert found, event.sequence


def test_two_rows_that_change_places_are_seen(scene):
    with transaction.atomic():
        as_owner("UPDATE cases_caseevent SET sequence = 1000 WHERE sequence = 2")
        as_owner("UPDATE cases_caseevent SET sequence = 2 WHERE sequence = 3")
        as_owner("UPDATE cases_caseevent SET sequence = 3 WHERE sequence = 1000")
        assert faults(scene)
        transaction.set_rollback(True)


def test_an_added_row_is_seen(scene):
    last = scene.case.events.order_by("sequence").last()
    CaseEvent.objects.create(
        case=scene.case, sequence=last.sequence + 1, kind="case.closed", at=last.at, mac="0" * 64
    )
    assert faults(scene)


def test_a_cut_tail_is_seen_even_when_the_case_row_was_made_to_fit(scene):
    heads.publish(date(2026, 11, 22))
    last = scene.case.events.order_by("sequence").last()
    before = scene.case.events.get(sequence=last.sequence - 1)
    with transaction.atomic():
        as_owner("DELETE FROM notifications_outboxmessage")
        as_owner("DELETE FROM cases_change WHERE event_id = %s", last.pk)
        as_owner("DELETE FROM cases_caseevent WHERE id = %s", last.pk)
        Case.objects.filter(pk=scene.case.pk).update(
            history_length=before.sequence, history_head=before.mac
        )
        assert faults(scene) == []  # the chain alone cannot know
        assert any("shorter" in sentence for sentence in heads.faults())
        with pytest.raises((CommandError, SystemExit)):
            call_command("verify_history")
        transaction.set_rollback(True)


def test_the_application_cannot_change_or_delete_an_event(scene):
    event = scene.case.events.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseEvent.objects.filter(pk=event.pk).update(kind="case.closed")
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()


def test_history_holds_no_personal_text(scene):
    text = " ".join(str(event.data) for event in scene.case.events.all())
    for personal in ("Айгүл", "aigul", "river", "material and substantiated"):
        assert personal not in text
