"""The database while many rows come in: indexes are built once at the end, and references that
are right as they are made are not looked up one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

_DROPPABLE = """
SELECT c.relname, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisunique
    AND (i.indpred IS NULL OR pg_get_indexdef(i.indexrelid) LIKE '%%USING gin%%')
"""
# Small indexes with a condition stay: PostgreSQL would spell it otherwise when it builds them anew.


@contextmanager
def without_indexes(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """Drop the indexes that keep no rule, and build them anew when everything is written.

    Row by row they take more time than the rows. Until then every search is slow, and finds all
    the same. The definitions lie in the database meanwhile, so that after a run that was killed
    `restore_indexes` brings them back.
    """
    names = [connection.ops.quote_name(model._meta.db_table) for model in tables]
    with transaction.atomic(), connection.cursor() as cursor:
        _settle(cursor)
        cursor.execute(_DROPPABLE, [names])
        found = cursor.fetchall()
        cursor.execute("CREATE TABLE synthetic_indexes (definition text)")
        for name, definition in found:
            cursor.execute("INSERT INTO synthetic_indexes VALUES (%s)", [definition])
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    try:
        yield
    finally:
        restore_indexes()


def restore_indexes() -> None:
    """Build the indexes whose definitions were put aside, if there are any."""
    if "synthetic_indexes" not in connection.introspection.table_names():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        _settle(cursor)
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        cursor.execute("SELECT definition FROM synthetic_indexes")
        for (definition,) in cursor.fetchall():
            cursor.execute(definition)
        cursor.execute("DROP TABLE synthetic_indexes")


def _settle(cursor: Any) -> None:
    """Check what waits to be checked: tables with pending checks cannot change."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def trusted(cursor: Any) -> Iterator[None]:
    """Write rows without their triggers, where the role may: only a superuser may.

    Most of these triggers look up each reference of each row. Everything else that a table
    demands (its form, its conditions, what is unique) is checked as ever.
    """
    cursor.execute("SELECT current_setting('is_superuser')")
    if cursor.fetchone() != ("on",):
        yield
        return
    cursor.execute("SET LOCAL session_replication_role = replica")
    yield
    cursor.execute("SET LOCAL session_replication_role = origin")
