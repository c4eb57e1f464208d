"""Tallies. They slow down and raise alarms; they never lock out a right code."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Tally
from sealing.keys import keyed_digest

_ADD = """
    INSERT INTO accounts_tally AS tally (purpose, key, began_at, count)
    VALUES (%s, %s, %s, %s)
    ON CONFLICT (purpose, key, began_at) DO UPDATE SET count = tally.count + excluded.count
    RETURNING count"""
# The setting is local to the one statement, which is a transaction of its own.
_ADD_QUICKLY = """
    WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO accounts_tally AS tally (purpose, key, began_at, count)
    SELECT %s, %s, %s::timestamptz, %s::int FROM quick
    ON CONFLICT (purpose, key, began_at) DO UPDATE SET count = tally.count + excluded.count
    RETURNING count"""


def add(purpose: str, whose: str, *, every: timedelta, amount: int = 1) -> int:
    """Count one more (or `amount`); return the count of this stretch. Two at once both count."""
    return _run(_ADD, [purpose, _key(purpose, whose), _stretch(every), amount])


def add_quickly(purpose: str, whose: str, *, every: timedelta) -> int:
    """Count one more without waiting for the disk: a crash of the database may forget the last
    moment. For what is counted at each request; within a transaction it is `add`, because the
    other rows of that transaction must reach the disk."""
    statement = _ADD if connection.in_atomic_block else _ADD_QUICKLY
    return _run(statement, [purpose, _key(purpose, whose), _stretch(every), 1])


def _run(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])


def count(purpose: str, whose: str, *, every: timedelta) -> int:
    """Return the count of this stretch."""
    row = Tally.objects.filter(
        purpose=purpose, key=_key(purpose, whose), began_at=_stretch(every)
    ).values_list("count", flat=True)
    return next(iter(row), 0)


def clear(purpose: str, whose: str) -> None:
    """Forget what was counted: it went right."""
    Tally.objects.filter(purpose=purpose, key=_key(purpose, whose)).delete()


def forget_old(*, at: datetime | None = None) -> int:
    """Delete tallies of stretches that ended more than a day ago."""
    return Tally.objects.filter(began_at__lt=(at or timezone.now()) - timedelta(days=1)).delete()[0]


def _key(purpose: str, whose: str) -> str:
    # Digests: the table of what went wrong must not become a list of who was here.
    return keyed_digest(settings.INDEX_KEY, f"tally-{purpose}", whose.encode()).hex()


def _stretch(every: timedelta) -> datetime:
    seconds = int(every.total_seconds())
    return datetime.fromtimestamp(int(timezone.now().timestamp()) // seconds * seconds, UTC)
