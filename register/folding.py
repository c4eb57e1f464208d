"""Words as search compares them: folded letters, and stems of Kazakh words.

PostgreSQL stems Russian and English. It has no Kazakh, which adds ending after ending to an
unchanged stem (жұмысшы, жұмысшылар, жұмысшылардың): the endings are taken off here, and what
this misses is found by trigrams.
"""

import re
import unicodedata

# Kazakh letters as a Russian keyboard types them, so that both spellings find each other.
_KAZAKH = str.maketrans("әғқңөұүһі", "агкноуухи")
_RUSSIAN = str.maketrans("ё", "е")
_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_KAZAKH_ONLY = re.compile("[әғқңөұүһі]", re.IGNORECASE)

MAX_WORD = 60


class _Folding(dict):
    """One character to one character, so that places in folded text are places in the text."""

    def __missing__(self, code: int) -> int:
        char = chr(code)
        low = char.lower()
        if len(low) != 1:
            low = low[0]
        folded = low.translate(_KAZAKH).translate(_RUSSIAN)
        if not _CYRILLIC.match(folded):
            base = unicodedata.normalize("NFKD", folded)[:1]
            folded = base.lower() if len(base.lower()) == 1 and base.isalnum() else folded
        self[code] = ord(folded)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Lower case, without accents, Kazakh letters as their Russian neighbours; same length."""
    return text.translate(_FOLDING)


def words(text: str, limit: int | None = None) -> list[str]:
    """The folded words of a text, in order; at most `limit`, none longer than 60 letters."""
    found = []
    for match in _WORD.finditer(fold(text)):
        word = match.group()
        if len(word) <= MAX_WORD:
            found.append(word)
            if limit is not None and len(found) >= limit:
                break
    return found


def is_cyrillic(word: str) -> bool:
    return bool(_CYRILLIC.search(word))


def has_kazakh_letters(text: str) -> bool:
    return bool(_KAZAKH_ONLY.search(text))


# Endings in folded letters, outermost first: person and case, possession, number.
_CASE = (
    "дагы", "деги", "тагы", "теги", "ндагы", "ндеги",
    "нын", "нин", "дын", "дин", "тын", "тин",
    "ндай", "ндей", "дай", "дей", "тай", "тей",
    "мен", "бен", "пен",
    "нда", "нде", "нан", "нен",
    "дан", "ден", "тан", "тен",
    "ган", "ген", "кан", "кен",
    "га", "ге", "ка", "ке", "на", "не",
    "да", "де", "та", "те",
    "ны", "ни", "ды", "ди", "ты", "ти",
)  # fmt: skip
_POSSESSIVE = (
    "ымыз", "имиз", "ыныз", "иниз", "мыз", "миз", "ныз", "низ",
    "сынын", "синин", "сын", "син", "сы", "си", "ым", "им", "ын", "ин", "ы", "и",
)  # fmt: skip
_PLURAL = ("лар", "лер", "дар", "дер", "тар", "тер")
_LEVELS = (_CASE, _POSSESSIVE, _PLURAL)
_SOFTENED = {"б": "п", "г": "к"}
MIN_STEM = 3
# Endings plain enough to leave a stem of two letters: су, суы, судың, сулар.
_GENITIVE = ("нын", "нин", "дын", "дин", "тын", "тин")
_PLAIN = frozenset((*_GENITIVE, *_POSSESSIVE, *_PLURAL))


def _strip(word: str, endings: tuple[str, ...]) -> str:
    for ending in sorted(endings, key=len, reverse=True):
        least = MIN_STEM - 1 if ending in _PLAIN else MIN_STEM
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)]
    return word


def kazakh_stem(word: str) -> str:
    """The stem of a folded Kazakh word, as far as endings tell.

    The same rules are applied to texts and to what people ask, so it is enough that forms of a
    word meet; the stem need not be a word.
    """
    stem = word
    for endings in _LEVELS:
        stem = _strip(stem, endings)
    if len(stem) > MIN_STEM and stem[-1] in _SOFTENED:
        stem = stem[:-1] + _SOFTENED[stem[-1]]  # кітап, кітабы
    if len(stem) > MIN_STEM + 1 and stem[-1] in "ыиае":
        stem = stem[:-1]  # the end vowel goes with some endings and stays with others
    return stem


# Words that say nothing alone (folded).
KAZAKH_STOP = frozenset({
    "жане", "мен", "бен", "пен", "да", "де", "та", "те", "ушин", "бойынша", "туралы", "осы", "сол",
    "ол", "бул", "не", "гой", "болып", "болды", "бар", "жок", "кейин", "дейин", "сиякты", "менен",
})  # fmt: skip
