"""The beginnings of invented cases: when a submission came, under which key it is known."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from cases.calendar import local_date

YEARS = 14
PREFIX = "synthetic-"


@dataclass(frozen=True)
class Arrival:
    """When a submission came, and when it was registered, or never (not within this walk)."""

    received_at: datetime
    registered_on: date | None
    is_declined: bool


def arrival(seed: int, number: int, now: datetime) -> Arrival:
    """Return the beginning of a case alone, so that references can be given before the walk."""
    dice = random.Random(f"{seed}/{number}/arrival")
    age = YEARS * 365.25 * dice.random() ** 1.4  # there are more of them every year
    day = (now - timedelta(days=age)).astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    received_at = min(moment_on(dice, day), now - timedelta(minutes=90))
    waits = timedelta(days=dice.randint(4, 35))
    is_declined = dice.random() < 0.27
    registered_on = local_date(received_at, settings.TIME_ZONE) + waits
    today = local_date(now, settings.TIME_ZONE)
    if is_declined or registered_on >= today:
        return Arrival(received_at, None, is_declined)
    return Arrival(received_at, registered_on, is_declined)


def moment_on(dice: random.Random, day: date) -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    clock = time(dice.randint(8, 17), dice.randint(0, 59), dice.randint(0, 59))
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def source_key(seed: int, number: int) -> str:
    """Return the key under which an invented case is known, whatever happens to it."""
    return f"{PREFIX}{seed}-{number:08d}"
