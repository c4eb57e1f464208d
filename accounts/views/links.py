"""Invitations, forgotten passwords and resets: what a link in a mail opens."""

from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import links, services, throttle
from accounts.errors import LinkUsedUp
from accounts.forms.own import ArrivalForm, ForgottenPasswordForm, NewPasswordForm
from accounts.language import offer_language
from accounts.models import LinkKind, MailKind, OneTimeLink, UserManager
from accounts.network import client_network
from accounts.security_mail import queue
from sealing import keys

HELD = "accounts.link"
KINDS = {LinkKind.INVITATION, LinkKind.PASSWORD_RESET, LinkKind.FACTOR_RESET, LinkKind.ADDRESS}

RESET_STRETCH = timedelta(hours=1)
RESETS_OF_A_NETWORK = 30
RESETS_OF_AN_ADDRESS = 3


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Take an address. The answer and the work are the same whether anybody has it or not."""
    form = ForgottenPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = UserManager.normalize_email(form.cleaned_data["email"])
        of_network = throttle.add("password-reset", client_network(request), every=RESET_STRETCH)
        of_address = throttle.add("password-reset", address, every=RESET_STRETCH)
        if of_network <= RESETS_OF_A_NETWORK and of_address <= RESETS_OF_AN_ADDRESS:
            queue(MailKind.PASSWORD_RESET, address=address)
        return redirect("account_reset_password_done")
    return render(request, "account/password_reset.html", {"form": form})


@require_safe
def forgotten_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "account/password_reset_done.html")


@require_safe
def open_link(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """Move the secret from the address into the session, so that no page or history holds it.

    Nothing is used up here: mail scanners open links too.
    """
    kind = _kind(kind)
    link = links.find(token, kind)
    if link is None:
        return _used_up(request)
    if request.user.is_authenticated:
        logout(request)
    # Sessions stand in the database: what sets a password waits there encrypted.
    request.session[HELD] = {
        "kind": kind,
        "token": keys.wrapping().encrypt(token.encode()).decode(),
    }
    answer = redirect("accounts:use_link", kind=kind)
    return offer_language(request, answer, link.user.language)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def use_link(request: HttpRequest, kind: str) -> HttpResponse:
    """Ask for the new password (and the name of who arrives), which uses the link up."""
    kind = _kind(kind)
    token = _held_token(request, kind)
    link = links.find(token, kind) if token else None
    if link is None:
        return _used_up(request)
    if kind == LinkKind.ADDRESS:
        return _use_address(request, link)
    arriving = kind == LinkKind.INVITATION
    data = request.POST or None
    if arriving:
        form = ArrivalForm(data, user=link.user, initial={"name": link.user.name})
    else:
        form = NewPasswordForm(data, user=link.user)
    if request.method == "POST" and form.is_valid():
        try:
            services.accept_link(
                token,
                kind,
                password=form.cleaned_data["password1"],
                name=form.cleaned_data.get("name"),
            )
        except LinkUsedUp:
            return _used_up(request)
        request.session.flush()
        messages.success(request, _("Your password is set. Sign in with it."))
        return redirect("account_login")
    return render(
        request,
        "accounts/use_link.html",
        {"form": form, "arriving": arriving, "address": link.user.email},
    )


def _use_address(request: HttpRequest, link: OneTimeLink) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/use_address.html", {"address": link.address})
    try:
        services.change_address(_held_token(request, LinkKind.ADDRESS))
    except LinkUsedUp:
        return _used_up(request)
    request.session.flush()
    messages.success(request, _("Your new e-mail address holds. Sign in with it."))
    return redirect("account_login")


def _held_token(request: HttpRequest, kind: str) -> str:
    held = request.session.get(HELD) or {}
    if held.get("kind") != kind:
        return ""
    try:
        return keys.wrapping().decrypt(held["token"].encode()).decode()
    except InvalidToken:
        return ""


def _kind(kind: str) -> LinkKind:
    if kind not in KINDS:
        raise Http404
    return LinkKind(kind)


def _used_up(request: HttpRequest) -> HttpResponse:
    """One answer for a wrong, a used, a revoked and an old link."""
    request.session.pop(HELD, None)
    return render(request, "accounts/link_used_up.html", status=410)
