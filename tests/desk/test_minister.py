"""The brief for the minister: nothing in it that the public file would not carry but the state."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Deadline
from cases.services import clock, conflicts, correspondence, deadlines
from tests import factories
from tests.desk.conftest import browser

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/minister/"


def late(case, *, reason=""):
    item = Deadline.objects.get(case=case, kind="initial_assessment")
    Deadline.objects.filter(pk=item.pk).update(due_on=deadlines.today() - timedelta(days=9))
    if reason:
        item.refresh_from_db()
        item.case = case
        clock.explain_delay(item, reason=reason, by=case.officer)


def test_withheld_names_stand_on_neither_page(officer):
    scene = factories.case_in("initial_assessment", officer=officer, data=factories.withheld())
    for audience in ("public", "internal"):
        text = browser(officer).get(ADDRESS, {"audience": audience}).text
        assert scene.case.reference in text
        assert "Айгүл" not in text and "Серікқызы" not in text


def test_before_the_enterprise_was_told_it_is_not_named_outside(officer):
    factories.case_in("initial_assessment", officer=officer, served=False)
    desk = browser(officer)
    assert "AltynTau" not in desk.get(ADDRESS).text
    assert "AltynTau" in desk.get(ADDRESS, {"audience": "internal"}).text


def test_why_it_is_late_is_told_inside_only(officer):
    scene = factories.case_in("initial_assessment", officer=officer)
    late(scene.case, reason="We wait for a translation of the annex.")
    desk = browser(officer)
    outside = desk.get(ADDRESS).text
    assert "Late by 9 days" in outside and "translation of the annex" not in outside
    assert "translation of the annex" in desk.get(ADDRESS, {"audience": "internal"}).text


def test_pressure_and_a_pause_for_safety_leave_no_trace(officer):
    scene = factories.case_in("initial_assessment", officer=officer)
    correspondence.report_reprisal(scene.case, text="They came.", by=scene.complainant)
    clock.pause(scene.reload(), reason="safety", by=officer)
    for audience in ("public", "internal"):
        text = browser(officer).get(ADDRESS, {"audience": audience}).text.lower()
        brief = text.split("<article")[1].split("</article>")[0]
        assert "the clock stands since" in brief
        assert "safety" not in brief and "pressure" not in brief


def test_a_conflict_of_whoever_prepares_it_takes_the_case_out(officer, other_officer):
    scene = factories.case_in("initial_assessment", officer=other_officer)
    assert scene.case.reference in browser(officer).get(ADDRESS).text
    conflicts.declare(scene.case, by=officer, has_conflict=True)
    assert scene.case.reference not in browser(officer).get(ADDRESS).text


def test_a_member_has_the_inside_of_declared_cases_only(member, officer):
    scene = factories.case_in("initial_assessment", officer=officer, served=False)
    desk = browser(member)
    assert "AltynTau" not in desk.get(ADDRESS, {"audience": "internal"}).text
    conflicts.declare(scene.case, by=member, has_conflict=False)
    assert "AltynTau" in desk.get(ADDRESS, {"audience": "internal"}).text


@pytest.mark.parametrize("role", ["administrator", "mediator", "expert", "auditor"])
def test_others_have_no_such_page(role):
    assert browser(factories.person(role)).get(ADDRESS).status_code == 404


def test_parties_and_strangers_have_no_such_page(client, officer):
    scene = factories.case_in("initial_assessment", officer=officer)
    assert browser(scene.complainant).get(ADDRESS).status_code == 404
    assert client.get(ADDRESS).status_code == 302


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_it_is_one_page_in_three_languages(language, officer):
    import io

    import pikepdf

    for _ in range(3):
        factories.case_in("initial_assessment", officer=officer)
    response = browser(officer).get(reverse("desk:minister_file"), {"language": language})
    assert response["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(response.content)) as document:
        assert len(document.pages) == 1


def test_chosen_cases_only(officer):
    first, second = (factories.case_in("initial_assessment", officer=officer) for _ in range(2))
    text = browser(officer).get(ADDRESS, {"case": str(first.case.pk)}).text
    shown = text.split("</article>")[0]
    assert first.case.reference in shown and second.case.reference not in shown


def test_the_number_of_queries_does_not_grow_with_the_cases(officer):
    counts = []
    for number in (2, 8):
        for _ in range(number):
            factories.case_in("initial_assessment", officer=officer)
        desk = browser(officer)
        desk.get(ADDRESS)
        with CaptureQueriesContext(connection) as asked:
            desk.get(ADDRESS)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15
