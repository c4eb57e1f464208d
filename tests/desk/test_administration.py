"""Administrators look after the system and see no case."""

import pytest
from django.db import connection
from django.urls import reverse

from cases.models import Case, CaseEvent, DeclaredDay
from tests import factories
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db
PAGES = ("administration", "rules", "days", "verify_history")


@pytest.fixture
def room(administrator):
    return browser(administrator)


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_administrators_alone(name, room, officer, member, client):
    scene = factories.case_in("initial_assessment")
    address = reverse(f"desk:{name}")
    response = room.get(address)
    assert response.status_code == 200
    assert scene.case.title not in response.text
    assert scene.case.reference not in response.text
    assert client.get(address).status_code == 302
    for person in (officer, member):
        assert browser(person).get(address).status_code == 404


def test_health_tells_a_silent_worker(room):
    assert "never heard of" in room.get(reverse("desk:administration")).text


def test_rules_are_read_as_text(room):
    text = room.get(reverse("desk:rules")).text
    assert "The members of the NCP vote" in text
    assert "Initial assessment" in text
    assert "3 months" in text


def test_declared_day_moves_what_falls_due_on_it(room):
    case = factories.case_in("initial_assessment").case
    item = case.deadlines.open().get(kind="initial_assessment")
    address = reverse("desk:days")
    data = {"day": item.due_on.isoformat(), "is_working": "no", "note": "Decree 1"}
    assert room.post(address, data).status_code == 302
    first = item.due_on
    item.refresh_from_db()
    assert item.due_on > first
    again = room.post(address, data)
    assert again.status_code == 200
    assert "declared already" in again.text
    row = DeclaredDay.objects.get()
    assert room.post(reverse("desk:remove_day", args=[row.pk])).status_code == 302
    item.refresh_from_db()
    assert item.due_on == first


def test_wrong_day_is_a_clear_error(room):
    for day in ("", "31.02.2026", "1026-01-01"):
        response = room.post(
            reverse("desk:days"), {"day": day, "is_working": "no", "note": "Decree"}
        )
        assert response.status_code == 200
        assert "There is a problem" in response.text
        assert "Decree" in response.text


def test_histories_hold_until_somebody_tampers(room):
    case = factories.case_in("initial_assessment").case
    address = reverse("desk:verify_history")
    assert "holds" in room.post(address).text
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_caseevent DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE cases_caseevent SET kind = 'case.closed' WHERE case_id = %s AND sequence = 2",
            [str(case.pk)],
        )
        cursor.execute("ALTER TABLE cases_caseevent ENABLE TRIGGER USER")
    assert CaseEvent.objects.filter(case=case, kind="case.closed").exists()
    text = room.post(address).text
    assert "Something does not hold" in text
    assert str(case.pk) in text
    assert Case.objects.get(pk=case.pk).title not in text


def test_nonsense_in_the_place_to_go_on_begins_anew(room):
    response = room.post(reverse("desk:verify_history"), {"after": "nonsense", "checked": "-3"})
    assert response.status_code == 200
