"""Access codes: random, readable aloud, hard to mistype.

A code is 23 symbols of Crockford's base32 (115 bits from the operating system) and a check symbol,
written in six groups of four. Letters that look like digits, small letters, spaces, dashes and
Cyrillic letters of the same shape are read as what was meant.
"""

import secrets
import unicodedata

from django.conf import settings

from sealing.keys import keyed_digest

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 23
GROUP = 4

# Cyrillic capitals that an eye takes for Latin ones, then Crockford's own look-alikes.
_SAME_SHAPE = str.maketrans("АВЕКМНОРСТУХЅІЈԚԜЗҺҮ", "ABEKMHOPCTYXSIJQW3HY")
_LOOK_ALIKE = str.maketrans("OILU", "011V")


def new_code() -> str:
    """Return a new code in its written form (115 random bits and a check symbol)."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return written(body + check_symbol(body))


def written(code: str) -> str:
    """Return a code in groups, as it is shown to people."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def check_symbol(body: str) -> str:
    """Return the symbol that catches one wrong symbol or two that changed places anywhere.

    A Horner sum over the field of 32 elements: every place has a weight of its own up to 31 places.
    """
    total = 0
    for symbol in body:
        total = _times_alpha(total) ^ ALPHABET.index(symbol)
    return ALPHABET[_times_alpha(total)]


def _times_alpha(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 0b100000 else doubled


def normalised(text: str) -> str:
    """Return what was typed as the symbols that were meant, whatever its length."""
    folded = unicodedata.normalize("NFKC", text or "").upper()
    folded = folded.translate(_SAME_SHAPE).translate(_LOOK_ALIKE)
    return "".join(symbol for symbol in folded if symbol.isascii() and symbol.isalnum())


def is_well_formed(text: str) -> bool:
    """Tell whether a typed code has the right length and check symbol: no secret is compared."""
    code = normalised(text)
    return (
        len(code) == LENGTH + 1
        and set(code) <= set(ALPHABET)
        and check_symbol(code[:-1]) == code[-1]
    )


def digest(text: str) -> str:
    """Return the peppered HMAC-SHA256 (hex) by which a typed code is found."""
    return keyed_digest(settings.CODE_PEPPER, "access-code", normalised(text).encode()).hex()
