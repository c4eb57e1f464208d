from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils import timezone


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import schema  # noqa: F401 — registers the API's way of signing in

        user_logged_in.connect(_begin_session, dispatch_uid="accounts.begin_session")


def _begin_session(*, request: Any, **_kwargs: Any) -> None:
    """Count the limits of a session from the sign-in, by whichever door."""
    from accounts.middleware import BEGAN, SEEN

    now = int(timezone.now().timestamp())
    request.session[BEGAN] = request.session[SEEN] = now
