"""Pages that are kept while nothing changes: never a stale one, never another person's."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import change_number, readings
from cases.models import Case, ConflictDeclaration, Reading
from cases.services import conflicts
from desk import kept
from tests import factories
from tests.desk.conftest import browser, page

pytestmark = pytest.mark.django_db(transaction=True)

LIST = reverse("desk:worklist")
NOT_OF_THE_PAGE = {"django_session", "cases_reading"}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The minute of the kept pages, which passes only where a test says so."""
    stands = SimpleNamespace(now=600.0)
    monkeypatch.setattr(kept, "time", SimpleNamespace(time=lambda: stands.now))
    return stands


@pytest.fixture
def scene():
    officer = factories.person("officer")
    return factories.case_in("initial_assessment", officer=officer, data=factories.withheld())


@pytest.fixture
def case(scene):
    return scene.case


def asked(client, address):
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode(), captured


def addresses(case):
    return LIST, f"{LIST}?state=initial_assessment", page("case", case)


def test_a_page_is_made_once_while_nothing_changes(scene, case):
    desk = browser(scene.officer)
    for address in addresses(case):
        first, made = asked(desk, address)
        again, given = asked(desk, address)
        assert len(given) < len(made)
        assert _without_token(again) == _without_token(first)


def test_a_change_by_hand_in_the_database_shows_at_once(scene, case):
    desk = browser(scene.officer)
    for number, address in enumerate(addresses(case)):
        asked(desk, address)
        Case.objects.update(title=f"Called otherwise {number}")
        assert f"Called otherwise {number}" in asked(desk, address)[0]


def test_every_table_that_a_kept_page_reads_is_counted(scene, case):
    """A table that nobody counts would leave the page of before."""
    counted = {model._meta.db_table for model in change_number.counted().values()}
    for client in (browser(scene.officer), browser(factories.person("decision_maker"))):
        for address in addresses(case):
            _html, captured = asked(client, address)
            sql = " ".join(item["sql"] for item in captured)
            read = set(re.findall(r'(?:FROM|JOIN|INTO) "?([a-z_]+)"?', sql)) - {"jsonb_each"}
            tables = {name for name in read if "_" in name} - NOT_OF_THE_PAGE
            assert "cases_case" in tables
            assert tables <= counted, tables - counted


def test_a_conflict_of_interest_takes_the_case_away_from_pages_that_were_kept(scene, case):
    desk = browser(scene.officer)
    for address in addresses(case):
        asked(desk, address)
    conflicts.declare(
        case, by=scene.officer, has_conflict=True, explanation="A cousin works there."
    )
    assert ConflictDeclaration.objects.filter(has_conflict=True).exists()
    assert desk.get(page("case", case)).status_code == 404
    assert case.title not in asked(desk, LIST)[0]


def test_nobody_gets_the_page_that_was_kept_for_another(scene, case):
    withheld = factories.withheld().complainants[0].name
    assert withheld in asked(browser(scene.officer), page("case", case))[0]
    member = browser(factories.person("decision_maker"))
    assert withheld not in asked(member, page("case", case))[0]
    assert browser(factories.person("mediator")).get(page("case", case)).status_code == 404


def test_a_kept_page_is_in_the_language_of_the_reader(scene, case):
    desk = browser(scene.officer)
    english = asked(desk, LIST)[0]
    desk.cookies["language"] = "ru"
    russian = desk.get(LIST, headers={"accept-language": "ru"}).content.decode()
    assert "Worklist" in english
    assert 'lang="ru"' in russian
    assert "Worklist" not in russian


def test_forms_on_a_kept_page_carry_the_token_of_the_session_that_reads_it(scene, case):
    """Two browsers of one person share what is kept, not their tokens."""
    for _ in range(2):
        desk = Client(enforce_csrf_checks=True)
        desk.force_login(scene.officer, backend="accounts.backends.PasswordBackend")
        html, _queries = asked(desk, LIST)
        assert kept._TOKEN not in html
        form = html[html.index(f'action="{reverse("desk:bulk")}"') :]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form).group(1)
        sent = {"csrfmiddlewaretoken": token, "act": "remind", "query": ""}
        assert desk.post(reverse("desk:bulk"), sent).status_code != 403


def test_reading_a_kept_page_is_put_on_record_each_time(scene, case, monkeypatch):
    desk = browser(scene.officer)
    asked(desk, page("case", case))
    assert Reading.objects.filter(case=case, user=scene.officer).exists()
    noted = Reading.objects.filter(case=case, user=scene.officer).count()
    later = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(readings, "timezone", SimpleNamespace(now=lambda: later))
    asked(desk, page("case", case))
    assert Reading.objects.filter(case=case, user=scene.officer).count() == 2 * noted


def test_nothing_is_kept_for_longer_than_a_minute(scene, case, clock):
    """Roles, deputies and participations also end by the clock, without any write."""
    desk = browser(scene.officer)
    _html, made = asked(desk, LIST)
    clock.now += kept.SECONDS
    _html, again = asked(desk, LIST)
    assert len(again) == len(made)


def test_what_was_kept_is_dropped_with_the_first_page_after_a_change(scene, case):
    desk = browser(scene.officer)
    asked(desk, page("case", case))
    Case.objects.update(title="Another")
    asked(desk, LIST)
    assert all("/desk/cases/" not in key[-1] for key in kept._store.held[1])


def _without_token(html):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
