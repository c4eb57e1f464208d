"""What axes counts: password tries only, by pair of e-mail and address, and nothing readable."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.http import HttpRequest

from accounts.models import UserManager
from accounts.network import client_address
from sealing.index import blind_index


class PasswordTries(AxesDatabaseHandler):
    """Leaves access codes alone: a right one is never locked out, none is ever written down."""

    def user_login_failed(
        self, sender: Any, credentials: dict, request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is None or "access_code" in credentials:
            return
        super().user_login_failed(sender, credentials, request, **kwargs)


def client_address_for_axes(request: HttpRequest) -> str:
    return client_address(request)


def username_for_axes(request: HttpRequest, credentials: dict | None = None) -> str:
    """Return a keyed digest of the address tried, so that axes' tables hold no addresses."""
    credentials = credentials or {}
    typed = credentials.get("email") or credentials.get("login") or request.POST.get("login", "")
    return blind_index(UserManager.normalize_email(str(typed)), "axes.email")
