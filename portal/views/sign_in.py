"""Coming in by an access code or a link, and going out."""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import links as one_time
from accounts.backends import may_be_guessing
from accounts.language import offer_language
from accounts.models import LinkKind, User
from accounts.network import client_network
from accounts.services import redeem_login_link
from office.current import current
from portal import links
from portal.forms.sign_in import LinkForm, SignInForm
from sealing import keys

BACKEND = "accounts.backends.AccessCodeBackend"
HELD = "portal.link"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let somebody in by a code. A wrong, an old and a missing one get the same answer."""
    if request.method != "POST" and request.user.is_authenticated and not request.user.roles:
        return redirect("portal:home")
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, access_code=form.cleaned_data["code"])
        if user is not None:
            return _enter(request, user)
        form.add_error(
            "code", _("This code opens nothing. Compare it sign by sign with your note or letter.")
        )
        status = 429 if may_be_guessing(request) else 200
    # The typed code never goes back into the page: it might be right for somebody but for a sign.
    if form.is_bound and not form.is_valid():
        form.data = form.data.copy()
        form.data["code"] = ""
    context = {"form": form, "next": _target(request)}
    return render(request, "portal/sign_in.html", context, status=status)


def _target(request: HttpRequest) -> str:
    """Return where somebody wanted to go inside the portal, or ""."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    inside = target.startswith(("/portal/", "/notices/"))
    if inside and url_has_allowed_host_and_scheme(
        target, allowed_hosts=None, require_https=request.is_secure()
    ):
        return target
    return ""


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    target = _target(request)
    login(request, user, backend=BACKEND)
    response = redirect(target or "portal:home")
    return offer_language(request, response, user.language)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("portal:sign_in")


@require_http_methods(["GET", "HEAD", "POST"])
def ask_link(request: HttpRequest) -> HttpResponse:
    """Take an address. Answer and work are the same whether anybody has it or not."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        links.ask(form.cleaned_data["email"], network=client_network(request))
        return redirect("portal:link_sent")
    return render(request, "portal/ask_link.html", {"form": form})


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/link_sent.html", {"email": current().email})


@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Move the secret from the address into the session; mail scanners use nothing up."""
    if request.user.is_authenticated:
        logout(request)
    # Sessions stand in the database: what opens a case waits there encrypted.
    request.session[HELD] = keys.wrapping().encrypt(token.encode()).decode()
    return redirect("portal:use_link")


@require_http_methods(["GET", "HEAD", "POST"])
def use_link(request: HttpRequest) -> HttpResponse:
    """Sign in by the link that was opened, at a click."""
    token = _held(request)
    if not token or one_time.find(token, LinkKind.SIGN_IN) is None:
        return _used_up(request)
    if request.method == "POST":
        user = redeem_login_link(token)
        if user is None:
            return _used_up(request)
        request.session.pop(HELD, None)
        return _enter(request, user)
    return render(request, "portal/use_link.html")


def _held(request: HttpRequest) -> str:
    held = request.session.get(HELD, "")
    try:
        return keys.wrapping().decrypt(held.encode()).decode() if held else ""
    except InvalidToken:
        return ""


def _used_up(request: HttpRequest) -> HttpResponse:
    """One answer for a wrong, a used, an older and an expired link."""
    request.session.pop(HELD, None)
    return render(request, "portal/link_used_up.html", status=410)
