"""Rows that wait for a worker are leased one at a time, so that two workers never do the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone


@transaction.atomic
def lease_oldest(rows: QuerySet[Any], *, lease: timedelta) -> Any | None:
    """Take the row that has waited longest: another worker skips it, and a killed worker's row is
    found again.

    Args:
        rows: of a model with `created_at`, `tries` and `next_try_at`.
        lease: how long the row is left alone after the first try; longer after each further one.
    """
    now = timezone.now()
    waiting = rows.filter(next_try_at__lte=now).order_by("created_at")
    row = waiting.select_for_update(skip_locked=True, of=("self",)).first()
    if row is not None:
        row.tries += 1
        row.next_try_at = now + lease * row.tries
        row.save(update_fields=["tries", "next_try_at"])
    return row
