"""How every use case begins: lock the row, check the version, the state and the person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed, can_proceed, has_transition_perm

from accounts.roles import Role
from cases import changes
from cases.errors import Gone, Stale, WrongState
from cases.events import record_event
from cases.kinds import EventKind
from cases.models import Case

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import CaseEvent


@contextmanager
def locked(case: Case, *, version: int | None = None, by: User | None = None) -> Iterator[Case]:
    """Yield the case's row, locked until the transaction ends.

    Args:
        version: the row version that the form was opened with; None where no form was open.
        by: who acts, so that a refusal tells them what they may know of what happened.

    Raises:
        Stale: somebody changed the case since; says who did what.
        Gone: the content of the case was erased.
    """
    with transaction.atomic():
        rows = Case.objects.select_for_update(no_key=True, of=("self",))
        row = rows.select_related("data_key").get(pk=case.pk)
        if row.data_key.destroyed_at:
            raise Gone(_("The content of this case was erased: nothing can be added to it."))
        if version is not None and row.row_version != version:
            raise Stale(what_happened(row, reader=by))
        yield row
        record_what_is_left(row, by=by)


def record_what_is_left(case: Case, *, by: User | None) -> None:
    """Put on record what was changed after the last event, or without one.

    Args:
        case: locked in this transaction.
        by: who acts; None: whoever recorded the last event in this transaction, or the system.
    """
    changed = changes.take(case)
    if not changed:
        return
    fresh = Case.objects.get(pk=case.pk)
    by = by or getattr(case, "acted_by", None)
    record_event(fresh, EventKind.DETAILS_CHANGED, by=by, changed=changed)
    for name in ("history_length", "history_head", "row_version", "changed_at"):
        setattr(case, name, getattr(fresh, name))


def perform(move: Callable[..., None], *, by: User, **arguments: Any) -> None:
    """Call a transition: first the state, then the person, then the move.

    Raises:
        WrongState: the case is not in a state from which this leads on; says who did what last.
        PermissionDenied: the person may not do this.
    """
    case = move.__self__  # type: ignore[attr-defined]
    if not can_proceed(move):
        raise WrongState(what_happened(case, reader=by))
    if not has_transition_perm(move, by):  # type: ignore[arg-type]
        raise PermissionDenied
    try:
        move(**arguments)
    except TransitionNotAllowed as error:
        raise WrongState(what_happened(case, reader=by)) from error


def require(allowed: bool) -> None:
    """Refuse (403) what the person may not do."""
    if not allowed:
        raise PermissionDenied


def require_state(case: Case, *states: str) -> None:
    """Refuse (409) what does not fit the state of the case."""
    if case.state not in states:
        raise WrongState(what_happened(case))


def what_happened(case: Case, *, reader: User | None = None) -> str:
    """Return a sentence that says what was done last and who did it, without case content.

    Args:
        reader: who asks; a party or a mediator is told of the last event of those that they read
            in the history, and of nobody's name. Without a reader: what both sides read.
    """
    from cases.disclosure import NCP_READS_ALL, Audience, audience_of, may_read_event

    to = audience_of(case, reader) if reader else Audience.MEDIATOR
    events = case.events.select_related("by").order_by("-sequence")
    last = next((event for event in events if may_read_event(event, to)), None)
    if last is None:
        return _("The case has changed since you opened this page.")
    values = {
        "what": last.label,
        "who": _who(last, names_people=to in NCP_READS_ALL),
        "state": case.get_state_display(),
    }
    return (
        _("The case has changed: “%(what)s” was recorded by %(who)s. It is now: %(state)s.")
        % values
    )


def _who(event: CaseEvent, *, names_people: bool) -> str:
    if event.by is None:
        return _("the system")
    if not event.by.roles:
        return _("a party")
    if names_people:
        return event.by.name
    if event.by.has_role(Role.COORDINATOR, Role.MEDIATOR):
        return _("the mediation body")
    return _("the office")
