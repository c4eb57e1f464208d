"""How long a session lasts, and that it opens nothing before the second factor."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import is_second_factor_required
from accounts.second_factor import has_authenticator, is_proved

BEGAN = "accounts.began"
SEEN = "accounts.seen"
_SEEN_EVERY_SECONDS = 60

OPEN_WITHOUT_SECOND_FACTOR = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "accounts:second_factor_setup",
        "language",
        "leave",
        "favicon",
        "livez",
        "healthz",
    }
)
"""Names of the only pages that somebody may open who still has to set up a second factor."""

_SECRET_FIELDS = frozenset(
    {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword", "code"}
)


class SessionLimitMiddleware:
    """Ends a session that was idle or open for too long, or whose person was cut off."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        if SESSION_KEY not in request.session:
            return None
        if not request.user.is_authenticated:
            # Django found that the session proves an older epoch or password, or nobody active.
            request.session.flush()
            return _ended(request, _("You were signed out because your account or rights changed."))
        now = int(timezone.now().timestamp())
        began = request.session.setdefault(BEGAN, now)
        seen = request.session.setdefault(SEEN, now)
        if now - seen > settings.SESSION_IDLE_MINUTES * 60:
            logout(request)
            return _ended(request, _("You were signed out because nothing happened for a while."))
        if now - began > settings.SESSION_ABSOLUTE_HOURS * 3600:
            logout(request)
            return _ended(request, _("You were signed out because you were signed in for long."))
        if now - seen > _SEEN_EVERY_SECONDS:
            request.session[SEEN] = now
        return None


class SecondFactorMiddleware:
    """Opens nothing to somebody whose role needs a second factor before the session proved one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        user = request.user
        if not user.is_authenticated or not is_second_factor_required(user) or is_proved(request):
            return None
        if has_authenticator(user):
            # A session that came by another door than the sign-in page.
            logout(request)
            return redirect_to_login(request.get_full_path())
        if (
            request.resolver_match
            and request.resolver_match.view_name in OPEN_WITHOUT_SECOND_FACTOR
        ):
            return None
        return redirect("accounts:second_factor_setup")


def _ended(request: HttpRequest, sentence: Any) -> HttpResponse | None:
    """Go on as nobody; what was typed is given back to be copied, it is nowhere else."""
    if request.method != "POST":
        messages.info(request, sentence)
        return None
    typed = [
        text
        for name, values in request.POST.lists()
        if name not in _SECRET_FIELDS
        for text in values
        if len(text) > 40
    ]
    return render(
        request, "accounts/session_ended.html", {"sentence": sentence, "typed": typed}, status=403
    )
