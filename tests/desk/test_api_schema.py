"""The description of the API is complete, and answers hold what it lists and nothing else."""

import json

import jsonschema
import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cases.actions import _RULES
from cases.services import conflicts
from desk import api_actions
from desk.api_doors import PersonThrottle
from tests import factories
from tests.desk.test_api_steps import address, program

pytestmark = pytest.mark.django_db

FIELDS = {
    "Case": {
        "id", "reference", "receipt_id", "title", "state", "state_label", "next_step", "outcome",
        "is_open", "is_paused", "received_at", "follow_up_on", "rule_set", "read_as", "parties",
        "representatives", "issues", "deadlines", "events", "row_version", "documents", "actions",
    },
    "CaseSummary": {
        "id", "url", "reference", "receipt_id", "title", "state", "state_label", "outcome",
        "officer", "received_at", "next_due_on", "next_due_kind", "standing", "reprisal_risk",
    },
    "CaseParty": {"id", "side", "kind", "name", "is_pseudonym", "country"},
    "CaseRepresentative": {"name", "principals"},
    "CaseIssue": {
        "id", "number", "title", "description", "place", "started", "ended", "is_ongoing",
        "is_approximate", "provisions", "editions", "accepted", "outcome", "reasons",
    },
    "CaseDeadline": {
        "id", "kind", "label", "due_on", "owed_by", "standing", "explanation", "overdue_reason",
    },
    "CaseEvent": {"at", "kind", "label"},
    "CaseDocument": {"id", "title", "side", "audience", "state", "provided_at"},
    "CaseAction": {"name", "label", "hint", "is_next", "is_grave", "href", "scope"},
}  # fmt: skip
"""What a program may learn of a case. Whoever adds a field adds it here, and says why."""


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture(scope="module")
def description():
    answer = Client().get("/api/v1/schema/", headers={"Accept": "application/json"})
    return json.loads(answer.content)


def operations(description):
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield path, method, operation


def test_description_raises_no_warning():
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")


def test_every_operation_says_what_it_takes_and_gives(description):
    for path, method, operation in operations(description):
        place = f"{method} {path}"
        assert operation["summary"], place
        assert operation["operationId"], place
        assert any(code.startswith("2") for code in operation["responses"]), place
        for code, response in operation["responses"].items():
            assert response.get("content"), (place, code)
        if method == "post":
            assert operation["requestBody"]["content"]["application/json"]["schema"], place
            assert {"409", "412", "422", "428"} <= operation["responses"].keys(), place
        if path.startswith("/api/v1/cases/"):
            assert operation["security"] == [{"personalToken": []}], place
            assert {"401", "403", "404", "429"} <= operation["responses"].keys(), place


def test_shapes_hold_the_listed_fields_alone(description):
    shapes = description["components"]["schemas"]
    for name, fields in FIELDS.items():
        shape = "WholeCase" if name == "Case" else name
        assert set(shapes[shape]["properties"]) == fields, name


def test_every_role_is_given_the_listed_fields_alone(officer, member, other_officer):
    scene = factories.case_in("mediation", officer=officer, data=factories.withheld())
    conflicts.declare(scene.case, by=member, has_conflict=False)
    undeclared = factories.person("decision_maker")
    for person in (officer, other_officer, member, undeclared):
        case = program(person).get(address(scene.case)).json()
        assert set(case) == FIELDS["Case"]
        for part, shape in (
            ("parties", "CaseParty"),
            ("representatives", "CaseRepresentative"),
            ("issues", "CaseIssue"),
            ("deadlines", "CaseDeadline"),
            ("events", "CaseEvent"),
            ("documents", "CaseDocument"),
            ("actions", "CaseAction"),
        ):
            assert all(set(row) == FIELDS[shape] for row in case[part]), (person.roles, part)


def test_actions_that_need_data_alone_are_steps():
    """What stays on its page says why; a new one is offered or listed here."""
    on_pages = {
        "notify",  # the answer shows access codes, once
        "statement",  # a room of its own
        "assess",  # a step for each issue: assess/{number}/
        "confirm-counsel",  # the answer shows a code, once
        "end-early",  # leads to the ways of ending, each a step of its own
    }
    offered = {name.replace("_", "-") for _route, name, _page in api_actions.steps()}
    assert not {rule.name for rule in _RULES} - offered - on_pages


CHOSEN = ("message", "pause", "request", "assign", "declare", "withdraw", "propose")
READS = ("", "parties", "issues", "deadlines", "events", "documents", "actions")

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=4,
)


def fits(description, answer, path, method):
    """Hold that an answer has a status, a type and a body that its description names."""
    responses = description["paths"][path][method]["responses"]
    said = responses[str(answer.status_code)]["content"]
    kind = answer["Content-Type"].split(";")[0]
    assert kind in said, (path, method, answer.status_code, kind)
    schema = {**said[kind]["schema"], "components": description["components"]}
    jsonschema.validate(json.loads(answer.content), _nullable(schema))


def _nullable(schema):
    """Translate OpenAPI 3.0 into JSON schema: there, null is a type of its own."""
    if isinstance(schema, list):
        return [_nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _nullable(value) for name, value in schema.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def test_reads_fit_the_description(officer, member, description):
    scene = factories.case_in("mediation", officer=officer, data=factories.withheld())
    for person in (officer, member, factories.person("mediator")):
        api = program(person)
        for part in READS:
            path = f"/api/v1/cases/{{id}}/{part + '/' if part else ''}"
            fits(description, api.get(address(scene.case, part)), path, "get")
        for query in ("", "?state=received", "?state=x", "?page_size=1", "?cursor=x", "?q=x"):
            fits(description, api.get(f"/api/v1/cases/{query}"), "/api/v1/cases/", "get")
    fits(description, Client().get(address(scene.case)), "/api/v1/cases/{id}/", "get")


@hypothesis_settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_is_sent_the_answer_fits_the_description(data, officer, description, monkeypatch):
    monkeypatch.setattr(PersonThrottle, "allow_request", lambda *_arguments: True)
    with transaction.atomic():
        case = factories.case_in("initial_assessment", officer=officer).case
        step = data.draw(st.sampled_from(CHOSEN))
        path = f"/api/v1/cases/{{id}}/{step}/"
        schema = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        known = list(schema["schema"]["properties"])
        body = data.draw(
            anything | st.dictionaries(st.sampled_from(known) | st.text(max_size=9), anything)
        )
        headers = {}
        if data.draw(st.booleans()):
            version = data.draw(st.sampled_from(['"{}"', "{}", '"0"', "*", "é"]))
            headers["If-Match"] = version.format(case.row_version)
        if data.draw(st.booleans()):
            headers["Idempotency-Key"] = data.draw(st.sampled_from(["a", "b c", "x" * 300]))
        answer = program(officer).post(
            address(case, step),
            json.dumps(body),
            content_type=data.draw(st.sampled_from(["application/json"] * 5 + ["text/plain"])),
            headers=headers,
        )
        fits(description, answer, path, "post")
        transaction.set_rollback(True)
