"""Which tables are watched for changes, as data, and the trigger that watches them.

A trigger sees every statement: a service, a bulk update, a hand in the database. It writes what
changed to `StagedChange`; the next event of the case takes it (`cases.changes`). Whatever hangs on
a case is watched unless it is listed here with the reason why not; tests walk all models.
"""

# ruff: noqa: S608 - names of tables and columns come from the models, nothing comes from people

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, connections, models

if TYPE_CHECKING:
    from cases.models import Case

APPS = frozenset({"cases", "mediation", "statements", "intake", "portal", "desk"})
"""Apps whose tables can hold something of a case that people decide or write."""

NOT_WATCHED = {
    "cases.CaseEvent": "the chain itself: it never changes",
    "cases.ChainHead": "signed, it never changes",
    "cases.Submission": "sealed as it was sent, it never changes",
    "cases.Change": "what this writes",
    "cases.StagedChange": "what this writes",
    "cases.Reading": "the log of reads, which only grows",
    "cases.MessageReading": "the log of who was shown a message, which only grows",
    "cases.Erasure": "proposed and confirmed by events, fixed once it is done",
    "cases.HistoryCheck": "a run of a check, of no case",
    "cases.ReferenceCounter": "a counter, of no case",
    "cases.SearchText": "follows from the rows that it indexes",
    "cases.SearchState": "follows from the rows that it indexes",
    "intake.Draft": "not filed yet",
    "mediation.Session": "the room is walled off",
    "mediation.RoomNote": "the room is walled off",
    "mediation.RoomDocument": "the room is walled off",
    "mediation.MediationOutcome": "reported once, by an event; an agreement leaves by its release",
    "mediation.IssueOutcome": "part of that report",
}
"""Models without a trigger, with the reason."""

NEVER = frozenset({"row_version", "changed_at", "history_length", "history_head"})
"""Columns that follow from others wherever they occur; those that end in `_index` do too."""

FOLLOWS = {
    "cases.Case": frozenset({"next_due_on", "next_due_kind"}),
    "cases.Message": frozenset({"deadline_id"}),
    "statements.Statement": frozenset(),
}
"""Columns of a model that are computed from what is watched elsewhere."""

FUNCTION = """
CREATE OR REPLACE FUNCTION good_offices_stage_change() RETURNS trigger AS $body$
DECLARE
  of_case uuid; kept jsonb; now_row jsonb; was jsonb; became jsonb;
BEGIN
  EXECUTE TG_ARGV[1] INTO of_case USING OLD;
  IF of_case IS NULL OR current_setting('good_offices.erasing', true) = of_case::text THEN
    RETURN NULL;
  END IF;
  kept := to_jsonb(OLD) - TG_ARGV[2]::text[];
  IF TG_OP = 'UPDATE' THEN
    now_row := to_jsonb(NEW);
    SELECT jsonb_object_agg(key, value), jsonb_object_agg(key, now_row -> key) INTO was, became
      FROM jsonb_each(kept) WHERE now_row -> key IS DISTINCT FROM value;
    IF was IS NULL THEN RETURN NULL; END IF;
  ELSE
    was := kept;
  END IF;
  INSERT INTO cases_stagedchange (case_id, model, "row", before, after, at)
    VALUES (of_case, TG_ARGV[0], to_jsonb(OLD) ->> TG_ARGV[3], was, became, clock_timestamp());
  RETURN NULL;
END
$body$ LANGUAGE plpgsql
"""

TRIGGER = "zz_stage_change"
"""Named so that it fires after the triggers that refuse a change."""


@contextmanager
def unwatched(case: Case) -> Iterator[None]:
    """Let words of a locked case go without a copy in its history, as the law asks of what nobody
    needs any more. What is changed in the block must be told of by an event of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('good_offices.erasing', %s, true)", [str(case.pk)])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('good_offices.erasing', '', true)")


@lru_cache(maxsize=1)
def watched() -> dict[str, type[models.Model]]:
    """Return every model that is watched, by its label."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label
        if model._meta.app_label not in APPS or label in NOT_WATCHED or _is_derived(model):
            continue
        if path_to_case(model) is not None:
            found[label] = model
    return found


def _is_derived(model: type[models.Model]) -> bool:
    """Tell whether a table is an index for search: it is made anew from the rows it follows."""
    return any(isinstance(field, SearchVectorField) for field in model._meta.local_fields)


def path_to_case(
    model: type[models.Model], *, within: frozenset[str] = APPS
) -> tuple[str, ...] | None:
    """Return the shortest way from a row to its case by foreign keys; () for the case itself.

    A way on which no foreign key may be empty goes first, however long: over another one, the rows
    in which it is empty would belong to no case.

    Args:
        within: labels of the apps whose tables the way may pass.
    """
    if model._meta.label == "cases.Case":
        return ()
    return _way(model, within, is_sure=True) or _way(model, within, is_sure=False)


def _way(
    model: type[models.Model], within: frozenset[str], *, is_sure: bool
) -> tuple[str, ...] | None:
    queue: deque[tuple[type[models.Model], tuple[str, ...]]] = deque([(model, ())])
    seen = {model}
    while queue:
        at, path = queue.popleft()
        for field in at._meta.local_fields:
            if not field.remote_field or not (field.many_to_one or field.one_to_one):
                continue
            if is_sure and field.null:
                continue
            to: Any = field.related_model
            if to._meta.label == "cases.Case":
                return (*path, field.name)
            if to not in seen and to._meta.app_label in within:
                seen.add(to)
                queue.append((to, (*path, field.name)))
    return None


def ignored(model: type[models.Model]) -> frozenset[str]:
    """Return the columns of a model whose changes say nothing of their own."""
    own = FOLLOWS.get(model._meta.label, frozenset())
    columns = {str(field.column) for field in model._meta.local_fields}
    return (NEVER & columns) | own | {name for name in columns if name.endswith("_index")}


def case_of_row(model: type[models.Model]) -> str:
    """Return the statement that finds the case of a row `$1` of a model's table."""
    path = path_to_case(model)
    if not path:
        return f"SELECT ($1).{model._meta.pk.column}"
    first: Any = model._meta.get_field(path[0])
    if len(path) == 1:
        return f"SELECT ($1).{first.column}"
    joins: list[str] = []
    at: Any = first.related_model
    before = "t1"
    for number, name in enumerate(path[1:-1], start=2):
        field: Any = at._meta.get_field(name)
        to: Any = field.related_model
        joins.append(
            f"JOIN {to._meta.db_table} t{number} ON t{number}.{to._meta.pk.column} = "
            f"{before}.{field.column}"
        )
        at, before = to, f"t{number}"
    start = first.related_model._meta
    return (
        f"SELECT {before}.{at._meta.get_field(path[-1]).column} FROM {start.db_table} t1 "
        f"{' '.join(joins)} WHERE t1.{start.pk.column} = ($1).{first.column}"
    )


def _statements() -> list[tuple[str, str]]:
    """Return table and statement of every trigger."""
    made = []
    for label, model in sorted(watched().items()):
        table = model._meta.db_table
        columns = "{" + ",".join(sorted(ignored(model))) + "}"
        made.append(
            (
                table,
                f"CREATE OR REPLACE TRIGGER {TRIGGER} AFTER UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION good_offices_stage_change("
                f"'{label}', '{case_of_row(model)}', '{columns}', '{model._meta.pk.column}')",
            )
        )
    return made


def install(*, using: str = "default", **_kwargs: Any) -> None:
    """Put the triggers on the watched tables; after every `migrate`, nothing where all is so."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    wanted = _statements()
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        if "cases_stagedchange" not in present:
            return  # on the way back to a release without it
        wanted = [item for item in wanted if item[0] in present]
        text = FUNCTION + "".join(statement for _table, statement in wanted)
        digest = hashlib.sha256(text.encode()).hexdigest()
        cursor.execute(
            "SELECT obj_description(oid, 'pg_proc') FROM pg_proc "
            "WHERE proname = 'good_offices_stage_change'"
        )
        if cursor.fetchone() == (digest,):
            return
        cursor.execute(FUNCTION)
        tables = dict(wanted)
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = %s",
            [TRIGGER],
        )
        for (table,) in cursor.fetchall():
            if table not in tables:
                cursor.execute(f"DROP TRIGGER {TRIGGER} ON {table}")
        for _table, statement in wanted:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON FUNCTION good_offices_stage_change() IS '{digest}'")
