"""One number for "nothing has changed": it grows with every write to a table that pages show.

A page that is dear to make may be kept as long as the number is the same (`desk.kept`). The number
is exact, not a guess by time: a trigger counts every statement, whoever makes it, and a write that
has counted but is not visible yet is known by its lock, so that nothing read beside it is kept.
"""

# ruff: noqa: S608 - names of tables come from the models, nothing comes from people

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import connection, connections, models

APPS = frozenset(
    {"accounts", "cases", "desk", "documents", "intake", "mediation", "office", "portal"}
    | {"sealing", "statements"}
)
"""Apps of whose tables a page of the desk may show something."""

NOT_COUNTED = {
    "accounts.KeptAnswer": "answers of the API, shown on no page",
    "accounts.OneTimeLink": "sent by mail, shown on no page",
    "accounts.PersonalToken": "shown on one's own account; written with every use of the API",
    "accounts.SecurityMail": "mails about one's own account, shown on no page of the desk",
    "accounts.Tally": "wrong sign-ins and requests of programs, shown on no page",
    "cases.Change": "written with what it tells of; the pages that show it are never kept",
    "cases.HistoryCheck": "shown by the administrator's page, which is never kept",
    "cases.MeetingText": "of the search, which is never kept",
    "cases.MessageReading": "the log of who was shown a message; the page that tells is never kept",
    "cases.Reading": "the log of reads: reading changes no page that is kept",
    "cases.SearchState": "of the search, which is never kept",
    "cases.SearchText": "of the search, which is never kept",
    "cases.StagedChange": "on its way to `Change`",
    "intake.Draft": "not filed yet",
    "portal.LinkRequest": "sign-in by mail, shown on no page",
}
"""Models without a trigger, with the reason."""

SEQUENCE = "good_offices_change_number"
LOCK = (0x600D, 0x0FF1)
"""The advisory lock that every counted transaction holds to its end, shared."""

FUNCTIONS = f"""
CREATE SEQUENCE IF NOT EXISTS {SEQUENCE};
CREATE OR REPLACE FUNCTION good_offices_count_change() RETURNS trigger AS $body$
BEGIN
  PERFORM pg_advisory_xact_lock_shared({LOCK[0]}, {LOCK[1]});
  PERFORM nextval('{SEQUENCE}');
  RETURN NULL;
END
$body$ LANGUAGE plpgsql;
CREATE OR REPLACE FUNCTION good_offices_changes_settled() RETURNS bigint AS $body$
DECLARE
  counted bigint;
BEGIN
  -- The number first: whoever counted before it is either still seen by its lock or has committed.
  SELECT last_value INTO counted FROM {SEQUENCE};
  PERFORM 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = {LOCK[0]}
    AND objid = {LOCK[1]} AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
  IF FOUND THEN RETURN NULL; END IF;
  RETURN counted;
END
$body$ LANGUAGE plpgsql VOLATILE
"""

TRIGGER = "zz_count_change"


@lru_cache(maxsize=1)
def counted() -> dict[str, type[models.Model]]:
    """Return every model whose writes are counted, by its label."""
    return {
        model._meta.label: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in APPS
        and model._meta.label not in NOT_COUNTED
        and model._meta.managed
        and not model._meta.proxy
    }


def current() -> int | None:
    """Return the number of changes, or None while one is under way: one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT good_offices_changes_settled()")
        return cursor.fetchone()[0]


def install(*, using: str = "default", **_kwargs: Any) -> None:
    """Put the triggers on the counted tables; after every `migrate`, nothing where all is so."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        tables = sorted({model._meta.db_table for model in counted().values()} & present)
        digest = hashlib.sha256((FUNCTIONS + ",".join(tables)).encode()).hexdigest()
        cursor.execute(
            "SELECT obj_description(oid, 'pg_proc') FROM pg_proc "
            "WHERE proname = 'good_offices_count_change'"
        )
        if cursor.fetchone() == (digest,):
            return
        cursor.execute(FUNCTIONS)
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = %s",
            [TRIGGER],
        )
        for (table,) in cursor.fetchall():
            if table not in tables:
                cursor.execute(f"DROP TRIGGER {TRIGGER} ON {table}")
        for table in tables:
            cursor.execute(
                f"CREATE OR REPLACE TRIGGER {TRIGGER} "
                f"AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION good_offices_count_change()"
            )
        cursor.execute(f"COMMENT ON FUNCTION good_offices_count_change() IS '{digest}'")
