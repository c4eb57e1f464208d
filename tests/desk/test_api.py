"""The API shows what the pages show: the same cases, the same names, nothing more."""

import base64
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.services import create_token
from cases.services import conflicts
from tests import factories
from tests.desk.test_case_page import NAME

pytestmark = pytest.mark.django_db


def program(user, scopes=("cases:read",)):
    """Return a client that presents a personal token of somebody."""
    _token, secret = create_token(
        user,
        name="Test",
        scopes=list(scopes),
        expires_at=timezone.now() + timedelta(days=1),
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def api(officer, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    return program(officer)


def address(case):
    return f"/api/v1/cases/{case.pk}/"


def test_officer_lists_and_reads_cases(api, in_assessment):
    row = api.get("/api/v1/cases/").json()["results"][0]
    assert row["reference"] == in_assessment.case.reference
    assert row["standing"] == "on_time"
    whole = api.get(address(in_assessment.case)).json()
    assert whole["title"] == "AltynTau Holding"
    assert whole["read_as"] == "named_officer"
    assert {"assess", "message"} <= {item["name"] for item in whole["actions"]}
    assert [item["number"] for item in whole["issues"]] == [1, 2]
    assert whole["deadlines"][0]["explanation"]
    assert whole["events"][0]["kind"] == "case.received"


def test_without_a_token_or_its_scope_nothing_is_told(client, officer, in_assessment, api):
    for path in ("/api/v1/cases/", address(in_assessment.case)):
        assert client.get(path).status_code == 401
        assert program(officer, scopes=()).get(path).status_code == 403


def test_withheld_name_is_withheld_from_other_officers(api, in_assessment, other_officer):
    assert NAME in api.get(address(in_assessment.case)).content.decode()
    other = program(other_officer).get(address(in_assessment.case))
    assert NAME not in other.content.decode()
    assert other.json()["read_as"] == "ncp"


def test_member_reads_names_only_before_declaring(api, member):
    case = factories.case_in("initial_assessment").case
    client = program(member)
    whole = client.get(address(case)).json()
    assert whole["issues"] == whole["deadlines"] == whole["events"] == whole["documents"] == []
    assert [item["name"] for item in whole["parties"]] == [NAME, "AltynTau Holding"]
    assert client.get("/api/v1/cases/").json()["results"][0]["next_due_on"] is None
    conflicts.declare(case, by=member, has_conflict=False)
    assert len(client.get(address(case)).json()["issues"]) == 2


def test_conflict_takes_the_case_out_of_the_api(api, officer, in_assessment):
    conflicts.declare(in_assessment.case, by=officer, has_conflict=True)
    assert api.get("/api/v1/cases/").json()["results"] == []
    assert api.get(address(in_assessment.case)).status_code == 404


def test_administrator_and_mediator_list_nothing(api, administrator, mediator, in_assessment):
    for person in (administrator, mediator):
        assert program(person).get("/api/v1/cases/").json()["results"] == []
        assert program(person).get(address(in_assessment.case)).status_code == 404


def test_pages_follow_each_other_without_gap(api):
    made = {str(factories.filed_case().pk) for _ in range(7)}
    found, path = [], "/api/v1/cases/?page_size=3"
    while path:
        answer = api.get(path).json()
        found += [row["id"] for row in answer["results"]]
        path = answer["next"]
    assert len(found) == 7
    assert set(found) == made


@pytest.mark.parametrize(
    "told", ["p=abc", "p=2026-01-01", "p=2026-13-01 00:00Z", "o=99999999999999999999", "p=%00"]
)
def test_a_cursor_that_somebody_made_up_is_a_clear_error_or_a_page(api, told):
    cursor = base64.b64encode(told.encode()).decode()
    assert api.get("/api/v1/cases/", {"cursor": cursor}).status_code in (200, 404)


def test_unknown_state_is_a_clear_error(api):
    answer = api.get("/api/v1/cases/?state=nonsense")
    assert answer.status_code == 400
    assert "state" in answer.json()["errors"]
    assert answer["Content-Type"] == "application/problem+json"


def test_list_takes_the_same_queries_for_any_number(api):
    def queries():
        api.get("/api/v1/cases/")
        with CaptureQueriesContext(connection) as counted:
            api.get("/api/v1/cases/?page_size=100")
        return len(counted)

    for _ in range(3):
        factories.filed_case()
    few = queries()
    for _ in range(57):
        factories.filed_case()
    assert queries() == few <= 12


def test_nothing_can_be_written(api, in_assessment):
    for method in (api.post, api.put, api.patch, api.delete):
        assert method(address(in_assessment.case)).status_code == 405
