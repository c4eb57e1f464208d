"""Find words in a text that may tell who somebody is. No database.

A name is found exactly, in another case or alphabet ("Айгүл", "AIGUL", "Aigül"), and inflected
("Серикова", "Сериковой"): both sides are brought to a Latin skeleton, and a word counts where it
begins with the stem of a word of the name. It finds too much rather than too little; a person
decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from cases.names import WORD, skeleton, stem_in, stems_of

_EMAIL = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+\.[^\W\d_]{2,}")
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d\s().-]{5,18}\d(?!\w)")
AROUND = 60


@dataclass(frozen=True)
class Secret:
    """What must not stand in the text: `kind` is name, principal, place, email, phone or
    address."""

    kind: str
    value: str
    is_organisation: bool = False


@dataclass(frozen=True)
class Hit:
    """One place. `key` is the same for the same word about the same secret."""

    kind: str
    found: str
    context: str
    key: str


def find(text: str, secrets: Iterable[Secret], *, allowed: Iterable[str] = ()) -> list[Hit]:
    """Return the places in a text that give a secret away, each word of each secret once.

    Args:
        allowed: addresses and numbers that may stand there, such as the office's own.
    """
    secrets = list(secrets)
    words = [(match, skeleton(match.group())) for match in WORD.finditer(text)]
    hits: dict[str, Hit] = {}
    for hit in (
        *_names(text, words, secrets),
        *_emails(text, secrets, {item.casefold() for item in allowed}),
        *_phones(text, secrets, {_digits(item) for item in allowed}),
        *_addresses(text, words, secrets),
    ):
        hits.setdefault(hit.key, hit)
    return list(hits.values())


def _hit(text: str, kind: str, start: int, end: int, key: str) -> Hit:
    before = text[max(0, start - AROUND) : start]
    after = text[end : end + AROUND]
    return Hit(kind, text[start:end], " ".join(f"{before}{text[start:end]}{after}".split()), key)


def _stems(secret: Secret) -> Iterator[str]:
    return stems_of(secret.value, is_organisation=secret.is_organisation)


def _names(text: str, words: list, secrets: list[Secret]) -> Iterator[Hit]:
    by_stem: dict[str, Secret] = {}
    for secret in secrets:
        if secret.kind in ("name", "principal", "place"):
            for part in _stems(secret):
                by_stem.setdefault(part, secret)
    longest = max(map(len, by_stem), default=0)
    for match, word in words:
        if part := stem_in(word, by_stem, longest=longest):
            kind = by_stem[part].kind
            yield _hit(text, kind, match.start(), match.end(), f"{kind}:{part}")


def _emails(text: str, secrets: list[Secret], allowed: set[str]) -> Iterator[Hit]:
    for match in _EMAIL.finditer(text):
        found = match.group().rstrip(".").casefold()
        if found not in allowed:
            yield _hit(text, "email", match.start(), match.end(), f"email:{found}")
    known = [item.value.casefold() for item in secrets if item.kind == "email" and item.value]
    for value in known:
        start = text.casefold().find(value)
        if start >= 0:
            yield _hit(text, "email", start, start + len(value), f"email:{value}")


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())[-9:]


def _phones(text: str, secrets: list[Secret], allowed: set[str]) -> Iterator[Hit]:
    known = {_digits(item.value) for item in secrets if item.kind == "phone"} - {""}
    for match in _PHONE.finditer(text):
        number = _digits(match.group())
        stated = match.group().strip().startswith("+")
        if number in allowed or len(number) < 6:
            continue
        if number in known or stated:
            yield _hit(text, "phone", match.start(), match.end(), f"phone:{number}")


def _addresses(text: str, words: list, secrets: list[Secret]) -> Iterator[Hit]:
    pairs: dict[tuple[str, str], str] = {}
    for secret in secrets:
        if secret.kind != "address":
            continue
        # A street with its number gives an address away, the name of a city alone does not.
        for part in re.split(r"[,;\n]", secret.value):
            parts = [skeleton(match.group()) for match in WORD.finditer(part)]
            for pair in pairwise(parts):
                if any(item.isdigit() for item in pair) or all(len(item) > 3 for item in pair):
                    pairs[pair] = "-".join(pair)
    if not pairs:
        return
    for (first, one), (second, two) in pairwise(words):
        if (one, two) in pairs:
            yield _hit(text, "address", first.start(), second.end(), f"address:{one}-{two}")
