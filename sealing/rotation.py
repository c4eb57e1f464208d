"""Wrap what the environment's keys protect anew under the newest of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography.fernet import Fernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from sealing import keys
from sealing.fields import EncryptedTextField
from sealing.models import DataKey, KeyCheck

BATCH = 500


def rotate() -> Iterator[str]:
    """Rewrap every data key and every field under the environment's key, batch by batch.

    It may be stopped at any moment and run again: what is under the newest key already is left
    alone, and everything stays readable all the while, as both keys are known. Afterwards the old
    key may leave SEALING_KEYS. Yields a sentence for each kind of row.
    """
    newest = Fernet(settings.SEALING_KEYS[0])
    yield f"{_data_keys(newest)} data keys"
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField):
                yield f"{_column(model, field, newest)} of {model._meta.label}.{field.name}"
    held = KeyCheck.objects.filter(name="sealing").first()
    if held:
        held.value = keys.wrapping().rotate(held.value.encode()).decode()
        held.save(update_fields=["value"])


def _is_new(token: bytes, newest: Fernet) -> bool:
    try:
        newest.extract_timestamp(token)
    except Exception:
        return False
    return True


def _data_keys(newest: Fernet) -> int:
    done = 0
    ids = DataKey.objects.filter(wrapped__isnull=False).values_list("pk", flat=True)
    for batch in _batches(list(ids)):
        with transaction.atomic():
            rows = DataKey.objects.select_for_update().filter(pk__in=batch, wrapped__isnull=False)
            for row in rows:
                token = bytes(row.wrapped or b"")
                if _is_new(token, newest):
                    continue
                row.wrapped = keys.wrapping().rotate(token)
                row.save(update_fields=["wrapped"])
                done += 1
    return done


def _column(model: type[models.Model], field: models.Field, newest: Fernet) -> int:
    done = 0
    rows = model._default_manager.exclude(**{f"{field.name}__isnull": True})
    for batch in _batches(list(rows.values_list("pk", flat=True))):
        with transaction.atomic():
            for row in model._default_manager.select_for_update().filter(pk__in=batch):
                row.save(update_fields=[field.name])
                done += 1
    return done


def _batches(ids: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
