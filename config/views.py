"""Pages that belong to no app: home, information, languages, leaving, error pages."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_safe

from accounts.roles import STAFF, Role
from cases.errors import Conflict
from config import api_errors, context
from register import branding

PRIVACY_NOTICES = ("2026-11",)
"""Every version that somebody may have accepted; settings name the one in force."""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@require_safe
def privacy(request: HttpRequest, version: str = "") -> HttpResponse:
    version = version or settings.PRIVACY_NOTICE_VERSION
    if version not in PRIVACY_NOTICES:
        raise Http404
    return render(
        request,
        "pages/privacy.html",
        {
            "version": version,
            "is_current": version == settings.PRIVACY_NOTICE_VERSION,
            "notice": f"privacy/_{version}.html",
            "draft_days": settings.DRAFT_DAYS,
        },
    )


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/help.html")


@login_required
@require_safe
def home_of_person(request: HttpRequest) -> HttpResponse:
    """Send people to the room where their work or their case is."""
    user = request.user
    if user.has_role(*STAFF - {Role.ADMINISTRATOR}):
        room = "desk:worklist"
    elif user.has_role(Role.ADMINISTRATOR):
        room = "desk:administration"
    elif user.has_role(Role.MEDIATOR, Role.COORDINATOR):
        room = "mediation:home"
    elif user.has_role(Role.PARTNER_NCP):
        room = "desk:shared"
    elif user.has_role(Role.EXPERT):
        room = "desk:asked"
    elif user.roles:
        room = "accounts:profile"
    else:
        room = "portal:home"
    return redirect(context.link(room) or "home")


def local_path(request: HttpRequest, target: str) -> str:
    """Return a path of this site, or "/" when the target leads anywhere else."""
    if target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts=None, require_https=request.is_secure()
    ):
        return target
    return "/"


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the language in a cookie and return to the page; needs neither session nor script."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = redirect(local_path(request, request.GET.get("next", "/")))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    return response


@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, forget what this site left in the browser, and show a harmless page."""
    # A foreign page may not sign people out; an old browser does not say where it comes from.
    if request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}:
        request.session.flush()
    response = redirect(settings.QUICK_EXIT_URL)
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Only what is published may be indexed."""
    lines = ["User-agent: *", "Allow: /$", "Allow: /register/", "Allow: /static/", "Disallow: /"]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('register:sitemap')}")
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    patch_cache_control(response, public=True, max_age=3600)
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("img/favicon.svg"), permanent=False)


# Errors


def _typed(request: HttpRequest) -> list[str]:
    """Return the longer texts of a form that was not saved, so that nobody types them twice."""
    texts = []
    for name, values in request.POST.lists():
        if name == "csrfmiddlewaretoken" or "password" in name or "code" in name:
            continue
        texts += [value for value in values if len(value) > 40 or "\n" in value or " " in value]
    return texts


def conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    return render(
        request, "409.html", {"message": error.message, "typed": _typed(request)}, status=409
    )


def refused_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return render(
        request, "400.html", {"problems": error.messages, "typed": _typed(request)}, status=400
    )


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", {"typed": _typed(request)}, status=403)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if api_errors.is_of_a_program(request):
        return api_errors.problem(400)
    return render(request, "400.html", {"problems": []}, status=400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if api_errors.is_of_a_program(request):
        return api_errors.problem(403)
    said: Any = exception.args[0] if exception.args else ""
    message = said if isinstance(exception, PermissionDenied) else ""
    return render(request, "403.html", {"message": message}, status=403)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if api_errors.is_of_a_program(request):
        return api_errors.problem(404)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the page of a failure without asking the session or the database, which may be down."""
    if api_errors.is_of_a_program(request):
        return api_errors.problem(500)
    said = context.public(request, branding.known())
    html = render_to_string("500.html", {**said, "title": _("Something failed")})
    return HttpResponse(html, status=500)
