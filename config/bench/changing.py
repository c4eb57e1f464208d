"""Changes between requests: what pages cost when they must be made anew."""

from __future__ import annotations

from collections.abc import Callable

import psycopg2

from cases import change_number


def counter(database: str) -> Callable[[], None]:
    """Return what counts a change in a database, as any write does."""
    raw = psycopg2.connect(database)
    raw.autocommit = True

    def change() -> None:
        with raw.cursor() as cursor:
            cursor.execute("SELECT nextval(%s)", [change_number.SEQUENCE])

    return change


def anew(change: Callable[[], None], call: Callable[[], float]) -> Callable[[], float]:
    """Return a call before which something has changed; the change is not timed."""

    def changed() -> float:
        change()
        return call()

    return changed
