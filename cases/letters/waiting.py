"""Which letters a case calls for: what happened lately and was not written about yet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cases.held import held
from cases.kinds import OF_ONE_SIDE_AT_TIMES, EventKind
from cases.letters.drafts import readers
from cases.letters.wording import LetterKind, kinds

if TYPE_CHECKING:
    from cases.models import Case

LATELY = timedelta(days=30)
"""A letter about what is longer ago is written by those who wish to, and asked for no more."""


def waiting(case: Case) -> list[LetterKind]:
    """Return the kinds of letters that what happened lately calls for, in their order.

    A list of cases costs no query each: load them by `cases.dossier.load` with the parts `events`
    and `portal_letters`.
    """
    since = timezone.now() - LATELY
    happened: dict[str, Any] = {}
    for event in _rows(case, "events"):
        if event.at >= since and not (
            event.kind in OF_ONE_SIDE_AT_TIMES and event.data.get("side")
        ):
            happened[event.kind] = max(event.at, happened.get(event.kind, event.at))
    if any(event.kind == EventKind.ERASED for event in _rows(case, "events")):
        return []  # nobody is left to write to, and nothing to write of
    written: dict[str, Any] = {}
    for letter in _rows(case, "portal_letters"):
        written[letter.kind] = max(letter.sent_at, written.get(letter.kind, letter.sent_at))
    found = []
    for kind in kinds().values():
        called = [happened[code] for code in kind.after if code in happened]
        if not called or kind.is_paper or not readers(kind, case):
            continue
        if kind.outcomes and case.outcome not in kind.outcomes:
            continue
        if any(happened.get(code, since) > max(called) for code in kind.unless):
            continue
        if kind.name not in written or written[kind.name] < max(called):
            found.append(kind)
    return found


def _rows(case: Case, name: str) -> list[Any]:
    rows = held(case, name)
    return list(getattr(case, name).all()) if rows is None else rows
