"""The installation's keys. They come from the environment, one per purpose, never from the
database.

`sealing` wraps data keys, `index` finds what is sealed, `chain` proves the history,
`signing` signs receipts and published chain heads.
"""

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver


class WrongKey(ImproperlyConfigured):
    """The keys of this environment are not those that the database was sealed with."""


@lru_cache(maxsize=1)
def wrapping() -> MultiFernet:
    """Return the environment's wrapping keys, the newest first.

    Raises:
        ImproperlyConfigured: no key is set, or one is not a Fernet key.
    """
    if not settings.SEALING_KEYS:
        raise ImproperlyConfigured("SEALING_KEYS is empty: nothing can be sealed without a key.")
    try:
        return MultiFernet([Fernet(key) for key in settings.SEALING_KEYS])
    except ValueError as error:
        raise ImproperlyConfigured(
            "SEALING_KEYS holds a value that is no Fernet key (32 bytes in URL-safe base64)."
        ) from error


def keyed_digest(key: str, purpose: str, message: bytes) -> bytes:
    """Return HMAC-SHA256 of a message under a key, separated by purpose."""
    if not key:
        raise ImproperlyConfigured(f"The key for {purpose} is empty.")
    return hmac.digest(_own_key(key, purpose), message, "sha256")


@lru_cache(maxsize=64)
def _own_key(key: str, purpose: str) -> bytes:
    return hmac.digest(key.encode(), b"good-offices:" + purpose.encode(), "sha256")


def fingerprint() -> dict[str, str]:
    """Return what identifies each key without telling anything of it, for `KeyCheck`."""
    return {
        name: base64.b32encode(keyed_digest(value, f"fingerprint-{name}", b"check")[:10]).decode()
        for name, value in (
            ("index", settings.INDEX_KEY),
            ("chain", settings.CHAIN_KEY),
            ("codes", settings.CODE_PEPPER),
        )
    }


def check_keys() -> None:
    """Compare the environment's keys with those that the database was sealed with.

    The first call on an empty database records them; it writes nothing later.

    Raises:
        WrongKey: naming the variable whose value differs. Nothing was changed.
    """
    from sealing.models import KeyCheck

    KeyCheck.compare_or_record()


@receiver(setting_changed)
def _forget(*, setting: str, **_kwargs: object) -> None:
    if setting == "SEALING_KEYS":
        wrapping.cache_clear()
