"""How every use case begins: lock the row, check the version, the state and the person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed, can_proceed, has_transition_perm

from cases.errors import Stale, WrongState
from cases.models import Case

if TYPE_CHECKING:
    from accounts.models import User


@contextmanager
def locked(case: Case, *, version: int | None = None) -> Iterator[Case]:
    """Yield the case's row, locked until the transaction ends.

    Args:
        version: the row version that the form was opened with; None where no form was open.

    Raises:
        Stale: somebody changed the case since; says who did what.
    """
    with transaction.atomic():
        row = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        if version is not None and row.row_version != version:
            raise Stale(what_happened(row))
        yield row


def perform(move: Callable[..., None], *, by: User, **arguments: Any) -> None:
    """Call a transition: first the state, then the person, then the move.

    Raises:
        WrongState: the case is not in a state from which this leads on; says who did what last.
        PermissionDenied: the person may not do this.
    """
    case = move.__self__  # type: ignore[attr-defined]
    if not can_proceed(move):
        raise WrongState(what_happened(case))
    if not has_transition_perm(move, by):  # type: ignore[arg-type]
        raise PermissionDenied
    try:
        move(**arguments)
    except TransitionNotAllowed as error:
        raise WrongState(what_happened(case)) from error


def require(allowed: bool) -> None:
    """Refuse (403) what the person may not do."""
    if not allowed:
        raise PermissionDenied


def require_state(case: Case, *states: str) -> None:
    """Refuse (409) what does not fit the state of the case."""
    if case.state not in states:
        raise WrongState(what_happened(case))


def what_happened(case: Case) -> str:
    """Return a sentence that says what was done last and who did it, without case content."""
    last = case.events.select_related("by").order_by("-sequence").first()
    if last is None:
        return _("The case has changed since you opened this page.")
    who = last.by.name if last.by and last.by.roles else _("a party")
    return _("The case has changed: “%(what)s” was recorded by %(who)s. It is now: %(state)s.") % {
        "what": last.get_kind_display(),
        "who": who if last.by else _("the system"),
        "state": case.get_state_display(),
    }
