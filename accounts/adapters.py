"""What allauth asks of us. Sign-up is closed; every text is our own, to be translated."""

import time
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.language import offer_language
from accounts.models import MailKind, User
from accounts.network import client_address
from accounts.permissions import is_second_factor_required
from accounts.security_mail import queue
from office.current import current
from sealing import keys

_MESSAGES = {
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/password_changed.txt": _("Your password is changed."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is taken away."),
    "mfa/messages/webauthn_added.txt": _("The security key is added."),
    "mfa/messages/webauthn_removed.txt": _("The security key is taken away."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes are made."),
}
"""Messages of allauth that we show; the others say nothing that the page does not say."""

_MAILS = {
    "account/email/password_changed": MailKind.PASSWORD_CHANGED,
    "mfa/email/totp_activated": MailKind.FACTOR_CHANGED,
    "mfa/email/totp_deactivated": MailKind.FACTOR_CHANGED,
    "mfa/email/webauthn_added": MailKind.FACTOR_CHANGED,
    "mfa/email/webauthn_removed": MailKind.FACTOR_CHANGED,
    "mfa/email/recovery_codes_generated": MailKind.FACTOR_CHANGED,
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("This is not your password."),
        "incorrect_code": _("The code is not right."),
        "incorrect_password": _("The password is not right."),
        "invalid_login": _("The e-mail address or the password is not right."),
        "too_many_login_attempts": _("Too many wrong codes. Wait 15 minutes and try again."),
        "rate_limited": _("Too many tries. Wait a few minutes and try again."),
        "same_as_current": _("This is the same as before."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by invitation only."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Allow addresses of this very site only: allauth would allow each of ALLOWED_HOSTS."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again unless it, or a second factor, was shown minutes ago."""
        records = get_authentication_records(context.request, context.request.user)
        fresh = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not (records and time.time() - records[-1]["at"] < fresh)

    def get_reauthentication_methods(self, user: Any) -> list[dict]:
        descriptions = {
            "reauthenticate": _("Use my password"),
            "mfa_reauthenticate": _("Use my authenticator app or a recovery code"),
            "mfa_reauthenticate:webauthn": _("Use my security key"),
        }
        return [
            {**method, "description": descriptions[method["id"]]}
            for method in super().get_reauthentication_methods(user)
        ]

    def get_login_stages(self) -> list[str]:
        """After the password there is the second factor and nothing else."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def reauthenticate(self, user: User, password: str) -> bool:
        """Check a password again, counted and locked by axes like a sign-in."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        return offer_language(request, super().post_login(request, user, **kwargs), user.language)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:profile")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("account_login")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        text = message or _MESSAGES.get(message_template or "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the person that something of their account changed; the worker sends it."""
        kind = _MAILS.get(template_prefix)
        if kind and user.email:
            queue(kind, user=user)

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Allauth itself sends nothing: its mails would carry addresses of people and networks."""


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Add another one first, then take this one away."
        ),
        "cannot_generate_recovery_codes": _("Set up an app or a security key first."),
        "incorrect_code": _("The code is not right."),
    }

    def encrypt(self, text: str) -> str:
        return keys.wrapping().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keys.wrapping().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Name the NCP, so that somebody with several accounts sees which one a code is for."""
        return current().name()

    def build_totp_svg(self, url: str) -> str:
        """Draw the code as one path: no style attribute, no XML prologue, for use in a page."""
        code = qrcode.QRCode(border=4)
        code.add_data(url)
        matrix = code.get_matrix()
        path = "".join(
            f"M{x} {y}h1v1h-1z"
            for y, row in enumerate(matrix)
            for x, is_dark in enumerate(row)
            if is_dark
        )
        size = len(matrix)
        title = _("QR code for your authenticator app")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="232" '
            f'height="232" shape-rendering="crispEdges" role="img" aria-labelledby="qr-title">'
            f'<title id="qr-title">{title}</title>'
            f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{path}"/></svg>'
        )

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last app or key of somebody whose role needs a second factor."""
        if not is_second_factor_required(authenticator.user):
            return True
        return (
            Authenticator.objects.filter(user_id=authenticator.user_id)
            .exclude(type=Authenticator.Type.RECOVERY_CODES)
            .exclude(pk=authenticator.pk)
            .exists()
        )

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return str(_("Security key %(number)s") % {"number": number})

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": self.get_totp_issuer()}

    def get_public_key_credential_user_entity(self, user: User) -> dict:
        return {
            "id": user.pk.bytes,
            "display_name": user.name or str(user.email),
            "name": str(user.email),
        }

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        AccountAdapter(context.request).send_notification_mail(*args, **kwargs)
