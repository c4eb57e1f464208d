"""Whole cases, read in one statement (and one for their keys) whatever they hold.

A case has some twenty child tables; a statement for each is what makes pages of such systems
slow. Here one UNION reads them all as JSON, and the rows are put where `prefetch_related` would
have put them, so that rules, projections and templates need not know.
"""

# ruff: noqa: S608 - names of tables and columns come from the models, values are parameters

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from accounts.models import User
from cases.models import Case
from sealing.fields import open_keys


@dataclass(frozen=True)
class _Part:
    """A relation: its name and owner ("" is the case), its model, and the order of its rows."""

    name: str
    model: str
    key: Callable[[Any], Any]
    owner: str = ""

    @property
    def path(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name


def _by(*names: str) -> Callable[[Any], Any]:
    return lambda row: tuple(getattr(row, name) for name in names)


PARTS = {
    part.path: part
    for part in (
        _Part("submission", "Submission", _by("pk")),
        _Part("parties", "Party", _by("side", "position")),
        _Part("participations", "Participation", _by("since", "pk")),
        _Part("authority", "Authority", _by("pk"), "participations"),
        _Part("letters", "SentLetter", _by("sent_on", "pk")),
        _Part("representations", "Representation", _by("since", "pk")),
        _Part("conflicts", "ConflictDeclaration", _by("declared_at", "pk")),
        _Part("issues", "Issue", _by("number")),
        _Part("provisions", "IssueProvision", _by("pk"), "issues"),
        _Part("assessments", "Assessment", _by("pk"), "issues"),
        _Part("decisions", "Decision", _by("proposed_at")),
        _Part("on_issues", "IssueDecision", _by("pk"), "decisions"),
        _Part("votes", "Vote", _by("cast_at"), "decisions"),
        _Part("drafters", "DecisionDrafter", _by("pk"), "decisions"),
        _Part("absences", "Absence", _by("recorded_at"), "decisions"),
        _Part("replies", "GoodOfficesReply", _by("side")),
        _Part("documents", "CaseDocument", _by("provided_at", "pk")),
        _Part("messages", "Message", _by("sent_at", "pk")),
        _Part("attachments", "MessageDocument", _by("pk"), "messages"),
        _Part("deadlines", "Deadline", _by("due_on", "pk")),
        _Part("extensions", "Extension", _by("created_at"), "deadlines"),
        _Part("time_requests", "TimeRequest", _by("asked_at"), "deadlines"),
        _Part("requests", "Request", _by("asked_at", "side")),
        _Part("pauses", "Pause", _by("since", "pk")),
        _Part("corrections", "Correction", _by("proposed_at")),
        _Part("portal_letters", "PortalLetter", _by("sent_at", "side")),
        _Part("proceedings", "ParallelProceeding", _by("pk")),
        _Part("events", "CaseEvent", _by("sequence")),
    )
}
"""Every relation that can be loaded; a child names its owner, which must be loaded too."""

EVERYTHING = tuple(PARTS)
FOR_ACTIONS = (
    "participations", "conflicts", "issues", "issues.assessments", "decisions", "decisions.votes",
    "decisions.drafters", "decisions.absences",
    "replies", "pauses", "corrections", "events",
)  # fmt: skip
"""What `available_actions` asks about."""

_BEYOND = {
    "parties": ("organisation", "cases.Organisation"),
    "documents": ("document", "documents.Document"),
}
"""Rows of other tables that come along with a part: the column and its model."""


def load(cases: Iterable[Case], *, parts: Iterable[str] = EVERYTHING) -> list[Case]:
    """Load the named parts of some cases and return the cases.

    People come with id and name only; the number of principals stands on each representation as
    `principal_count`.
    """
    loaded = list(cases)
    wanted = [PARTS[name] for name in parts]
    if not loaded or not wanted:
        return loaded
    open_keys(case.data_key_id for case in loaded)
    rows = _read([case.pk for case in loaded], wanted)
    people = {row["id"]: _person(row) for row in rows["people"]}
    owners: dict[str, dict[Any, Any]] = {"": {str(case.pk): case for case in loaded}}
    for part in sorted(wanted, key=lambda part: bool(part.owner)):
        owners[part.path] = _place(part, rows, owners[part.owner], people)
    _count_principals(owners.get("representations", {}), rows["principals"])
    return loaded


def _read(ids: list[Any], wanted: list[_Part]) -> dict[str, list[dict[str, Any]]]:
    """Run the one statement; its table and column names come from the models alone."""
    selects, values = [], []
    for part in wanted:
        selects.append(f"SELECT '{part.path}', to_jsonb(t) FROM {_rows_of(part)}")
        values.append(ids)
        if part.path in _BEYOND:
            column, label = _BEYOND[part.path]
            table = apps.get_model(label)._meta.db_table
            selects.append(
                f"SELECT '{label}', to_jsonb(b) FROM {table} b "
                f"WHERE b.id IN (SELECT t.{column}_id FROM {_rows_of(part)})"
            )
            values.append(ids)
    if any(part.path == "representations" for part in wanted):
        selects.append(
            "SELECT 'principals', jsonb_build_object('id', p.representation_id, 'n', count(*)) "
            "FROM cases_principal p JOIN cases_representation t ON t.id = p.representation_id "
            "WHERE t.case_id = ANY(%s::uuid[]) GROUP BY p.representation_id"
        )
        values.append(ids)
    named = [
        (part, field.column)
        for part in wanted
        for field in _model(part)._meta.concrete_fields
        if field.remote_field and field.related_model is User
    ]
    if named:
        within = " UNION ".join(
            f"SELECT t.{column} FROM {_rows_of(part)}" for part, column in named
        )
        selects.append(
            "SELECT 'people', jsonb_build_object('id', u.id, 'name', u.name) "
            f"FROM {User._meta.db_table} u WHERE u.id IN ({within})"
        )
        values += [ids] * len(named)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), [[str(pk) for pk in item] for item in values])
        for name, row in cursor.fetchall():
            found[name].append(row if isinstance(row, dict) else _json(row))
    return found


def _json(text: str) -> dict[str, Any]:
    return json.loads(text)


def _model(part: _Part) -> type[models.Model]:
    return apps.get_model("cases", part.model)


def _rows_of(part: _Part) -> str:
    table = _model(part)._meta.db_table
    if not part.owner:
        return f"{table} t WHERE t.case_id = ANY(%s::uuid[])"
    owner = PARTS[part.owner]
    column = _owner_column(part)
    return (
        f"{table} t WHERE t.{column} IN "
        f"(SELECT o.id FROM {_model(owner)._meta.db_table} o WHERE o.case_id = ANY(%s::uuid[]))"
    )


def _owner_column(part: _Part) -> str:
    owner = _model(PARTS[part.owner]) if part.owner else Case
    return owner._meta.get_field(part.name).field.column


def _place(
    part: _Part,
    rows: dict[str, list[dict[str, Any]]],
    owners: dict[Any, Any],
    people: dict[str, User],
) -> dict[Any, Any]:
    """Make instances of the rows of a part and hand them to their owners; return them by id."""
    model = _model(part)
    owner_field = (_model(PARTS[part.owner]) if part.owner else Case)._meta.get_field(part.name)
    beyond: dict[Any, Any] = {}
    if part.path in _BEYOND:
        column, label = _BEYOND[part.path]
        beyond = {row["id"]: _instance(apps.get_model(label), row, {}) for row in rows[label]}
    made: dict[Any, Any] = {}
    of_owner = defaultdict(list)
    for row in rows[part.path]:
        item = _instance(model, row, people)
        if beyond:
            setattr(item, column, beyond.get(row[f"{column}_id"]))
        owner = owners[_id(row[owner_field.field.column])]
        setattr(item, owner_field.field.name, owner)
        of_owner[_id(row[owner_field.field.column])].append(item)
        made[_id(row["id"])] = item
    if owner_field.one_to_one:
        for pk, owner in owners.items():
            if not of_owner[pk]:
                owner_field.set_cached_value(owner, None)
        return made
    for pk, owner in owners.items():
        manager = getattr(owner, part.name)
        query = manager.get_queryset()
        query._result_cache = sorted(of_owner[pk], key=part.key)
        query._prefetch_done = True
        owner.__dict__.setdefault("_prefetched_objects_cache", {})[owner_field.cache_name] = query
    return made


def _id(value: Any) -> str:
    return str(value)


def _instance(model: type[models.Model], row: dict[str, Any], people: dict[str, User]) -> Any:
    fields = model._meta.concrete_fields
    item = model.from_db(
        connection.alias,
        [field.attname for field in fields],
        [_value(field, row[field.column]) for field in fields],
    )
    for field in fields:
        if field.remote_field and field.related_model is User and row[field.column]:
            person = people.get(row[field.column])
            if person is not None:
                setattr(item, field.name, person)
    return item


def _value(field: models.Field, value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return value
    if hasattr(field, "from_db_value"):
        return field.from_db_value(value, None, connection)
    target = field.target_field if field.remote_field else field
    return target.to_python(value)


def _person(row: dict[str, Any]) -> User:
    pk = User._meta.pk.to_python(row["id"])
    return User.from_db(connection.alias, ["id", "name"], [pk, row["name"]])


def _count_principals(owners: dict[Any, Any], rows: list[dict[str, Any]]) -> None:
    numbers = {_id(row["id"]): row["n"] for row in rows}
    for pk, owner in owners.items():
        owner.principal_count = numbers.get(pk, 0)
