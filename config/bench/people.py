"""Somebody at the desk, with a session as after signing in with a second factor."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.userkit import user_id_to_str
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from cases import change_number

OTHER = "other"


def officer(*, using: str = "default") -> User:
    """Return an officer of the invented cases."""
    people = User.objects.using(using).holding(Role.OFFICER)
    return people.order_by("created_at", "pk").first()


def cookie(user: User) -> str:
    """Sign somebody in and return the cookie of the session."""
    now = int(time.time())
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.PasswordBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["accounts.began"] = session["accounts.seen"] = now
    session["account_authentication_methods_user"] = user_id_to_str(user)
    session["account_authentication_methods"] = [{"method": "mfa", "at": now, "type": "totp"}]
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def cookie_in(database: str) -> str:
    """Sign the first officer in, in another database of the bench."""
    connections.databases[OTHER] = connection.settings_dict | {"NAME": database.rpartition("/")[2]}
    user = officer(using=OTHER)
    made = cookie(user)
    Session.objects.get(pk=made.partition("=")[2]).save(using=OTHER, force_insert=True)
    return made


def queries(path: str, cookie: str) -> int:
    """Return how many statements a page makes when it is made anew, its session and person among
    them."""
    client = Client(SERVER_NAME="127.0.0.1")
    name, _equals, value = cookie.partition("=")
    if value:
        client.cookies[name] = value
    client.get(path)  # what is kept for half a minute is asked once
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [change_number.SEQUENCE])
    with CaptureQueriesContext(connection) as captured:
        answer: Any = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return len(captured)
