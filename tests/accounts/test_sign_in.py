from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import services
from tests.accounts.conftest import PASSWORD, is_signed_in, sign_in, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_factor_optional")]


def attempt(client, email, password, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def test_person_signs_in_with_address_and_password():
    assert is_signed_in(sign_in(with_password("officer")))


def test_letters_of_the_address_may_be_large():
    user = with_password("officer")
    client = Client()
    attempt(client, user.email.upper(), PASSWORD)
    assert is_signed_in(client)


def test_wrong_password_does_not_sign_in():
    assert not is_signed_in(sign_in(with_password("officer"), password="wrong"))


def test_inactive_person_does_not_sign_in():
    user = with_password("officer", is_active=False)
    assert not is_signed_in(sign_in(user))


def same(response):
    body = response.content.decode()
    for name in ("known@example.org", "nobody@example.org"):
        body = body.replace(name, "X")
    token = response.context["csrf_token"] if response.context else ""
    return response.status_code, body.replace(str(token), ""), sorted(response.cookies)


@pytest.mark.parametrize("kind", ["active", "closed", "invited"])
def test_sign_in_does_not_tell_whether_an_address_is_known(kind):
    user = with_password("officer")
    user.email = "known@example.org"
    user.is_active = kind != "closed"
    if kind == "invited":
        user.set_unusable_password()
    user.save()
    known = attempt(Client(), "known@example.org", "wrong password")
    unknown = attempt(Client(), "nobody@example.org", "wrong password")
    assert same(known) == same(unknown)


def test_sign_in_asks_the_database_the_same_for_known_and_unknown(django_assert_max_num_queries):
    user = with_password("officer")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for email in (user.email, "nobody@example.org"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            attempt(Client(), email, "wrong")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_set_password"])
def test_pages_that_nobody_needs_are_not_mounted(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["/account/signup/", "/account/email/", "/account/login/code/"])
def test_sign_up_is_closed(client, path):
    assert client.get(path).status_code == 404


# Lock


def test_pair_of_address_and_network_is_locked_after_ten_wrong_passwords():
    user = with_password("officer")
    client = Client(REMOTE_ADDR="203.0.113.7")
    for _ in range(10):
        response = attempt(client, user.email, "wrong")
    response = attempt(client, user.email, PASSWORD)
    assert response.status_code == 429
    assert "15 minutes" in response.content.decode()
    assert not is_signed_in(client)


def test_lock_does_not_keep_the_person_out_who_comes_from_elsewhere():
    user = with_password("officer")
    attacker = Client(REMOTE_ADDR="203.0.113.7")
    for _ in range(12):
        attempt(attacker, user.email, "wrong")
    honest = Client(REMOTE_ADDR="198.51.100.9")
    attempt(honest, user.email, PASSWORD)
    assert is_signed_in(honest)


def test_lock_ends_after_fifteen_minutes_even_if_the_attacker_goes_on():
    user = with_password("officer")
    client = Client(REMOTE_ADDR="203.0.113.7")
    with time_machine.travel("2026-11-20 10:00+00:00", tick=False) as clock:
        for _ in range(10):
            attempt(client, user.email, "wrong")
        clock.shift(timedelta(minutes=10))
        attempt(client, user.email, "wrong")
        clock.shift(timedelta(minutes=6))
        attempt(client, user.email, PASSWORD)
        assert is_signed_in(client)


def test_locked_answer_is_the_same_for_an_unknown_address():
    user = with_password("officer")
    answers = []
    for email in (user.email, "nobody@example.org"):
        client = Client(REMOTE_ADDR="203.0.113.7")
        for _ in range(10):
            attempt(client, email, "wrong")
        answers.append(attempt(client, email, "wrong"))
    assert [answer.status_code for answer in answers] == [429, 429]
    assert len({len(answer.content) for answer in answers}) == 1


def test_what_axes_keeps_names_nobody():
    user = with_password("officer")
    attempt(Client(), user.email, "a wrong password")
    row = AccessAttempt.objects.get()
    kept = " ".join(str(value) for value in vars(row).values())
    assert user.email not in kept
    assert "a wrong password" not in kept


# Sessions


def test_session_id_changes_when_somebody_signs_in():
    client = Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["session"] = planted
    sign_in(with_password("officer"), client=client)
    assert client.session.session_key != planted
    assert not Session.objects.filter(pk=planted).exists()


def test_sign_out_ends_the_session():
    client = sign_in(with_password("officer"))
    key = client.session.session_key
    client.post(reverse("account_logout"))
    assert not is_signed_in(client)
    assert not Session.objects.filter(pk=key).exists()


def test_sign_out_takes_a_post():
    client = sign_in(with_password("officer"))
    client.get(reverse("account_logout"))
    assert is_signed_in(client)


def test_idle_session_ends(settings):
    settings.SESSION_IDLE_MINUTES = 60
    with time_machine.travel("2026-11-20 10:00+00:00", tick=False) as clock:
        client = sign_in(with_password("officer"))
        clock.shift(timedelta(minutes=59))
        assert is_signed_in(client)
        clock.shift(timedelta(minutes=59))
        assert is_signed_in(client)
        clock.shift(timedelta(minutes=61))
        assert not is_signed_in(client)


def test_busy_session_ends_at_the_absolute_limit(settings):
    settings.SESSION_ABSOLUTE_HOURS = 2
    with time_machine.travel("2026-11-20 10:00+00:00", tick=False) as clock:
        client = sign_in(with_password("officer"))
        for _ in range(3):
            clock.shift(timedelta(minutes=39))
            assert is_signed_in(client)
        clock.shift(timedelta(minutes=39))
        assert not is_signed_in(client)


def test_what_was_typed_into_an_ended_session_is_given_back(settings):
    text = "A long text that somebody wrote for an hour and would hate to lose <b>now</b>."
    with time_machine.travel("2026-11-20 10:00+00:00", tick=False) as clock:
        client = sign_in(with_password("administrator"))
        clock.shift(timedelta(hours=3))
        response = client.post(reverse("accounts:invite"), {"reason": text})
    assert response.status_code == 403
    page = response.content.decode()
    assert "would hate to lose" in page
    assert "<b>now" not in page


def test_person_is_out_at_the_next_request_after_sessions_were_ended():
    user = with_password("officer")
    client = sign_in(user)
    services.end_sessions(user)
    assert not is_signed_in(client)


def test_signing_out_everywhere_else_keeps_this_session_only():
    user = with_password("officer")
    here, there = sign_in(user), sign_in(user)
    key = here.session.session_key
    here.post(reverse("accounts:end_other_sessions"))
    assert is_signed_in(here)
    assert here.session.session_key != key
    assert not is_signed_in(there)


def test_changing_the_password_ends_every_session():
    user = with_password("officer")
    here, there = sign_in(user), sign_in(user)
    new = "another long passphrase"
    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    assert is_signed_in(sign_in(user, password=new))


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", "another long passphrase", "another long passphrase"),
        (PASSWORD, "short", "short"),
        (PASSWORD, "another long passphrase", "something else entirely"),
        (PASSWORD, "password1234567", "password1234567 "),
    ],
)
def test_password_is_not_changed_against_the_rules(old, new, again):
    user = with_password("officer")
    client = sign_in(user)
    response = client.post(
        reverse("account_change_password"),
        {"oldpassword": old, "password1": new, "password2": again},
    )
    assert response.status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_session_cookie_is_kept_from_scripts_and_other_sites():
    client = sign_in(with_password("officer"))
    cookie = client.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


# Where to


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "http://localhost.evil.example/",
        "http://localhost/",
        "\thttps://evil.example",
    ],
)
def test_sign_in_and_sign_out_never_lead_to_another_site(target):
    user = with_password("officer")
    client = Client()
    response = client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": target}
    )
    assert response.status_code == 302
    assert "evil" not in response["Location"]
    assert response["Location"].startswith("/")
    response = client.post(reverse("account_logout"), {"next": target})
    assert response["Location"].startswith("/")


def test_sign_in_leads_where_the_person_wanted_to_go():
    user = with_password("officer")
    response = Client().post(
        reverse("account_login"),
        {"login": user.email, "password": PASSWORD, "next": "/account/tokens/"},
    )
    assert response["Location"] == "/account/tokens/"


POSTS = [
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_change_password",
    "account_reauthenticate",
    "accounts:profile",
    "accounts:end_other_sessions",
    "accounts:create_token",
    "accounts:invite",
    "demo_sign_in",
]


@pytest.mark.parametrize("name", POSTS)
def test_every_form_refuses_a_post_without_its_token(name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(with_password("administrator"))
    if name in ("account_login", "account_reset_password"):
        client = Client(enforce_csrf_checks=True)
    assert client.post(reverse(name), {"login": "x"}).status_code == 403


def test_pages_come_in_the_language_of_the_person_at_sign_in():
    user = with_password("officer", language="ru")
    client = sign_in(user)
    assert client.cookies["django_language"].value == "ru"


def test_language_chosen_in_the_browser_wins_over_the_kept_one():
    user = with_password("officer", language="ru")
    client = Client()
    client.cookies["django_language"] = "kk"
    sign_in(user, client=client)
    assert client.cookies["django_language"].value == "kk"


def test_person_is_told_why_they_were_signed_out():
    user = with_password("officer")
    client = sign_in(user)
    services.end_sessions(user)
    page = client.get(reverse("accounts:profile"), follow=True).content.decode()
    assert "your account or rights changed" in page


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 12 characters"),
        ("river stones sing softly", ""),
        ("1qaz2wsx3edc4rfv", "Many people use"),
        ("ErlanKasymov1", "too much like your name"),
    ],
)
def test_rules_of_passwords_speak_our_own_words(password, said):
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    user = with_password("officer", name="Erlan Kasymov")
    if not said:
        validate_password(password, user)
        return
    with pytest.raises(ValidationError, match=said):
        validate_password(password, user)
