"""The beginnings of invented cases: when a submission came, under which key it is known."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

YEARS = 14
PREFIX = "synthetic-"


@dataclass(frozen=True)
class Arrival:
    """When a submission came, and when it was registered, or never (not within this walk)."""

    received_at: datetime
    registered_on: date | None
    is_declined: bool


def arrival(seed: int, number: int, now: datetime) -> Arrival:
    """Return the beginning of a case alone, so that references can be given before the walk.

    Args:
        now: the end of all walks, in the time zone of the NCP.
    """
    dice = random.Random(f"{seed}/{number}/arrival")
    age = YEARS * 365.25 * dice.random() ** 1.4  # there are more of them every year
    day = (now - timedelta(days=age)).date()
    received_at = min(moment_on(dice, day, now.tzinfo), now - timedelta(minutes=90)).astimezone(UTC)
    waits = timedelta(days=dice.randint(4, 35))
    is_declined = dice.random() < 0.27
    registered_on = received_at.astimezone(now.tzinfo).date() + waits
    if is_declined or registered_on >= now.date():
        return Arrival(received_at, None, is_declined)
    return Arrival(received_at, registered_on, is_declined)


def moment_on(dice: random.Random, day: date, zone: tzinfo | None) -> datetime:
    """Return a moment of office hours."""
    seconds = int(dice.random() * 36_000)
    clock = time(8 + seconds // 3600, seconds // 60 % 60, seconds % 60)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def source_key(seed: int, number: int) -> str:
    """Return the key under which an invented case is known, whatever happens to it."""
    return f"{PREFIX}{seed}-{number:08d}"
