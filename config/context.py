"""What every page is given. Nothing here asks the database until a template shows it; how the NCP
shows itself is asked once in half a minute.

`public` needs neither session nor user, so that the register can run as its own process;
`site` adds the rooms of the person who is signed in.
"""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.language import name_of
from accounts.roles import STAFF, Role
from register import branding
from register.branding import Branding

"""Each language by its own name, whatever the language of the page."""

ROOMS = (
    ("desk:worklist", _("Desk"), STAFF - {Role.ADMINISTRATOR}),
    ("mediation:home", _("Mediation"), frozenset({Role.MEDIATOR, Role.COORDINATOR})),
    ("desk:shared", _("Shared cases"), frozenset({Role.PARTNER_NCP})),
    ("desk:asked", _("Questions to you"), frozenset({Role.EXPERT})),
    ("desk:administration", _("Administration"), frozenset({Role.ADMINISTRATOR})),
)


def shown_office(shown: Branding) -> dict[str, Any]:
    """Return what pages say of the NCP, in the language of the page."""
    name, digest = shown.text("names"), shown.digest
    return {
        "ncp_name": name,
        "ncp_contact": {
            "email": shown.email,
            "phone": shown.phone,
            "address": shown.text("addresses"),
            "hours": shown.text("hours"),
            "legal_basis": shown.text("legal_bases"),
        },
        "ncp_colours": link("register:colours", digest) if shown.colours else "",
        "ncp_logo": link("register:logo", digest) if shown.logo else "",
    }


def link(name: str, *args: Any) -> str:
    """Return the address of a page, or "" where this process does not serve it.

    A process that serves only a part names the others in `SITE_LINKS`.
    """
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return getattr(settings, "SITE_LINKS", {}).get(name, "")


def _nav(request: HttpRequest, *items: tuple[str, Any]) -> list[dict[str, Any]]:
    nav = []
    for name, label in items:
        if url := link(name):
            nav.append({"label": label, "url": url, "current": request.path.startswith(url)})
    here = max((len(item["url"]) for item in nav if item["current"]), default=0)
    for item in nav:
        item["current"] = item["current"] and len(item["url"]) == here
    return nav


def _languages(request: HttpRequest) -> list[dict[str, Any]]:
    now = get_language()
    place = urlencode({"next": request.get_full_path()})
    return [
        {
            "code": code,
            "name": name_of(code),
            "current": code == now,
            "url": f"{link('language', code)}?{place}",
        }
        for code, _name in settings.LANGUAGES
    ]


def public(request: HttpRequest, shown: Branding | None = None) -> dict[str, Any]:
    """Return what pages without session and user need too.

    Args:
        shown: how the NCP shows itself, where the database must not be asked for it.
    """
    return {
        **shown_office(shown or branding.current()),
        "ncp_country": settings.NCP_COUNTRY,
        "demonstration": settings.DEMONSTRATION,
        "quick_exit": settings.QUICK_EXIT_URL,
        "languages": SimpleLazyObject(lambda: _languages(request)),
        "links": {
            "home": link("home") or "/",
            "leave": link("leave"),
            "submit": link("intake:start"),
            "portal": link("portal:home"),
            "register": link("register:list"),
            "help": link("help"),
            "sign_out": link("account_logout"),
            "demo": link("demo"),
        },
        "site_nav": SimpleLazyObject(
            lambda: _nav(
                request,
                ("register:list", _("Published cases")),
                ("intake:start", _("Tell us about harm")),
                ("portal:home", _("Follow my case")),
                ("help", _("Help")),
            )
        ),
        "footer_nav": SimpleLazyObject(
            lambda: _nav(
                request,
                ("privacy", _("Privacy")),
                ("accessibility", _("Accessibility")),
                ("help", _("What this office can do")),
                ("account_login", _("Sign in for staff and mediators")),
            )
        ),
        "open_nav": SimpleLazyObject(
            lambda: _nav(
                request,
                ("register:open_data", _("Open data")),
                ("api-docs", _("Programming interface (API)")),
                ("verify", _("Check a receipt")),
            )
        ),
    }


def _rooms(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    rooms = _nav(request, *[(name, label) for name, label, roles in ROOMS if user.has_role(*roles)])
    if not user.roles:
        rooms += _nav(request, ("portal:home", _("My case")))
    rooms += _nav(
        request, ("notifications:inbox", _("Notices")), ("accounts:profile", _("My account"))
    )
    return rooms


def site(request: HttpRequest) -> dict[str, Any]:
    """The context processor: see the module."""
    return {**public(request), "person_rooms": SimpleLazyObject(lambda: _rooms(request))}
