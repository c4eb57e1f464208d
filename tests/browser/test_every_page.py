"""Every page that a role may open, as the table of access has it, and its form sent empty.

A page that is added is looked at without being named here: axe finds nothing serious and nothing
scrolls sideways on a telephone. The answers come from the test client, so that nothing that a
form does outlives it; the browser draws them with the stylesheet of the live server.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access.routes import all_routes
from tests.access.test_access import read_table
from tests.access.world import build

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PARTIES = [
    (role, language) for role in ("complainant", "enterprise") for language in ["en", "ru", "kk"]
]
STAFF = [
    (role, "kk")  # the longest words
    for role in ("officer", "member", "member_undeclared", "mediator", "coordinator",
                 "administrator", "auditor")
]  # fmt: skip
SHOWN = ("portal:", "desk:", "mediation:", "statements:", "accounts:", "notifications:")
SENT_EMPTY = (200, 400, 409)


def pages_of(role):
    """Return the routes that answer this role with a page, with their addresses."""
    table = read_table()
    return [
        route
        for route in all_routes()
        if route.name.startswith(SHOWN) and table[route.name, "GET"][role] == "200"
    ]


@pytest.mark.parametrize(("role", "language"), PARTIES + STAFF)
def test_every_page_of_a_role_is_accessible_and_fits_a_telephone(
    somebody, check, axe, live_server, settings, role, language
):
    settings.REQUIRE_AUTHORITY = False  # the world has no papers
    world = build()
    client = Client()
    client.force_login(world.people[role], backend="accounts.backends.PasswordBackend")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    person = somebody()
    person.context.add_init_script(axe.axe_script)
    faults = []
    for route in pages_of(role):
        address = reverse(route.name, kwargs=world.of(route.name, route.parameters))
        for method in ("get", "post"):
            with transaction.atomic():
                answer = getattr(client, method)(address)
                if answer.streaming:
                    b"".join(answer.streaming_content)  # a file that is not read stays open
                transaction.set_rollback(True)
            if not is_page(answer):
                continue
            person.page.route(f"{live_server.url}{address}", answering(answer.content))
            person.open(address)
            assert person.page.locator("html").get_attribute("lang") == language, address
            try:
                check(person.page, is_drawn=True)
            except AssertionError as error:
                faults.append(f"{method} {route.name}: {error}")
            person.page.unroute(f"{live_server.url}{address}")
    assert not faults, "\n".join(faults)


def is_page(answer):
    is_html = answer.get("Content-Type", "").startswith("text/html")
    return is_html and not answer.streaming and answer.status_code in SENT_EMPTY


def answering(html):
    """Return what answers a request of the browser with this page."""
    return lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
