"""The same pages with many cases and with few, in turn, made anew each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

import psycopg2
from django.urls import reverse

from config.bench import changing
from config.bench.lines import Line
from config.bench.timing import Browser, in_turn

RUNS, COUNT = 3, 30


def measure(
    browsers: tuple[Browser, Browser],
    worklist: str,
    cases: list[str],
    databases: tuple[str, str],
    sizes: tuple[int, int],
) -> Iterator[Line]:
    """Yield how much dearer worklist, overdue and case page are with many cases than with few.

    Args:
        browsers, databases, sizes: of many cases, of few.
        cases: pages of the many.
    """
    turns = cycle(cases[:10]), cycle(_newest(databases[1]))
    calls: dict[str, Callable[[], float]] = {}
    for place, (browser, database) in enumerate(zip(browsers, databases, strict=True)):
        change = changing.counter(database)
        for name, path in (("worklist", worklist), ("overdue", f"{worklist}?late=late")):
            calls[f"{name} {place}"] = changing.anew(
                change,
                lambda browser=browser, path=path: browser.seconds(path),  # type: ignore[misc]
            )
        calls[f"case page {place}"] = changing.anew(
            change,
            lambda browser=browser, turn=turns[place]: browser.seconds(next(turn)),  # type: ignore[misc]
        )
    found = in_turn(calls, runs=RUNS, count=COUNT)
    for name in ("worklist", "overdue", "case page"):
        yield Line(
            f"{name}, {sizes[0]:,} cases beside {sizes[1]:,}",
            found[f"{name} 0"].median * 1e3,
            found[f"{name} 1"].median * 1e3,
            1.15,
        )


def _newest(database: str) -> list[str]:
    raw = psycopg2.connect(database)
    try:
        with raw.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM cases_case WHERE source_key LIKE 'synthetic-%' "
                "ORDER BY received_at DESC LIMIT 200"
            )
            return [reverse("desk:case", args=[pk]) for (pk,) in cursor.fetchall()[::20]]
    finally:
        raw.close()
