"""Settings are checked before anything is served.

`manage.py` runs these as system checks; the web process, the worker and the clock call
`require_sound_settings` and `require_right_keys`, because nothing else would check for them.
"""

import base64
import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

TEXT_SECRETS = ("SECRET_KEY", "INDEX_KEY", "CHAIN_KEY", "CODE_PEPPER")
SHORTEST_SECRET = 32


@register()
def sound_settings(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    errors = [Error(problem, id="config.E001") for problem in problems()]
    return [*errors, *(Warning(doubt, id="config.W001") for doubt in doubts())]


def require_sound_settings() -> None:
    """Refuse to serve with settings that would harm somebody.

    Raises:
        ImproperlyConfigured: all reasons in one sentence each.
    """
    found = list(problems())
    if found:
        raise ImproperlyConfigured("Good Offices does not start: " + " ".join(found))


def require_right_keys() -> None:
    """Refuse keys that do not fit the database, and invented people outside a demonstration.

    A database that cannot be reached, or is not migrated yet, refuses nothing: `/healthz`
    says so, and nothing can be read or written with it.

    Raises:
        ImproperlyConfigured: naming the variable.
    """
    try:
        if apps.is_installed("sealing"):
            from sealing.keys import check_keys

            check_keys()
        if not settings.DEMONSTRATION and has_demonstration_people():
            raise ImproperlyConfigured(DEMONSTRATION_PEOPLE)
    except DatabaseError:
        pass
    finally:
        connection.close()


DEMONSTRATION_PEOPLE = (
    "This database holds the invented people of the demonstration, and anybody may sign in as "
    "them: a service for real people needs a database of its own."
)


def has_demonstration_people() -> bool:
    """Tell whether somebody here can sign in without being anybody."""
    if not apps.is_installed("accounts"):
        return False
    from accounts.models import User

    return User.objects.exclude(demonstration="").exists()


def problems() -> Iterator[str]:
    """Yield a sentence for each setting that forbids a start."""
    yield from _secrets()
    if settings.DEMONSTRATION:
        return
    if settings.DEBUG:
        yield "DEBUG is on: error pages would show what people wrote."
    if "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS must name the hosts; '*' lets anybody forge the address of a link."
    if apps.is_installed("accounts") and not settings.REQUIRE_SECOND_FACTOR:
        yield "REQUIRE_SECOND_FACTOR is off: staff must sign in with a second factor."
    site = urlsplit(settings.SITE_URL)
    if site.scheme != "https" and not _is_loopback(site.hostname or ""):
        yield "SITE_URL must begin with https://: names and access codes would travel in the open."


def _secrets() -> Iterator[str]:
    if not apps.is_installed("sealing"):
        names: tuple[str, ...] = ("SECRET_KEY",)
    else:
        names = TEXT_SECRETS
        yield from _sealing_keys()
    # Read without the access that raises, so that all missing names are said at once.
    values = {name: settings.__dict__.get(name) or _value(name) for name in names}
    for name, value in values.items():
        if not value:
            yield f"{name} is not set."
        elif len(value) < SHORTEST_SECRET:
            yield f"{name} is shorter than {SHORTEST_SECRET} characters."
    given = [value for value in values.values() if value]
    if len(set(given)) < len(given):
        yield f"{', '.join(names)} must differ from each other."


def _value(name: str) -> str:
    try:
        return getattr(settings, name, "")
    except ImproperlyConfigured:
        return ""


def _sealing_keys() -> Iterator[str]:
    if not settings.SEALING_KEYS:
        yield "SEALING_KEYS is not set."
    for key in settings.SEALING_KEYS:
        try:
            Fernet(key)
        except ValueError:
            yield "SEALING_KEYS holds a value that is not 32 bytes in URL-safe base64."
            break
    if not settings.SIGNING_KEY:
        yield "SIGNING_KEY is not set."
        return
    try:
        seed = base64.b64decode(settings.SIGNING_KEY, validate=True)
    except ValueError:
        seed = b""
    if len(seed) != 32:
        yield "SIGNING_KEY is not 32 bytes in base64."


def doubts() -> Iterator[str]:
    """Yield a sentence for each setting that somebody probably forgot."""
    if settings.DEMONSTRATION or not apps.is_installed("accounts"):
        return
    for name in ("DEFAULT_FROM_EMAIL", "NCP_EMAIL"):
        if getattr(settings, name).endswith("@example.org"):
            yield f"{name} is still the example: set the address that people may answer to."


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
