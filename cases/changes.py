"""What an event changed: taken from the staging table, sealed beside the event, and proved.

An event's `data["changes"]` lists one keyed digest per changed value. The values themselves lie in
`Change`, sealed under the case's key: after an erasure they are gone and the digests alone stay.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, models
from django.utils.translation import gettext_noop

from cases.kinds import EventKind
from cases.models import Change
from sealing import chain
from sealing.fields import ERASED

if TYPE_CHECKING:
    from cases.models import Case, CaseEvent

REMOVED = "(row)"
"""Stands for the field where a whole row was removed; its values are one JSON object."""


@dataclass(frozen=True)
class Changed:
    """One value before and after, as JSON texts; `after` is "" where the row was removed."""

    model: str
    row: str
    field: str
    before: str
    after: str

    def digest(self, event_id: Any) -> str:
        """Return the keyed digest by which the history holds this change."""
        words = [self.model, self.row, self.field, self.before, self.after]
        return chain.text_digest(json.dumps(words, ensure_ascii=False), salt=str(event_id))


def take(case: Case) -> list[Changed]:
    """Take what was staged for a locked case; what changed back, or only its sealing, is left out.

    The caller records an event with it in the same transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH taken AS (DELETE FROM cases_stagedchange WHERE case_id = %s "
            'RETURNING id, model, "row", before, after) SELECT * FROM taken ORDER BY id',
            [str(case.pk)],
        )
        staged = cursor.fetchall()
    if not staged:
        return []
    values: dict[tuple[str, str, str], list[str]] = {}
    removed: list[Changed] = []
    for _id, label, row, before, after in staged:
        model = apps.get_model(label)
        was, became = _read(model, before), _read(model, after)
        if became is None:
            earlier = {
                key: values.pop(key) for key in list(values) if (key[0], key[1]) == (label, row)
            }
            for (_label, _row, name), (first, _last) in earlier.items():
                was[name] = json.loads(first)
            removed.append(Changed(label, row, REMOVED, _text(was), ""))
            continue
        for name, value in was.items():
            held = values.setdefault((label, row, name), [_text(value), ""])
            held[1] = _text(became[name])
    changed = [Changed(*key, first, last) for key, (first, last) in values.items() if first != last]
    return changed + removed


def _read(model: type[models.Model], values: Any) -> Any:
    """Return field names and readable values of a staged row."""
    if values is None:
        return None
    row = json.loads(values) if isinstance(values, str) else values
    fields = {field.column: field for field in model._meta.local_fields}
    read = {}
    for column, value in row.items():
        field: Any = fields.get(column)
        if value and hasattr(field, "from_db_value") and not isinstance(field, models.JSONField):
            value = field.from_db_value(value, None, connection)
            value = "" if value == ERASED else value
        read[field.name if field is not None else column] = value
    return read


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def keep(case: Case, event: CaseEvent, changed: Iterable[Changed]) -> None:
    """Write the changes of an event, sealed under the case's key."""
    Change.objects.bulk_create(
        Change(
            case=case,
            event=event,
            place=place,
            model=item.model,
            row=item.row,
            field=item.field,
            before=item.before,
            after=item.after,
        )
        for place, item in enumerate(changed)
    )


def faults(case: Case, events: Iterable[CaseEvent]) -> dict[int, str]:
    """Return what does not hold between the digests of the events and the changes kept, by
    sequence number: changed, missing or added.

    Of a case that was erased, or of which somebody was, changes may be missing; none may differ.
    """
    kept: dict[Any, dict[int, Change]] = defaultdict(dict)
    for row in case.changes.all():
        kept[row.event_id][row.place] = row
    events = list(events)
    # Asked of the chain itself: a row that says "erased" could be added by whoever removes changes.
    may_be_missing = any(
        event.kind in (EventKind.ERASED, EventKind.PERSON_ERASED) for event in events
    )
    found = {}
    for event in events:
        digests = event.data.get("changes", [])
        rows = kept.pop(event.pk, {})
        for place, digest in enumerate(digests):
            if place not in rows:
                if not may_be_missing:
                    found[event.sequence] = gettext_noop("a recorded change is missing")
                continue
            held = rows.pop(place)
            value = Changed(held.model, held.row, held.field, held.before, held.after)
            if value.digest(event.pk) != digest:
                found[event.sequence] = gettext_noop("a recorded change was altered")
        if rows:
            found[event.sequence] = gettext_noop("a change was added")
    if kept:
        found[0] = gettext_noop("changes belong to no entry")
    return found
