"""Reminders before a due date and word that it has passed, by the rungs of each case's rule set."""

from __future__ import annotations

import json
from datetime import date, timedelta

from django.db import connection, transaction

from cases import rules
from cases.models import Case
from cases.services.deadlines import RUN_THROUGH_PAUSES, today

BATCH = 1000

# For each open deadline the last rung that was reached, if it is of use: a reminder only while
# the due date has not passed. Rungs missed before it are not made up for; one written already is
# left alone by the unique key. Rungs that a case had reached before it was loaded from an older
# register stay unsaid.
_SQL = """
WITH rungs AS (
    SELECT * FROM jsonb_to_recordset(%(rungs)s::jsonb) AS r(rule_set text, kind text, rung int)
), batch AS (
    SELECT d.id, d.case_id, d.kind, d.due_on
    FROM cases_deadline d
    WHERE d.met_on IS NULL AND d.cancelled_on IS NULL
      AND d.due_on <= %(horizon)s
      AND (d.due_on, d.id) > (%(last_due)s, %(last_id)s)
    ORDER BY d.due_on, d.id
    LIMIT %(size)s
), written AS (
    INSERT INTO notifications_outboxmessage
        (id, case_id, deadline_id, due_on, rung, created_at, tries, next_try_at)
    SELECT gen_random_uuid(), reached.case_id, reached.id, reached.due_on, reached.rung,
           now(), 0, now()
    FROM (
        SELECT DISTINCT ON (b.id) b.id, b.case_id, b.due_on, r.rung
        FROM batch b
        JOIN cases_case c ON c.id = b.case_id
        JOIN rungs r ON r.rule_set = c.rule_set AND r.kind = b.kind
        WHERE b.due_on + r.rung <= %(today)s
          AND (b.kind = ANY(%(unpaused)s) OR NOT EXISTS (
              SELECT 1 FROM cases_pause p WHERE p.case_id = b.case_id AND p.until IS NULL
          ))
          AND (c.channel <> 'imported' OR NOT EXISTS (
              SELECT 1 FROM cases_caseevent e
              WHERE e.case_id = b.case_id AND e.kind = 'case.loaded_open'
                AND e.at::date >= b.due_on + r.rung
          ))
        ORDER BY b.id, r.rung DESC
    ) reached
    WHERE reached.rung > 0 OR reached.due_on >= %(today)s
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM written),
       (SELECT due_on FROM batch ORDER BY due_on DESC, id DESC LIMIT 1),
       (SELECT id FROM batch ORDER BY due_on DESC, id DESC LIMIT 1)
"""


def rungs_of(rule_sets: list[str]) -> list[dict[str, object]]:
    """Return every rung of these rule sets in days from the due date, reminders negative."""
    return [
        {"rule_set": name, "kind": rule.kind, "rung": rung}
        for name in rule_sets
        for rule in rules.load(name).deadlines
        for rung in (*(-days for days in rule.reminders), *rule.escalation)
    ]


def sweep(*, on: date | None = None, batch: int = BATCH) -> int:
    """Write a message for every rung reached by a day of the NCP's calendar (today).

    One statement for each batch of deadlines, whatever their number. Running twice on a day, or
    not for three days, writes no rung twice and no rung that is out of date.

    Returns how many messages are new.
    """
    day = on or today()
    rungs = rungs_of(list(Case.objects.order_by().values_list("rule_set", flat=True).distinct()))
    if not rungs:
        return 0
    ahead = max(0, -min(int(str(item["rung"])) for item in rungs))
    values = {
        "rungs": json.dumps(rungs),
        "horizon": day + timedelta(days=ahead),
        "today": day,
        "size": batch,
        "unpaused": sorted(RUN_THROUGH_PAUSES),
        "last_due": date.min,
        "last_id": 0,
    }
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_SQL, values)
            seen, written, values["last_due"], values["last_id"] = cursor.fetchone()
        total += written
        if seen < batch:
            return total
