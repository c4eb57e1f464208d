"""The two ways in: e-mail and password (locked by axes), and an access code (never locked)."""

import logging
from datetime import timedelta

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils import timezone

from accounts import codes, throttle
from accounts.models import AccessCode, User, UserManager
from accounts.network import client_network

logger = logging.getLogger(__name__)

WRONG_CODES_STRETCH = timedelta(hours=1)
WRONG_CODES_OF_A_NETWORK = 30
WRONG_CODES_OF_ALL = 1000


class PasswordLockBackend(AxesStandaloneBackend):
    """Refuses a locked pair of address and e-mail. The narrow signature keeps codes away."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest, email: str, password: str
    ) -> None:
        super().authenticate(request, username=UserManager.normalize_email(email))


class PasswordBackend(ModelBackend):
    """E-mail and password; an unknown address costs as much time as a known one."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, email: str, password: str
    ) -> User | None:
        return super().authenticate(request, username=email, password=password)


class AccessCodeBackend(ModelBackend):
    """An access code. A right one always works, whatever was tried before from the same network."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, access_code: str
    ) -> User | None:
        # One query by digest whatever was typed: a wrong, an old and a missing code take the same
        # way, and the digest is useless to somebody who could time the index.
        row = (
            AccessCode.objects.valid()
            .select_related("user")
            .filter(digest=codes.digest(access_code))
            .first()
        )
        if row is not None and not row.user.roles:
            AccessCode.objects.filter(pk=row.pk).update(last_used_at=timezone.now())
            return row.user
        count_wrong_code(request)
        return None


def count_wrong_code(request: HttpRequest | None) -> None:
    """Count a wrong code and write an alarm to the log, without the code and the address."""
    everybody = throttle.add("wrong-code", "everybody", every=WRONG_CODES_STRETCH)
    if everybody == WRONG_CODES_OF_ALL:
        logger.warning("Access codes: %s wrong tries within an hour.", everybody)
    if request is None:
        return
    tries = throttle.add("wrong-code", client_network(request), every=WRONG_CODES_STRETCH)
    if tries == WRONG_CODES_OF_A_NETWORK:
        logger.warning("Access codes: %s wrong tries from one network within an hour.", tries)


def may_be_guessing(request: HttpRequest) -> bool:
    """Tell whether so many wrong codes came from the network that wrong tries get a 429.

    The right code is still let in: this is for the answer to a wrong one.
    """
    tries = throttle.count("wrong-code", client_network(request), every=WRONG_CODES_STRETCH)
    return tries >= WRONG_CODES_OF_A_NETWORK
