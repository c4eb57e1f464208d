"""Rows of invented cases on their way into the database: sealed by the fields' own code, copied
by `COPY`, one transaction for each batch of cases."""

from __future__ import annotations

import io
import json
import secrets
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from accounts.models import User
from cases.models import (
    Assessment,
    Case,
    CaseDocument,
    CaseEvent,
    Deadline,
    GoodOfficesReply,
    Issue,
    IssueDecision,
    IssueProvision,
    Message,
    Participation,
    Party,
    Representation,
    SearchText,
    Submission,
)
from config.synthetic import loading, searching
from config.synthetic.course import Course
from config.synthetic.rows import Row
from config.synthetic.walk import Cast
from documents import services as files
from documents import vault
from documents.models import Document
from sealing import keys
from sealing.fields import SealedTextField, hold_key, seal
from sealing.models import DataKey
from statements.models import Statement, Version

NUMBERED = (Deadline, Representation)
"""Models whose ids are given here, because other rows name them."""

MANY_ROWED = (
    Assessment, Case, CaseDocument, CaseEvent, Deadline, Document, GoodOfficesReply, Issue,
    IssueDecision, IssueProvision, Message, Participation, Party, SearchText, Statement, Submission,
    User, Version,
)  # fmt: skip
"""Models of which most cases have rows."""

BATCH = 200
"""Cases of one transaction: few enough that their keys stay in memory while they seal."""


@dataclass(frozen=True)
class Batch:
    """Cases to make: their numbers, and the reference that each gets once it is registered."""

    seed: int
    numbers: tuple[int, ...]
    references: tuple[str, ...]
    with_files: bool


def write(batch: Batch, cast: Cast) -> int:
    """Make the cases of a batch and return how many there are."""
    contents: list[tuple[Row, bytes]] = []
    texts: list[Row] = []
    with transaction.atomic():
        cast = replace(cast, next_id={model: _numbers(model) for model in NUMBERED})
        lines: dict[type[models.Model], list[str]] = defaultdict(list)
        for number, reference in zip(batch.numbers, batch.references, strict=True):
            secret = secrets.token_bytes(32)
            key = Row(DataKey, {"id": uuid.uuid4(), "wrapped": keys.wrapping().encrypt(secret)})
            hold_key(key.id, secret)
            course = Course(number, seed=batch.seed, cast=cast, key=key, reference=reference)
            rows = [key, *course.walk().rows]
            if found := searching.texts(rows):
                texts += found
                case = course.case
                rows.append(searching.state(case.id, case.history_length))
            for row in rows:
                lines[row.model].append(_line(row, key.id))
            if batch.with_files:
                contents += [(row, secret) for row in rows if row.model is Document]
        searching.add_vectors(texts)
        lines[SearchText] = [_line(row) for row in texts]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            _copy(cursor, DataKey, lines.pop(DataKey))  # its trigger counts the change for all
            with loading.trusted(cursor):
                for model, copied in lines.items():
                    _copy(cursor, model, copied)
    for document, secret in contents:
        _write_files(document, secret)
    return len(batch.numbers)


def _write_files(row: Row, secret: bytes) -> None:
    document = Document(pk=uuid.UUID(row.id))
    for path in (files.original_path, files.clean_path, files.text_path):
        default_storage.delete(path(document))  # what a run that was stopped may have left
        vault.write(iter([row.content]), key=secret, name=path(document))


def _numbers(model: type[models.Model]) -> Callable[[], int]:
    """Return a function that gives the next free id, taken from the database by the hundred."""

    def fetch() -> Iterator[int]:
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, 500)",
                    [model._meta.db_table],
                )
                yield from (number for (number,) in cursor.fetchall())

    return fetch().__next__


@dataclass(frozen=True)
class _Table:
    """How rows of a model are spelled.

    Attributes:
        columns: their names in the database.
        places: of each field its column's number, how values are written, whether they are secret.
        defaults: a line with nothing but defaults.
        changing: the fields whose default differs from row to row.
    """

    columns: tuple[str, ...]
    places: dict[str, tuple[int, _Spellings, bool]]
    defaults: tuple[str, ...]
    changing: tuple[tuple[str, int, Callable[[], Any]], ...]


@cache
def _table(model: type[models.Model]) -> _Table:
    fields = [
        field
        for field in model._meta.concrete_fields
        if model in NUMBERED or not isinstance(field, models.AutoField)
    ]
    changing = [(field, callable(field.default)) for field in fields]
    return _Table(
        columns=tuple(field.column for field in fields),
        places={
            field.attname: (
                place,
                _WORDS if isinstance(field, _WRITTEN) else _PLAIN,
                isinstance(field, SealedTextField),
            )
            for place, field in enumerate(fields)
        },
        defaults=tuple(
            "" if moves else _WORDS.write(field.get_default()) for field, moves in changing
        ),
        changing=tuple(
            (field.attname, place, field.get_default)
            for place, (field, moves) in enumerate(changing)
            if moves
        ),
    )


def _line(row: Row, key_id: uuid.UUID | None = None) -> str:
    """Return a row in the text format of COPY, its secrets sealed under the key."""
    table, given = _table(row.model), row.__dict__
    places = table.places
    values = list(table.defaults)
    for name, place, default in table.changing:
        if name not in given:
            values[place] = _WORDS.write(default())
    for name, value in given.items():
        if name in places:
            place, spelling, is_sealed = places[name]
            if is_sealed and value:
                assert key_id, "nothing secret is written without its key"
                values[place] = seal(value, key_id)
            else:
                values[place] = spelling[type(value)](value)
    return "\t".join(values)


def _letters(value: str) -> str:
    for letter, escaped in _ESCAPES:
        value = value.replace(letter, escaped)
    return value


def _json(value: Any) -> str:
    return _letters(_ENCODED(value))


class _Spellings(dict[type, Callable[[Any], str]]):
    """How values are written for COPY, by their type; what is not listed is written by `str`."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        self[kind] = (lambda value: value.value) if issubclass(kind, models.TextChoices) else str
        return self[kind]

    def write(self, value: Any) -> str:
        return self[type(value)](value)


_AT_ONCE = 1_000_000
"""Bytes handed to the database with one call."""
_WRITTEN = (models.CharField, models.TextField)
"""Fields whose text may hold letters that COPY reads as its own; not ids and dates."""
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
_ENCODED = json.JSONEncoder(ensure_ascii=False).encode
_PLAIN = _Spellings({
    type(None): lambda value: r"\N",
    str: str,
    bool: lambda value: "t" if value else "f",
    bytes: lambda value: "\\\\x" + value.hex(),
    datetime: datetime.isoformat,
    dict: _json,
    list: _json,
})  # fmt: skip
_WORDS = _Spellings({**_PLAIN, str: _letters})


def _copy(cursor: Any, model: type[models.Model], lines: list[str]) -> None:
    names = ", ".join(map(connection.ops.quote_name, _table(model).columns))
    table = connection.ops.quote_name(model._meta.db_table)
    stream = io.BytesIO("".join(f"{line}\n" for line in lines).encode())
    cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", stream, size=_AT_ONCE)
