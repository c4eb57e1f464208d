"""Reminders of tasks: the day before, on the day, and once they are late, to who is to do them."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection, transaction

from cases.services.deadlines import today

RUNGS = (-1, 0, 1, 7)
"""Days from the due date, reminders negative."""

# The last rung that was reached, as with deadlines: what was missed before it is not made up for,
# and one written already is left alone by the unique key.
_SQL = """
INSERT INTO notifications_outboxmessage
    (id, case_id, task_id, due_on, rung, created_at, tries, next_try_at)
SELECT gen_random_uuid(), reached.case_id, reached.id, reached.due_on, reached.rung,
       now(), 0, now()
FROM (
    SELECT DISTINCT ON (t.id) t.id, t.case_id, t.due_on, r.rung
    FROM cases_task t CROSS JOIN unnest(%(rungs)s::int[]) AS r(rung)
    WHERE t.done_at IS NULL AND t.due_on <= %(horizon)s AND t.due_on + r.rung <= %(today)s
    ORDER BY t.id, r.rung DESC
) reached
WHERE reached.rung >= 0 OR reached.due_on > %(today)s
ON CONFLICT DO NOTHING
"""


def sweep(*, on: date | None = None) -> int:
    """Write a message for every rung that an open task reached by a day of the NCP's calendar.

    Returns how many messages are new; twice on a day, none.
    """
    day = on or today()
    values = {"rungs": list(RUNGS), "today": day, "horizon": day - timedelta(days=min(RUNGS))}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        return cursor.rowcount
