"""Parts of pages that are kept while nothing has changed.

The list of cases and the page of a case are read far more often than anything is written, and are
dear to make. What was made for one person is given to the same person again as long as no write to
any table that it shows was counted (`cases.change_number`), a minute at most (roles, deputies and
participations also end by the clock), and only in the memory of this process: the moment anything
changes, everything kept is dropped.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cases import change_number
from cases.services import deadlines

if TYPE_CHECKING:
    from django.http import HttpRequest

SECONDS = 60
MOST = 300
"""How long at most, and how many parts: some 15 MB of pages in each process."""

_TOKEN = secrets.token_hex(16)
"""Stands where a form has the token of the session that reads it."""


@dataclass(frozen=True)
class Part:
    """A part of a page as HTML, and what else its view must know to answer."""

    html: SafeString
    extra: Any = None


class _Store:
    """The parts of one moment; another moment begins empty."""

    def __init__(self) -> None:
        self.held: tuple[tuple[Any, ...], dict[tuple[Any, ...], Part]] = ((), {})

    def of(self, moment: tuple[Any, ...]) -> dict[tuple[Any, ...], Part]:
        # Moment and parts change as one: no thread meets the new moment with the parts of before.
        held_at, parts = self.held
        if held_at != moment or len(parts) >= MOST:
            parts = {}
            self.held = moment, parts
        return parts


_store = _Store()


def part(
    request: HttpRequest, name: str, make: Callable[[], tuple[str, dict[str, Any], Any]]
) -> Part:
    """Return a part of the page at this address for the person who asks.

    Args:
        name: of the part.
        make: returns template, context and what else the view must know; called where nothing is
            kept. Whatever it raises is passed on, and nothing is kept.
    """
    number = change_number.current()
    moment = (number, int(time.time()) // SECONDS, deadlines.today())
    user = request.user
    key = (name, user.pk, user.roles, get_language(), request.get_full_path())
    parts = _store.of(moment) if number is not None else {}
    found = parts.get(key)
    if found is None:
        template, context, extra = make()
        html = render_to_string(template, {**context, "csrf_token": _TOKEN}, request)
        found = parts[key] = Part(mark_safe(html), extra)  # noqa: S308 - a template made it
    if _TOKEN not in found.html:
        return found
    html = found.html.replace(_TOKEN, get_token(request))
    return Part(mark_safe(html), found.extra)  # noqa: S308 - only the token was put in
