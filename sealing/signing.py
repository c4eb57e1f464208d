"""Ed25519 signatures of receipts and chain heads; public keys stay published when they retire."""

import base64
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@lru_cache(maxsize=1)
def _read(key: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(key))
    except ValueError as error:
        raise ImproperlyConfigured("SIGNING_KEY must be 32 bytes in base64.") from error


def public_key() -> str:
    """Return the public key in use, base64."""
    return _public(settings.SIGNING_KEY)


@lru_cache(maxsize=1)
def _public(key: str) -> str:
    raw = _read(key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def sign(message: bytes) -> str:
    """Return the signature, base64. The public key is published by
    `sealing.models.PublishedKey`."""
    return base64.b64encode(_read(settings.SIGNING_KEY).sign(message)).decode()


def is_genuine(message: bytes, signature: str, public: str) -> bool:
    """Tell whether a signature (base64) of a message was made with the key of `public` (base64)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True
