"""Every route for every role: the table in `table.txt` says what each of them is answered.

A route without a row fails. After a change
`UPDATE_ACCESS_TABLE=1 script/test -n0 tests/access` writes the table anew, and its difference is
what a reviewer reads. `ACCESS_ROUTES=desk:meeting,desk:case` asks these routes alone, which takes
seconds. The table itself is held by rules below, so that a wrong row cannot be waved through.
"""

import logging
import os
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access.routes import all_routes
from tests.access.world import ROLES, build

TABLE = Path(__file__).with_name("table.txt")
METHODS = ("GET", "POST")
UPDATING = bool(os.environ.get("UPDATE_ACCESS_TABLE"))
ONLY = frozenset(filter(None, os.environ.get("ACCESS_ROUTES", "").split(",")))

OPEN_TO_ALL = {
    "accessibility", "account_login", "account_reset_password", "account_reset_password_done",
    "api-docs", "api-schema", "api-record-list", "api-record-detail", "favicon", "healthz", "help",
    "home", "livez", "privacy", "privacy_version", "robots", "verify",
    "accounts:open_link", "accounts:use_link",
    "portal:sign_in", "portal:ask_link", "portal:link_sent", "portal:open_link", "portal:use_link",
}  # fmt: skip
"""Routes that anybody may open, besides those of the form and of the register."""
OPEN_SPACES = ("register:", "intake:", "verify")
OUTSIDERS = ("other_complainant", "other_mediator", "other_coordinator", "interpreter")


def read_table():
    rows = {}
    if TABLE.exists():
        for line in TABLE.read_text().splitlines()[1:]:
            name, method, *codes = line.split()
            rows[name, method] = dict(zip(ROLES, codes, strict=True))
    return rows


def answers(world, role):
    """Ask every route as one role; nothing that a request changes outlives it."""
    client = Client(raise_request_exception=False)
    if world.people[role] is not None:
        client.force_login(world.people[role], backend="accounts.backends.PasswordBackend")
    cookies = client.cookies.output()
    found = {}
    for route in all_routes():
        if ONLY and route.name not in ONLY:
            continue
        address = reverse(route.name, kwargs=world.of(route.name, route.parameters))
        for method in METHODS:
            with transaction.atomic():
                answer = getattr(client, method.lower())(address, secure=False)
                if getattr(answer, "streaming", False):
                    b"".join(answer.streaming_content)
                transaction.set_rollback(True)
            if client.cookies.output() != cookies:
                client = Client(raise_request_exception=False)
                if world.people[role] is not None:
                    client.force_login(
                        world.people[role], backend="accounts.backends.PasswordBackend"
                    )
                cookies = client.cookies.output()
            found[route.name, method] = str(answer.status_code)
    return found


@pytest.fixture(autouse=True)
def _real_system(settings):
    settings.DEMONSTRATION = False
    settings.REQUIRE_SECOND_FACTOR = False
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("django.request").setLevel(logging.NOTSET)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.django_db
def test_every_route_answers_a_role_as_the_table_says(role):
    found = answers(build(), role)
    if UPDATING:
        write_column(role, found)
    table = read_table()
    wrong = {
        f"{method} {name}": f"{code}, the table says {table.get((name, method), {}).get(role)}"
        for (name, method), code in found.items()
        if table.get((name, method), {}).get(role) != code
    }
    assert not wrong


def write_column(role, found):
    """Write one role's answers into the table; roles that were not asked yet keep a dash."""
    table = read_table()
    lines = [" ".join(("route", "method", *ROLES))]
    for key in sorted({*found, *table} if ONLY else found):
        row = table.get(key, dict.fromkeys(ROLES, "-"))
        row = {**row, role: found.get(key, row[role])}
        lines.append(" ".join((*key, *(row[each] for each in ROLES))))
    TABLE.write_text("\n".join(lines) + "\n")


# Rules that hold the table itself


def rows(*spaces):
    return {key: row for key, row in read_table().items() if key[0].startswith(spaces)}


def test_every_route_has_a_row_and_every_row_a_route():
    assert {name for name, _method in read_table()} == {route.name for route in all_routes()}


def test_no_route_breaks_for_anybody():
    assert not {
        key: role for key, row in read_table().items() for role in row if row[role] == "500"
    }


def test_without_signing_in_only_public_routes_open():
    opened = {
        name
        for (name, _method), row in read_table().items()
        if row["anonymous"].startswith("2") and not name.startswith(OPEN_SPACES)
    }
    assert opened <= OPEN_TO_ALL


@pytest.mark.parametrize("role", [*OUTSIDERS, "administrator", "officer_in_conflict"])
def test_who_does_not_see_a_case_is_answered_as_if_it_did_not_exist(role):
    on_cases = {
        route.name
        for route in all_routes()
        if route.name.startswith(("desk:", "portal:", "mediation:", "statements:"))
        and {"pk", "case_id"} & set(route.parameters)
    }
    of_administrators = {
        "desk:remove_day", "mediation:body", "mediation:change_body", "mediation:add_member",
        "mediation:end_membership", "mediation:member_profile",
    }  # fmt: skip
    wrong = {
        key: row[role]
        for key, row in read_table().items()
        if key[0] in on_cases - of_administrators and row[role] not in ("404", "405")
    }
    assert not wrong


def test_the_desk_is_closed_to_parties_and_mediators():
    for role in ("complainant", "enterprise", "mediator", "coordinator"):
        assert {row[role] for row in rows("desk:", "statements:").values()} <= {"404", "405"}


@pytest.mark.parametrize(
    ("role", "own"),
    [
        ("guest", {"desk:shared", "desk:shared_case", "desk:shared_document"}),
        ("expert", {"desk:asked", "desk:asked_one", "desk:asked_document"}),
        ("interpreter", set()),
    ],
)
def test_helpers_from_outside_open_their_own_pages_alone(role, own):
    opened = {
        key[0]
        for key, row in rows("desk:", "portal:", "statements:", "mediation:", "api-case").items()
        if key[0] not in OPEN_TO_ALL and row[role].startswith("2")
    }
    assert opened <= own


def test_the_room_is_closed_to_the_ncp():
    room = {
        key: {row[role] for role in ("officer", "other_officer", "member", "auditor")}
        for key, row in read_table().items()
        if key[0] in ("mediation:case", "mediation:room_file", "mediation:note", "portal:mediation")
    }
    assert set().union(*room.values()) <= {"404", "405"}


def test_an_auditor_changes_nothing():
    changed = {
        key
        for key, row in rows("desk:", "statements:", "mediation:", "portal:").items()
        # An auditor writes one thing: why they ask to read texts. An empty form is shown again.
        if key[0] not in OPEN_TO_ALL | {"portal:sign_out", "desk:audit_ask"}
        and key[1] == "POST"
        and row["auditor"].startswith(("2", "3"))
    }
    assert not changed
