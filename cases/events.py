"""The history of a case: a chain of keyed MACs that proves itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from cases import changes
from cases.kinds import EventKind
from cases.models import Case, CaseEvent
from cases.signals import event_recorded
from sealing import chain

if TYPE_CHECKING:
    from accounts.models import User


def record_event(
    case: Case,
    kind: EventKind,
    *,
    by: User | None,
    at: datetime | None = None,
    changed: list[changes.Changed] | None = None,
    is_told: bool = True,
    **data: Any,
) -> CaseEvent:
    """Add to the history of a locked case, move its deadlines, and wake whoever must be told.

    What changed in the watched tables since the event before goes on record with it.

    Args:
        case: locked in this transaction; its row is saved here.
        changed: what was taken from the staging table already.
        is_told: False for the past of a case that is loaded from an older register.
        data: ids, codes and digests only, never personal text.
    """
    event = CaseEvent(
        case=case,
        sequence=case.history_length + 1,
        kind=kind,
        at=at or timezone.now(),
        by=by,
        data={name: _plain(value) for name, value in sorted(data.items()) if value is not None},
    )
    case.history_length = event.sequence
    case.row_version += 1
    case.changed_at = event.at
    before = case.history_head or chain.FIRST

    from cases.services import deadlines

    if case._state.adding:
        # A case that is only now written changed nothing; one statement less for who files.
        event.mac = case.history_head = chain.mac(event.row(), before=before)
        event.save(force_insert=True)
        deadlines.follow(case, event)
        case.save()
    else:
        deadlines.follow(case, event)
        case.save()
        changed = [*(changed or []), *changes.take(case)]
        if changed:
            event.data["changes"] = [item.digest(event.pk) for item in changed]
        event.mac = case.history_head = chain.mac(event.row(), before=before)
        event.save(force_insert=True)
        if changed:
            changes.keep(case, event, changed)
        type(case).objects.filter(pk=case.pk).update(history_head=event.mac)
    case.acted_by = by  # type: ignore[attr-defined]
    if is_told:
        event_recorded.send(CaseEvent, event=event, case=case)
    return event


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)


CUT = gettext_noop("the history does not end as the case says")


@dataclass(frozen=True)
class Fault:
    """Where a history does not hold: the case, the sequence number and why."""

    case_id: str
    sequence: int
    why: str


def verify(case: Case) -> Iterator[Fault]:
    """Recompute the chain of a case and yield every fault: changed, missing, added, cut,
    reordered; and what does not hold of the changes beside the events."""
    before, expected = chain.FIRST, 1
    last = None
    events = list(case.events.order_by("sequence"))
    for event in events:
        if event.sequence != expected:
            yield Fault(str(case.pk), expected, gettext_noop("the entry is missing"))
        elif chain.mac(event.row(), before=before) != event.mac:
            yield Fault(str(case.pk), event.sequence, gettext_noop("the entry was changed"))
        before, expected, last = event.mac, event.sequence + 1, event
    length = last.sequence if last else 0
    if (length, last.mac if last else "") != (case.history_length, case.history_head):
        yield Fault(str(case.pk), max(length, case.history_length), CUT)
    for sequence, why in sorted(changes.faults(case, events).items()):
        yield Fault(str(case.pk), sequence, why)
