"""Home, languages, leaving, and what people read when something goes wrong."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import path, reverse
from rest_framework.decorators import api_view, authentication_classes, permission_classes

from cases.errors import Stale, WrongState
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401
from config.urls import urlpatterns as own_urlpatterns
from tests.factories import person

LONG = "A long text that somebody wrote with care and must never lose to an error."


def overtaken(request):
    raise WrongState("Dana Omarova registered this case at 10:04.")


def refused(request):
    raise ValidationError("Choose a day in the past.")


@api_view(["GET"])
@authentication_classes([])
@permission_classes([])
def api_overtaken(request):
    raise Stale


@api_view(["GET"])
@authentication_classes([])
@permission_classes([])
def api_refused(request):
    raise ValidationError({"day": "Choose a day in the past."})


urlpatterns = [
    path("overtaken", overtaken, name="overtaken"),
    path("refused", refused, name="refused"),
    path("api-overtaken", api_overtaken, name="api-overtaken"),
    path("api-refused", api_refused, name="api-refused"),
    *own_urlpatterns,
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


# Home


def test_home_has_three_doors_and_needs_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        html = client.get("/").content.decode()

    assert html.count("<h1") == 1
    for name in ("intake:start", "portal:home", "register:list"):
        assert f'href="{reverse(name)}"' in html


@pytest.mark.parametrize(
    ("roles", "room"),
    [
        (["officer"], "desk:worklist"),
        (["decision_maker"], "desk:worklist"),
        (["mediator"], "mediation:home"),
        (["coordinator"], "mediation:home"),
        ([], "portal:home"),
    ],
)
def test_everybody_lands_in_their_own_room(client, roles, room, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(person(*roles), backend="accounts.backends.PasswordBackend")

    response = client.get(reverse("home_of_person"))

    assert response.url == reverse(room)


def test_nobody_is_sent_to_a_room_without_signing_in(client):
    assert client.get("/home/").url.startswith(reverse("account_login"))


def test_privacy_notice_keeps_its_older_versions_and_invents_none(client, settings):
    assert settings.PRIVACY_NOTICE_VERSION in client.get("/privacy/").content.decode()
    assert client.get(f"/privacy/{settings.PRIVACY_NOTICE_VERSION}/").status_code == 200
    assert client.get("/privacy/1999-01/").status_code == 404


# Languages


@pytest.mark.parametrize("code", ["en", "ru", "kk"])
def test_language_switch_keeps_ones_place(client, code):
    page = client.get("/help/?from=mail").content.decode()
    assert f"/language/{code}?next=%2Fhelp%2F%3Ffrom%3Dmail" in page or code == "en"

    response = client.get(f"/language/{code}?next=/help/%3Ffrom=mail")

    assert response.status_code == 302
    assert response.url == "/help/?from=mail"
    assert f'<html lang="{code}"' in client.get("/help/").content.decode()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "///evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "evil.example",
        "/\t/evil.example",
        "",
    ],
)
def test_language_switch_leads_nowhere_else(client, target):
    response = client.get("/language/ru", {"next": target})

    assert response.url == "/"


# Leaving


def test_leaving_signs_out_and_shows_another_site(client, settings):
    client.force_login(person(), backend="accounts.backends.PasswordBackend")

    response = client.get("/leave/")

    assert response.url == settings.QUICK_EXIT_URL
    assert client.get("/home/").url.startswith(reverse("account_login"))


def test_a_foreign_page_signs_nobody_out(client):
    client.force_login(person(), backend="accounts.backends.PasswordBackend")

    client.get("/leave/", headers={"sec-fetch-site": "cross-site"})

    assert not client.get("/home/").url.startswith(reverse("account_login"))


# Errors


def test_conflict_says_who_did_what_and_gives_the_text_back(client):
    response = client.post("/overtaken", {"answer": LONG, "password": "secret and long enough"})

    html = response.content.decode()
    assert response.status_code == 409
    assert "Dana Omarova registered this case at 10:04." in html
    assert LONG in html
    assert "secret and long enough" not in html


def test_refused_value_is_a_page_and_not_a_failure(client):
    response = client.post("/refused", {"answer": LONG})

    assert response.status_code == 400
    assert "Choose a day in the past." in response.content.decode()
    assert LONG in response.content.decode()


def test_api_says_the_same_in_json(client):
    overtaken_answer = client.get("/api-overtaken")
    assert overtaken_answer.status_code == 409
    assert "changed since" in overtaken_answer.json()["detail"]

    refused_answer = client.get("/api-refused")
    assert refused_answer.status_code == 400
    assert refused_answer.json()["errors"] == {"day": ["Choose a day in the past."]}


def test_a_form_that_was_open_too_long_gives_the_text_back():
    client = Client(enforce_csrf_checks=True)

    response = client.post("/submit/privacy/", {"answer": LONG})

    assert response.status_code == 403
    assert LONG in response.content.decode()


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_missing_page_is_the_same_for_everybody(client, language):
    client.get(f"/language/{language}?next=/")

    response = client.get("/desk/nothing/")

    assert response.status_code == 404
    assert f'<html lang="{language}"' in response.content.decode()


def test_title_says_that_there_is_an_error(client):
    title = client.post("/submit/privacy/", {}).content.decode().split("<title>")[1]

    assert title.startswith("Error:")
