"""Blind indexes: find a sealed value without opening it."""

import base64
import re
import unicodedata

from django.conf import settings

from sealing.keys import keyed_digest


def blind_index(value: str, purpose: str) -> str:
    """Return a keyed digest by which equal values are found, or "" for an empty value.

    Args:
        value: a name, an e-mail address, a telephone number; case, spaces and Unicode form do
        not count.
        purpose: keeps indexes of different fields apart, such as "party.email".
    """
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", value or "").casefold()).strip()
    if not folded:
        return ""
    return base64.b32encode(
        keyed_digest(settings.INDEX_KEY, purpose, folded.encode())[:20]
    ).decode()
