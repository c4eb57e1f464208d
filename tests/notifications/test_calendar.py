"""A calendar at a secret address: one's own days, the number of a case and the kind of deadline."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Deputy
from cases.services import conflicts, correspondence, deadlines, meetings, notes
from notifications import calendars, delivery
from notifications.models import CalendarAddress, Delivery
from tests import factories
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(officer):
    return factories.case_in("initial_assessment", officer=officer, data=factories.withheld())


def fetched(secret):
    return Client().get(f"/notices/calendar/{secret}.ics")


def unfolded(response):
    assert response.status_code == 200
    data = response.content
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    return data.decode().replace("\r\n ", "")


def call(scene, officer, *cases, **changes):
    """Plan a meeting on some cases and call the members."""
    members = scene.members or [factories.person("decision_maker", name="Chair")]
    scene.members = members
    meeting = meetings.plan(
        begins_at=timezone.now() + timedelta(days=3), place="Room of secrets", chair=members[0],
        secretary=officer, by=officer,
    )  # fmt: skip
    for case in cases:
        meetings.add_item(meeting, case=case, by=officer)
    return meetings.call(meeting, by=officer)


def test_the_calendar_says_number_and_kind_and_nothing_else(scene, officer):
    correspondence.report_reprisal(scene.case, text="Threatened", by=scene.complainant)
    task = notes.give_task(
        scene.reload(), text="Call Айгүл", assignee=officer, due_on=deadlines.today(), by=officer
    )
    call(scene, officer, scene.reload())
    text = unfolded(fetched(calendars.make(officer)))
    assert f"SUMMARY:{scene.case.reference}: Initial assessment" in text
    assert f"UID:task-{task.pk}@good-offices" in text
    assert "SUMMARY:Meeting 1 of the NCP" in text
    for word in ("Айгүл", "AltynTau", scene.case.title, "Threatened", "secrets", "pressure"):
        assert word not in text
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") and text.endswith(
        "END:VCALENDAR\r\n"
    )
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == text.count("DTSTAMP:")


def test_days_end_on_the_next_day_and_meetings_have_their_hour(scene, officer):
    meeting = call(scene, officer, scene.reload())
    text = unfolded(fetched(calendars.make(officer)))
    due = scene.case.deadlines.open().get(kind="initial_assessment").due_on
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in text
    assert f"DTEND;VALUE=DATE:{due + timedelta(days=1):%Y%m%d}" in text
    assert re.search(r"DTSTART:\d{8}T\d{6}Z", text)
    meetings.call_off(meeting, by=officer)
    assert "STATUS:CANCELLED" in unfolded(fetched(calendars.make(officer)))


def test_the_language_is_that_of_the_person(scene, officer):
    officer.language = "ru"
    officer.save()
    text = unfolded(fetched(calendars.make(officer)))
    assert f"{scene.case.reference}: Первоначальная оценка" in text


def test_a_conflict_and_another_officer_take_days_away_at_once(scene, officer, other_officer):
    secret, other = calendars.make(officer), calendars.make(other_officer)
    assert scene.case.reference in unfolded(fetched(secret))
    assert scene.case.reference not in unfolded(fetched(other))
    Deputy.objects.create(
        absent=officer, deputy=other_officer, since=deadlines.today(), until=deadlines.today(),
        named_by=officer,
    )  # fmt: skip
    assert scene.case.reference in unfolded(fetched(other))
    conflicts.declare(scene.case, by=officer, has_conflict=True)
    assert scene.case.reference not in unfolded(fetched(secret))


def test_a_new_address_ends_the_old_one_and_an_ended_one_never_was(officer):
    first = calendars.make(officer)
    second = calendars.make(officer)
    assert fetched(first).status_code == 404
    assert fetched(second).status_code == 200
    assert calendars.address_of(officer).used_at
    calendars.end(officer)
    assert fetched(second).status_code == fetched("x" * 43).status_code == 404


def test_who_left_or_lost_the_role_has_no_calendar(officer):
    secret = calendars.make(officer)
    officer.role_assignments.all().delete()
    assert fetched(secret).status_code == 404
    other = factories.person("officer", is_active=True)
    secret = calendars.make(other)
    other.is_active = False
    other.save()
    assert fetched(secret).status_code == 404


def test_only_a_digest_of_the_address_is_kept(officer):
    secret = calendars.make(officer)
    assert secret not in str(CalendarAddress.objects.values().get())
    assert len(secret) >= 43


def test_the_address_is_made_on_a_page_shown_once_and_ended_there(officer):
    client = browser(officer)
    assert "/notices/calendar/" in client.get("/notices/").text
    shown = client.post("/notices/calendar/")
    secret = re.search(r"/notices/calendar/([\w-]+)\.ics", shown.text)[1]
    assert shown["Cache-Control"] == "no-store"
    response = fetched(secret)
    assert response.status_code == 200 and response["Content-Type"].startswith("text/calendar")
    assert "no-store" in response["Cache-Control"]
    assert secret not in client.get("/notices/calendar/").text
    assert client.post("/notices/calendar/end/").status_code == 302
    assert fetched(secret).status_code == 404


def test_parties_and_mediators_have_none(scene):
    for user in (scene.complainant, factories.person("mediator")):
        assert browser(user).get("/notices/calendar/").status_code == 404
        assert fetched(calendars.make(user)).status_code == 404


def test_signs_of_the_format_do_no_harm():
    entries = [calendars.Entry("a", "A;B,C\\D\nBEGIN:VEVENT " + "ұ" * 80, on=deadlines.today())]
    data = calendars.as_ics(entries, name="N", now=timezone.now())
    assert data.count(b"BEGIN:VEVENT\r\n") == 1
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert "A\\;B\\,C\\\\D BEGIN:VEVENT" in data.decode().replace("\r\n ", "")


# One mail for a called meeting


def others(officer, number):
    return [factories.case_in("initial_assessment", officer=officer).case for _ in range(number)]


def mails_to(member):
    return Delivery.objects.filter(user=member, channel="mail", state="done")


def test_a_called_meeting_is_one_mail_and_a_notice_for_each_case(scene, officer, outbox):
    """Ten cases on an agenda were ten mails in one minute."""
    cases = [scene.reload(), *others(officer, 2)]
    delivery.drain()
    meeting = call(scene, officer, *cases)
    member = scene.members[0]
    outbox.clear()
    delivery.drain()
    assert [letter.to for letter in outbox].count([member.email]) == 1
    inbox = Delivery.objects.filter(
        user=member, channel="inbox", message__event__kind="meeting.called"
    )
    assert inbox.count() == 3
    meetings.change(
        meeting, begins_at=meeting.begins_at + timedelta(days=1), place="", chair=member,
        secretary=officer, by=officer,
    )  # fmt: skip
    outbox.clear()
    delivery.drain()
    assert [letter.to for letter in outbox].count([member.email]) == 1, "told anew of the change"


def test_who_may_not_see_one_case_any_more_is_mailed_for_another(scene, officer, outbox):
    cases = [scene.reload(), *others(officer, 1)]
    delivery.drain()
    call(scene, officer, *cases)
    member = scene.members[0]
    while delivery.spread_one():
        pass
    waiting = Delivery.objects.get(user=member, channel="mail", state="waiting")
    conflicts.declare(waiting.message.case, by=member, has_conflict=True)
    outbox.clear()
    delivery.drain()
    assert [letter.to for letter in outbox].count([member.email]) == 1
    assert Delivery.objects.get(pk=waiting.pk).state == "dropped"
