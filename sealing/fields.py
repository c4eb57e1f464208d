"""Model fields that are encrypted in the database.

`SealedTextField` uses the data key of the row's case, so that erasing the case erases the text;
`EncryptedTextField` uses the environment's key, for rows that belong to no case. Neither can be
searched, sorted or compared: where something must be found, a blind index stands beside it.
"""

import base64
import os
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import FieldError
from django.db import models

from sealing import keys

ERASED = "■■■"
_CACHE_SECONDS = 30
_CACHE_SIZE = 512
_opened: OrderedDict[uuid.UUID, tuple[float, bytes]] = OrderedDict()


def open_key(key_id: uuid.UUID) -> bytes:
    """Return a data key, from this process's short memory or the database.

    Raises:
        sealing.models.Erased: the key was destroyed.
    """
    from sealing.models import DataKey

    now = time.monotonic()
    held = _opened.get(key_id)
    if held and held[0] > now:
        return held[1]
    key = DataKey.objects.get(pk=key_id).open()
    _opened[key_id] = (now + _CACHE_SECONDS, key)
    while len(_opened) > _CACHE_SIZE:
        _opened.popitem(last=False)
    return key


def open_keys(key_ids: Iterable[uuid.UUID]) -> None:
    """Fetch the keys of many rows with one statement, so that reading their texts needs no more."""
    from sealing.models import DataKey

    now = time.monotonic()
    missing = {pk for pk in key_ids if pk not in _opened or _opened[pk][0] <= now}
    for row in DataKey.objects.filter(pk__in=missing, wrapped__isnull=False) if missing else ():
        _opened[row.pk] = (now + _CACHE_SECONDS, row.open())


def hold_key(key_id: uuid.UUID, key: bytes) -> None:
    """Keep a key that was made a moment ago and is not stored yet, so that it can seal."""
    _opened[key_id] = (time.monotonic() + _CACHE_SECONDS, key)


def forget_key(key_id: uuid.UUID) -> None:
    """Drop a key from this process's memory."""
    _opened.pop(key_id, None)


def seal(text: str, key_id: uuid.UUID) -> str:
    """Encrypt a text (AES-256-GCM) under a data key; the result names the key."""
    nonce = os.urandom(12)
    sealed = AESGCM(open_key(key_id)).encrypt(nonce, text.encode(), key_id.bytes)
    return "s1:" + base64.b64encode(key_id.bytes + nonce + sealed).decode()


def unseal(token: str) -> str:
    """Decrypt what `seal` made; an erased text reads as `ERASED`."""
    from sealing.models import Erased

    raw = base64.b64decode(token.removeprefix("s1:"))
    key_id = uuid.UUID(bytes=raw[:16])
    try:
        key = open_key(key_id)
    except Erased:
        return ERASED
    return AESGCM(key).decrypt(raw[16:28], raw[28:], key_id.bytes).decode()


class _OpaqueText(models.TextField):
    """A text that the database holds encrypted; every look-up but `isnull` is refused."""

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is encrypted and cannot be searched; use its blind index.")


class SealedTextField(_OpaqueText):
    """Text under the data key that the row names in its `sealing_key_id` attribute or property.

    Rows are saved by `save()` or `bulk_create()`; `QuerySet.update()` cannot know the key and
    raises `FieldError`. The empty string is stored as it is.
    """

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        return unseal(value) if value and value.startswith("s1:") else value

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        value = super().pre_save(model_instance, add)
        key_id = model_instance.sealing_key_id  # type: ignore[attr-defined]
        return _Sealed(seal(str(value), key_id)) if value else value

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, _Sealed):
            raise FieldError(f"{self.name} is sealed per row: save the row instead of updating.")
        return str(value) if value else value


class _Sealed(str):
    """A text that is already sealed."""


class EncryptedTextField(_OpaqueText):
    """Text under the environment's own key (MultiFernet, so that keys can be rotated)."""

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        return keys.wrapping().decrypt(value.encode()).decode() if value else value

    def get_prep_value(self, value: Any) -> Any:
        return keys.wrapping().encrypt(str(value).encode()).decode() if value else value
