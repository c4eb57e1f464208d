"""The hourly look at all deadlines, with a million of them, a hundred thousand of which are due."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.services.deadlines import today
from config.bench.lines import Line
from notifications import deadlines

DEADLINES, DUE = 1_000_000, 100_000
RUNS = 3
KIND = "initial_assessment"
MEGABYTES = 500
# Of every ten one is due on the day of its first reminder, the others a season later and more.
_FILL = """
INSERT INTO cases_deadline (case_id, kind, owed_by, opened_on, opened_by_event, target_on, due_on,
    overdue_reason, side)
SELECT ids[1 + n %% cardinality(ids)], %(kind)s, 'ncp', %(today)s, 1000000 + n,
    CASE WHEN n %% 10 = 0 THEN %(due)s ELSE %(due)s + 90 + n %% 365 END,
    CASE WHEN n %% 10 = 0 THEN %(due)s ELSE %(due)s + 90 + n %% 365 END, '', ''
FROM (SELECT array_agg(id) AS ids FROM cases_case WHERE rule_set = %(rule_set)s) AS held,
    generate_series(0, %(count)s - 1) AS n
"""
_FLOOR = """
INSERT INTO notifications_outboxmessage
    (id, case_id, deadline_id, due_on, rung, created_at, tries, next_try_at)
SELECT gen_random_uuid(), case_id, id, due_on, %(rung)s, now(), 0, now()
FROM cases_deadline
WHERE met_on IS NULL AND cancelled_on IS NULL AND due_on BETWEEN %(today)s AND %(due)s
ON CONFLICT DO NOTHING
"""


def measure() -> Iterator[Line]:
    """Yield the lines of the sweep; the database of the settings is filled with deadlines."""
    rung = _fill()
    floors, firsts, seconds, statements = [], [], [], 0
    for _ in range(RUNS):
        floors.append(_rate(lambda: _floor(rung)))
        _empty()
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            written = deadlines.sweep()
            first = time.perf_counter() - began
        statements = max(statements, len(captured))
        if written < DUE:
            raise SystemExit(f"The sweep wrote {written} reminders, {DUE} were due.")
        began = time.perf_counter()
        if again := deadlines.sweep():
            raise SystemExit(f"The second sweep of the day wrote {again} reminders again.")
        seconds.append(time.perf_counter() - began)
        firsts.append(first)
        _empty()
    first, floor = statistics.median(firsts), statistics.median(floors)
    yield Line("sweep, for each thousand reminders", first / DUE * 1e6, floor * 1e6, 2)
    yield Line("sweep, second time on a day", statistics.median(seconds) * 1e3, first * 1e3, 0.6)
    batches = DUE // deadlines.BATCH
    # A statement and the two that hold its transaction for each batch, and some to begin with.
    yield Line("sweep, statements", statements, bar=4 * batches, unit="statements")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Line("sweep, memory of the process", used, bar=MEGABYTES, unit="MB")


def _fill() -> int:
    """Add the deadlines; return the rung of the first reminder, in days from the due date."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rule_set FROM cases_case GROUP BY rule_set ORDER BY count(*) DESC LIMIT 1"
        )
        (rule_set,) = cursor.fetchone()
        rungs = [int(str(row["rung"])) for row in deadlines.rungs_of([rule_set])
                 if row["kind"] == KIND]  # fmt: skip
        rung = min(rungs)
        # What the cases themselves owe is met: only what is made here is due.
        cursor.execute("UPDATE cases_deadline SET met_on = due_on WHERE met_on IS NULL")
        cursor.execute(
            _FILL,
            {"kind": KIND, "today": today(), "due": today() - timedelta(days=rung),
             "rule_set": rule_set, "count": DEADLINES},
        )  # fmt: skip
        cursor.execute("VACUUM ANALYZE cases_deadline")
    _empty()
    return rung


def _floor(rung: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _FLOOR, {"rung": rung, "today": today(), "due": today() - timedelta(days=rung)}
        )
        return cursor.rowcount


def _rate(write: Callable[[], int]) -> float:
    """Return the seconds that each row took."""
    began = time.perf_counter()
    count = write()
    return (time.perf_counter() - began) / count


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_outboxmessage CASCADE")
