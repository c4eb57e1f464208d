"""Invented texts and names. Words are as unevenly frequent as in real texts (Zipf's law), so that
a search meets words that stand in every document and words that stand in one of a thousand."""

from __future__ import annotations

import random
import tomllib
from functools import cache
from itertools import accumulate
from pathlib import Path

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("ru", "kk", "en")
SHARES = (0.5, 0.3, 0.2)
SENTENCES, LENGTH = 20_000, 9
_STEEPNESS, _SHIFT = 1.05, 2.7  # Mandelbrot's form of the law, usual values


class Vocabulary:
    """Sentences of one language. Each is made once and stands in many texts: whoever makes a
    hundred thousand cases cannot throw a die for every word."""

    def __init__(self, language: str) -> None:
        dice = random.Random(language)
        words = (FOLDER / f"{language}.txt").read_text(encoding="utf-8").split()
        weights = list(
            accumulate((rank + _SHIFT) ** -_STEEPNESS for rank in range(1, len(words) + 1))
        )
        drawn = iter(dice.choices(words, cum_weights=weights, k=SENTENCES * LENGTH))
        self.sentences = [
            " ".join(next(drawn) for _ in range(LENGTH)).capitalize() + "."
            for _ in range(SENTENCES)
        ]

    def text(self, dice: random.Random, count: int) -> str:
        """Return a text of `count` sentences."""
        return " ".join([self.sentences[int(dice.random() * SENTENCES)] for _ in range(count)])

    def title(self, dice: random.Random) -> str:
        """Return a few words without a full stop."""
        sentence = self.sentences[int(dice.random() * SENTENCES)]
        return " ".join(sentence.split(" ", 4)[:4])


@cache
def vocabulary(language: str) -> Vocabulary:
    """Return the words of a language of the site."""
    return Vocabulary(language)


with (FOLDER / "names.toml").open("rb") as _file:
    NAMES = tomllib.load(_file)
PLACES = NAMES["places"]


def enterprises() -> list[tuple[str, str]]:
    """Return every enterprise as name and country (ISO 3166)."""
    parts = NAMES["enterprise"]
    return [
        (f"{first} {second} {form}", country)
        for first in parts["first"]
        for second in parts["second"]
        for form, country in parts["form"]
    ]


def person(dice: random.Random, language: str) -> str:
    return f"{dice.choice(NAMES['given'][language])} {dice.choice(NAMES['family'][language])}"


def group(dice: random.Random, language: str) -> str:
    return dice.choice(NAMES["groups"][language]).format(dice.choice(PLACES))
