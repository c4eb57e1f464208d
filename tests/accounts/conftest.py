"""People with passwords and second factors, and a browser to sign them in with."""

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from accounts import second_factor
from tests.factories import person

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def fast_hashing(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def second_factor_required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def second_factor_optional(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def with_password(*roles, **fields):
    user = person(*roles, **fields)
    user.set_password(PASSWORD)
    user.save()
    return user


def enrol(user):
    """Give somebody an authenticator app and return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def digits(secret, *, later=0):
    """Return what the app shows now, or so many steps later."""
    return second_factor.one_time_password(secret, int(time.time()) // 30 + later)


def sign_in(user, *, secret=None, client=None, password=PASSWORD):
    """Sign somebody in through the pages, with the second factor where a secret is given."""
    client = client or Client()
    client.post(reverse("account_login"), {"login": user.email, "password": password})
    if secret:
        client.post(reverse("mfa_authenticate"), {"code": digits(secret)})
    return client


def is_signed_in(client):
    return client.get(reverse("accounts:profile")).status_code == 200
