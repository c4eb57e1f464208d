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
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from cases.models import Deadline, Representation
from config.synthetic.course import Cast, Course
from documents import services as files
from documents import vault
from documents.models import Document
from sealing import keys
from sealing.fields import EncryptedTextField, hold_key
from sealing.models import DataKey

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
    contents: list[tuple[Document, bytes]] = []
    with transaction.atomic():
        cast = replace(
            cast, next_id={model: _numbers(model) for model in (Deadline, Representation)}
        )
        lines: dict[type[models.Model], list[str]] = defaultdict(list)
        for number, reference in zip(batch.numbers, batch.references, strict=True):
            secret = secrets.token_bytes(32)
            key = DataKey(id=uuid.uuid4(), wrapped=keys.wrapping().encrypt(secret))
            hold_key(key.pk, secret)
            course = Course(number, seed=batch.seed, cast=cast, key=key, reference=reference)
            rows = [key, *course.walk().rows]
            for row in rows:
                lines[type(row)].append(_line(row))
            if batch.with_files:
                contents += [(row, secret) for row in rows if isinstance(row, Document)]
        with connection.cursor() as cursor:
            for model, texts in lines.items():
                _copy(cursor, model, texts)
    for document, secret in contents:
        _write_files(document, secret)
    return len(batch.numbers)


def _write_files(document: Document, secret: bytes) -> None:
    for name in (files.original_path(document), files.clean_path(document)):
        default_storage.delete(name)  # what a run that was stopped may have left
        vault.write(iter([document.content]), key=secret, name=name)  # type: ignore[attr-defined]


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


_columns: dict[type[models.Model], list[tuple[models.Field, bool]]] = {}


def _fields(model: type[models.Model]) -> list[tuple[models.Field, bool]]:
    """Return the columns to copy and whether each needs its field's own preparation."""
    if model not in _columns:
        given = {Deadline, Representation}
        _columns[model] = [
            (field, isinstance(field, EncryptedTextField))
            for field in model._meta.concrete_fields
            if not isinstance(field, models.AutoField) or model in given
        ]
    return _columns[model]


def _line(row: models.Model) -> str:
    """Return a row in the text format of COPY."""
    values = []
    for field, is_prepared in _fields(type(row)):
        value = field.pre_save(row, True)
        if is_prepared:
            value = field.get_prep_value(value)
        values.append(_text(value))
    return "\t".join(values)


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return str(value).translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, bytes | memoryview):
        return "\\\\x" + bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _copy(cursor: Any, model: type[models.Model], lines: list[str]) -> None:
    names = ", ".join(connection.ops.quote_name(field.column) for field, _own in _fields(model))
    table = connection.ops.quote_name(model._meta.db_table)
    cursor.copy_expert(
        f"COPY {table} ({names}) FROM STDIN", io.StringIO("\n".join(lines) + "\n")
    )
