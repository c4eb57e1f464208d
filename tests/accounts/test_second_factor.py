import threading
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import second_factor
from accounts.models import SecurityMail, Tally
from tests.accounts.conftest import PASSWORD, digits, enrol, is_signed_in, sign_in, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_factor_required")]

SETUP = "/account/second-factor/setup/"


def password_step(user, client=None):
    return sign_in(user, client=client)


def give(client, code):
    return client.post(reverse("mfa_authenticate"), {"code": code})


# Required


@pytest.mark.parametrize(
    "role",
    [
        "officer",
        "decision_maker",
        "mediator",
        "coordinator",
        "interpreter",
        "expert",
        "partner_ncp",
        "administrator",
    ],
)
def test_role_opens_nothing_before_a_second_factor_is_set_up(role):
    client = sign_in(with_password(role))
    for path in (
        "/account/",
        "/account/tokens/",
        "/",
        "/help/",
        "/home/",
        "/account/second-factor/",
    ):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, SETUP), path
    assert client.get(SETUP).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def test_setting_it_up_opens_everything_and_changes_the_session_id():
    user = with_password("officer")
    client = sign_in(user)
    page = client.get(reverse("mfa_activate_totp"))
    before = client.session.session_key
    secret = page.context["form"].secret
    response = client.post(reverse("mfa_activate_totp"), {"code": digits(secret)})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert client.session.session_key != before
    assert is_signed_in(client)


def test_wrong_code_does_not_set_it_up_and_keeps_the_secret_that_was_scanned():
    client = sign_in(with_password("officer"))
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    response = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert response.context["form"].secret == secret
    assert not Authenticator.objects.exists()


def test_party_without_a_role_needs_none(settings):
    user = with_password()
    client = sign_in(user)
    assert is_signed_in(client)


def test_where_the_demonstration_is_on_none_is_needed(settings):
    settings.REQUIRE_SECOND_FACTOR = False
    assert is_signed_in(sign_in(with_password("officer")))


def test_password_alone_opens_nothing_once_it_is_set_up():
    user = with_password("officer")
    enrol(user)
    client = password_step(user)
    for path in ("/account/", SETUP, "/account/second-factor/app/", "/account/second-factor/"):
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")


def test_second_factor_signs_in_and_changes_the_session_id():
    user = with_password("officer")
    secret = enrol(user)
    client = password_step(user)
    before = client.session.session_key
    give(client, digits(secret))
    assert is_signed_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(pk=before).exists()


def test_session_of_another_door_does_not_go_around_the_second_factor():
    user = with_password("officer")
    enrol(user)
    client = Client()
    client.force_login(user)
    assert client.get("/account/")["Location"].startswith("/account/sign-in/")
    assert "_auth_user_id" not in client.session


def test_second_step_cannot_be_opened_without_the_first():
    user = with_password("officer")
    secret = enrol(user)
    client = Client()
    assert give(client, digits(secret)).status_code == 302
    assert not is_signed_in(client)


def test_second_factor_of_one_person_does_not_open_the_account_of_another():
    victim, attacker = with_password("officer"), with_password("officer")
    enrol(victim)
    secret = enrol(attacker)
    client = password_step(victim)
    give(client, digits(secret))
    assert not is_signed_in(client)


# Once only


def test_code_is_accepted_once():
    user = with_password("officer")
    secret = enrol(user)
    first, second = password_step(user), password_step(user)
    code = digits(secret)
    give(first, code)
    give(second, code)
    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_earlier_code_is_refused_after_a_later_one():
    user = with_password("officer")
    secret = enrol(user)
    give(password_step(user), digits(secret, later=1))
    client = password_step(user)
    give(client, digits(secret))
    assert not is_signed_in(client)


def test_code_that_set_the_app_up_does_not_also_sign_in():
    user = with_password("officer")
    client = sign_in(user)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = digits(secret)
    client.post(reverse("mfa_activate_totp"), {"code": code})
    other = password_step(user)
    give(other, code)
    assert not is_signed_in(other)


def test_code_half_a_minute_late_is_accepted_and_an_older_one_is_not():
    user = with_password("officer")
    secret = enrol(user)
    old = password_step(user)
    give(old, digits(secret, later=-2))
    assert not is_signed_in(old)
    late = password_step(user)
    give(late, digits(secret, later=-1))
    assert is_signed_in(late)


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_see_one_code_let_one_in():
    """Allauth's own guard is a cache entry, which a full cache drops: here one UPDATE decides."""
    user = with_password("officer")
    barrier = threading.Barrier(2)
    taken = []

    def use():
        try:
            barrier.wait(timeout=10)
            taken.append(second_factor.use_step(user, 58_000_000))
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, True]


def test_recovery_code_works_once():
    user = with_password("officer")
    enrol(user)
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    first, second = password_step(user), password_step(user)
    give(first, code)
    give(second, code)
    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_guessing_is_stopped_after_ten_wrong_codes_and_goes_on_later():
    user = with_password("officer")
    secret = enrol(user)
    with time_machine.travel("2026-11-20 10:00+00:00", tick=False) as clock:
        client = password_step(user)
        for _ in range(10):
            give(client, "000000")
        response = give(client, digits(secret))
        assert "15 minutes" in response.content.decode()
        assert not is_signed_in(client)
        clock.shift(timedelta(minutes=16))
        client = password_step(user)
        give(client, digits(secret))
        assert is_signed_in(client)


def test_right_code_forgets_the_wrong_ones():
    user = with_password("officer")
    secret = enrol(user)
    client = password_step(user)
    give(client, "000000")
    give(client, digits(secret))
    assert not Tally.objects.filter(purpose="second-factor").exists()


# At rest


def test_secrets_are_encrypted_in_the_database_and_in_the_session():
    user = with_password("officer")
    client = sign_in(user)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    assert secret not in str(dict(client.session.items()))
    client.post(reverse("mfa_activate_totp"), {"code": digits(secret)})
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert secret not in stored
    assert not any(code in stored for code in codes)
    assert "gAAAA" in stored


# Taking away


def proved(user, secret):
    return sign_in(user, secret=secret)


def test_last_factor_of_a_role_cannot_be_taken_away():
    user = with_password("officer")
    client = proved(user, enrol(user))
    response = client.post(reverse("mfa_deactivate_totp"))
    assert "Add another one first" in response.content.decode()
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_factor_can_be_taken_away_where_none_is_needed(settings):
    settings.REQUIRE_SECOND_FACTOR = False
    user = with_password("officer")
    client = proved(user, enrol(user))
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()


def test_taking_away_asks_for_the_password_again_after_five_minutes(settings):
    settings.REQUIRE_SECOND_FACTOR = False
    user = with_password("officer")
    with time_machine.travel("2026-11-20 10:00+00:00", tick=False) as clock:
        client = proved(user, enrol(user))
        clock.shift(timedelta(minutes=6))
        response = client.post(reverse("mfa_deactivate_totp"))
        assert response["Location"].startswith(reverse("account_reauthenticate"))
        assert Authenticator.objects.exists()
        again = client.post(
            reverse("account_reauthenticate") + "?next=" + reverse("mfa_deactivate_totp"),
            {"password": PASSWORD},
        )
        assert again.status_code == 302
        assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"],
)
def test_changes_ask_for_the_password_again_after_five_minutes(name, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    user = with_password("officer")
    with time_machine.travel("2026-11-20 10:00+00:00", tick=False) as clock:
        client = sign_in(user)
        clock.shift(timedelta(minutes=6))
        response = client.get(reverse(name))
        assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_wrong_password_does_not_confirm():
    user = with_password()
    with time_machine.travel("2026-11-20 10:00+00:00", tick=False) as clock:
        client = sign_in(user)
        clock.shift(timedelta(minutes=6))
        response = client.post(reverse("account_reauthenticate"), {"password": "wrong"})
        assert response.status_code == 200
        assert client.get(reverse("mfa_activate_totp")).status_code == 302


def test_recovery_codes_are_shown_once():
    user = with_password("officer")
    client = sign_in(user)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": digits(secret)})
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    first = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    second = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert all(code in first for code in codes)
    assert not any(code in second for code in codes)


def test_new_recovery_codes_end_the_old_ones():
    user = with_password("officer")
    client = proved(user, enrol(user))
    old = RecoveryCodes.activate(user).get_unused_codes()
    client.post(reverse("mfa_generate_recovery_codes"))
    new = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert not set(old) & set(new)


def test_person_is_told_by_mail_that_a_factor_changed(django_capture_on_commit_callbacks):
    user = with_password("officer")
    client = sign_in(user)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": digits(secret)})
    assert list(SecurityMail.objects.values_list("kind", "user")) == [("factor_changed", user.pk)]


# Security keys


@pytest.mark.parametrize(
    "sent", ["", "x", "5", "[]", "{}", '{"id": 1}', '{"type":"public-key","response":{}}', "null"]
)
def test_rubbish_of_a_key_is_refused_and_breaks_nothing(sent):
    user = with_password("officer")
    client = sign_in(user)
    client.get(reverse("mfa_add_webauthn"))
    assert client.post(reverse("mfa_add_webauthn"), {"credential": sent}).status_code == 200
    secret = enrol(user)
    other = password_step(user)
    other.get(reverse("mfa_authenticate"))
    assert other.post(reverse("mfa_authenticate"), {"credential": sent}).status_code == 200
    assert not is_signed_in(other)
    proved_client = proved(user, secret)
    response = proved_client.post(reverse("mfa_reauthenticate_webauthn"), {"credential": sent})
    assert response.status_code == 302


def test_key_of_somebody_else_is_not_found():
    user, other = with_password("officer"), with_password("officer")
    key = Authenticator.objects.create(
        user=other, type="webauthn", data={"name": "k", "credential": {}}
    )
    client = proved(user, enrol(user))
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[key.pk])).status_code == 404
        assert client.post(reverse(name, args=[key.pk]), {"name": "x"}).status_code == 404


def test_person_with_a_code_only_has_no_pages_of_factors():
    from accounts import services

    client = Client()
    client.force_login(services.party_user(), backend="accounts.backends.AccessCodeBackend")
    for name in ("mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_change_password"):
        assert client.get(reverse(name)).status_code == 404
    assert client.get(SETUP).status_code == 404
