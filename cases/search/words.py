"""Words as the search of the office compares them: folded letters, stems of three languages.

The same idea as in the public register, which shares no code with anything of ours: PostgreSQL
stems Russian and English; endings of Kazakh words are taken off here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_KAZAKH = str.maketrans("әғқңөұүһіё", "агкноуухие")
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
LONGEST = 60


class _Folding(dict):
    """One character to one character, so that places in folded text are places in the text."""

    def __missing__(self, code: int) -> int:
        low = chr(code).lower()[:1]
        folded = low.translate(_KAZAKH)
        if not _CYRILLIC.match(folded):
            base = unicodedata.normalize("NFKD", folded)[:1].lower()
            folded = base if len(base) == 1 and base.isalnum() else folded
        self[code] = ord(folded)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Lower case, without accents, Kazakh letters as their Russian neighbours; same length."""
    return text.translate(_FOLDING)


def words(text: str) -> list[str]:
    """The folded words of a text, in order, none longer than 60 letters."""
    return [word for word in _WORD.findall(fold(text)) if len(word) <= LONGEST]


_GENITIVE = ("нын", "нин", "дын", "дин", "тын", "тин")
_CASE = (
    "дагы", "деги", "тагы", "теги", "ндагы", "ндеги", *_GENITIVE, "ндай", "ндей", "дай", "дей",
    "тай", "тей", "мен", "бен", "пен", "нда", "нде", "нан", "нен", "дан", "ден", "тан", "тен",
    "ган", "ген", "кан", "кен", "га", "ге", "ка", "ке", "на", "не", "да", "де", "та", "те", "ны",
    "ни", "ды", "ди", "ты", "ти",
)  # fmt: skip
_POSSESSIVE = (
    "ымыз", "имиз", "ыныз", "иниз", "мыз", "миз", "ныз", "низ", "сынын", "синин", "сын", "син",
    "сы", "си", "ым", "им", "ын", "ин", "ы", "и",
)  # fmt: skip
_PLURAL = ("лар", "лер", "дар", "дер", "тар", "тер")
_LEVELS = tuple(sorted(level, key=len, reverse=True) for level in (_CASE, _POSSESSIVE, _PLURAL))
_PLAIN = frozenset((*_GENITIVE, *_POSSESSIVE, *_PLURAL))
SHORTEST = 3
KAZAKH_STOP = frozenset({
    "жане", "мен", "бен", "пен", "да", "де", "та", "те", "ушин", "бойынша", "туралы", "осы", "сол",
    "ол", "бул", "не", "гой", "болып", "болды", "бар", "жок", "кейин", "дейин", "сиякты", "менен",
})  # fmt: skip


@lru_cache(maxsize=32_768)
def kazakh(word: str) -> str:
    """The lexeme of a folded word as a Kazakh one, "" where it cannot be one."""
    if not _CYRILLIC.search(word) or word in KAZAKH_STOP:
        return ""
    stem = word
    for endings in _LEVELS:
        for ending in endings:
            least = SHORTEST - 1 if ending in _PLAIN else SHORTEST
            if stem.endswith(ending) and len(stem) - len(ending) >= least:
                stem = stem[: -len(ending)]
                break
    if len(stem) > SHORTEST and stem[-1] in "бг":
        stem = stem[:-1] + {"б": "п", "г": "к"}[stem[-1]]
    if len(stem) > SHORTEST + 1 and stem[-1] in "ыиае":
        stem = stem[:-1]
    return f"kk{stem}"
