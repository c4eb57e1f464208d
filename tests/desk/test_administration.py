"""Administrators look after the system and see no case."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import RoleAssignment
from accounts.services import create_token, invite
from cases.models import Case, CaseEvent, DeclaredDay
from cases.services import history_check
from desk.year import holiday_names
from notifications.models import Delivery, Heartbeat, OutboxMessage
from tests import factories
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db
PAGES = {
    "administration": (),
    "health": (),
    "outbox": (),
    "roles": (),
    "tokens": (),
    "rules": (),
    "days": (),
    "office": (),
    "letter_templates": (),
    "letter_template": ("acknowledgement", "complainant", "ru"),
    "verify_history": (),
}


@pytest.fixture
def room(administrator):
    return browser(administrator)


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_administrators_alone(name, room, officer, member, client):
    scene = factories.case_in("initial_assessment")
    address = reverse(f"desk:{name}", args=PAGES[name])
    response = room.get(address)
    assert response.status_code == 200
    assert scene.case.title not in response.text
    assert scene.case.reference not in response.text
    assert client.get(address).status_code == 302
    for person in (officer, member, factories.person("auditor"), factories.person("mediator")):
        assert browser(person).get(address).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_pages_take_the_same_queries_whatever_there_is(name, room, administrator, officer):
    address = reverse(f"desk:{name}", args=PAGES[name])

    def queries():
        room.get(address)
        with CaptureQueriesContext(connection) as counted:
            assert room.get(address).status_code == 200
        return len(counted)

    def fill(number):
        for _ in range(number):
            factories.person("officer")
            factories.filed_case()
            make_token(officer)
        Delivery.objects.filter(channel="mail").update(state="failed")
        for day in range(1, number):
            DeclaredDay.objects.get_or_create(
                day=timezone.localdate().replace(month=2, day=day), is_working=False
            )

    fill(3)
    few = queries()
    fill(12)
    assert queries() == few <= 25


def make_token(person):
    return create_token(
        person, name="A", scopes=["cases:read"], expires_at=timezone.now() + timedelta(days=5)
    )[0]


def test_home_is_found_and_says_what_waits(room, administrator):
    assert reverse("desk:administration") in room.get(reverse("accounts:profile")).text
    invite(
        "new@example.org", name="N", role="officer", reason="New", language="en", by=administrator
    )
    text = room.get(reverse("desk:administration")).text
    assert "1 proposal waits" in text
    assert "The worker is silent" in text
    assert "were never saved" in text


def test_administrator_lands_at_home(room):
    assert room.get(reverse("home_of_person")).url == reverse("desk:administration")


def test_health_tells_a_silent_worker(room):
    assert "never heard of" in room.get(reverse("desk:health")).text
    Heartbeat.objects.create(worker="backup", at=timezone.now())
    assert "never heard of" in room.get(reverse("desk:health")).text


def test_failed_mail_is_sent_again_and_tells_nobody(room):
    scene = factories.case_in("initial_assessment")
    message = OutboxMessage.objects.first()
    row = Delivery.objects.create(
        message=message, user=scene.complainant, channel="mail", room="portal", state="failed"
    )
    text = room.get(reverse("desk:outbox")).text
    assert "Given up" in text
    for secret in (str(scene.complainant.pk), str(scene.case.pk), scene.case.title):
        assert secret not in text
    assert room.post(reverse("desk:retry"), {"pk": str(row.pk)}).status_code == 302
    row.refresh_from_db()
    assert row.state == "waiting"
    for nonsense in ("x", str(scene.case.pk)):
        assert room.post(reverse("desk:retry"), {"pk": nonsense}).status_code == 404


def test_retry_is_for_administrators_alone(desk, client):
    assert desk.post(reverse("desk:retry")).status_code == 404
    assert client.post(reverse("desk:retry")).status_code == 302


def test_roles_tell_who_has_what_and_by_whom(room, administrator):
    row = RoleAssignment.objects.create(
        user=factories.person(name="Aliya Smagulova"),
        role="officer",
        granted_by=administrator,
        confirmed_by=factories.person("decision_maker", name="Second Person"),
    )
    text = room.get(reverse("desk:roles"), {"role": "officer"}).text
    assert row.user.name in text
    assert "Second Person" in text
    assert room.get(reverse("desk:roles"), {"role": "king"}).status_code == 404


def test_administrator_takes_a_program_its_token(room, officer):
    token = make_token(officer)
    address = reverse("desk:revoke_token", args=[token.pk])
    assert officer.name in room.get(address).text
    assert room.post(address).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at
    assert browser(officer).post(address).status_code == 404
    assert room.post(address).status_code == 404


def test_django_admin_is_not_here(room):
    for path in ("/admin/", "/admin/login/", "/desk/admin/"):
        assert room.get(path).status_code == 404


def test_rules_are_read_as_text(room):
    text = room.get(reverse("desk:rules")).text
    assert "The members of the NCP vote" in text
    assert "Initial assessment" in text
    assert "3 months" in text
    assert "Implementation Procedures, 2023, para. 52" in text
    assert "Runs from: Submission received" in text


def test_other_rules_are_read_too(room):
    text = room.get(reverse("desk:rules"), {"name": "oecd-2011@1"}).text
    assert "oecd-2011@1" in text
    assert room.get(reverse("desk:rules"), {"name": "nowhere@1"}).status_code == 404


def test_year_shows_holidays_and_two_days_change_places(room):
    address = reverse("desk:days")
    text = room.get(address, {"year": "2026"}).text
    assert "Day, 2026" not in text
    assert "Independence Day" in text
    data = {"off": "2026-01-05", "worked": "2026-01-10", "decree": "Decree 7"}
    assert room.post(address, data).status_code == 302
    assert dict(DeclaredDay.objects.values_list("day", "is_working")) == {
        date(2026, 1, 5): False,
        date(2026, 1, 10): True,
    }
    assert "Decree 7" in room.get(address, {"year": "2026"}).text
    again = room.post(address, {**data, "worked": "2026-01-05"})
    assert again.status_code == 200
    assert "declared already" in again.text
    assert room.get(address, {"year": "nonsense"}).status_code == 200


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

    def checked():
        room.post(address)
        while history_check.go_on():
            pass
        return room.get(address).text

    assert "holds" in checked()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_caseevent DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE cases_caseevent SET kind = 'case.closed' WHERE case_id = %s AND sequence = 2",
            [str(case.pk)],
        )
        cursor.execute("ALTER TABLE cases_caseevent ENABLE TRIGGER USER")
    assert CaseEvent.objects.filter(case=case, kind="case.closed").exists()
    text = checked()
    assert "Something does not hold" in text
    assert str(case.pk) in text
    assert Case.objects.get(pk=case.pk).title not in text


@pytest.mark.parametrize("page", ["en", "kk", "ru"])
def test_names_of_holidays_stand_in_the_language_of_the_page(page):
    """On the Russian page English names were read out as if they were Russian."""
    for year in (2012, 2020, 2024, 2026):
        with translation.override(page):
            names, language = holiday_names(year)
        assert names and language == ""
        if page == "ru":
            assert not re.search("[A-Za-z]", "".join(names.values()))


def test_holidays_of_another_country_say_in_which_language_they_are(settings):
    settings.NCP_COUNTRY = "CL"
    with translation.override("ru"):
        names, language = holiday_names(2026)
    assert names and language == "en"
