"""Names as people write them: another case, another alphabet, inflected.

Both sides are brought to a Latin skeleton, and a word counts where it begins with the stem of a
word of the name. That finds too much rather than too little. No database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

WORD = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*")
_CYRILLIC = {
    "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e",
    "ж": "j", "з": "z", "и": "i", "й": "i", "і": "i", "к": "k", "қ": "k", "л": "l", "м": "m",
    "н": "n", "ң": "n", "о": "o", "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ұ": "u", "ү": "u", "ф": "f", "х": "h", "һ": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh",
    "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia",
}  # fmt: skip
_LATIN = (
    ("shch", "sh"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("w", "v"), ("q", "k"), ("y", "i"),
    ("ı", "i"), ("x", "ks"),
)  # fmt: skip
_TWICE = re.compile(r"(.)\1+")
# Words of names of organisations that say nothing of which one it is (skeletons of them).
_COMMON = (
    "foundation fund union trade workers association community company group limited holding "
    "public society centre center international national human rights organisation organization "
    "committee council network movement initiative federation confederation "
    "фонд общественный объединение союз профсоюз ассоциация центр компания группа холдинг "
    "организация комитет совет общество движение федерация конфедерация рабочих работников "
    "қоры қоғамдық бірлестігі одағы кәсіподақ орталығы қауымдастығы ұйымы кеңесі қозғалысы"
)
LONGEST_ENDING = 6


def skeleton(text: str) -> str:
    """Return plain Latin letters and digits: case, accents, alphabet, spelling do not count."""
    plain = []
    for letter in unicodedata.normalize("NFKC", text).casefold():
        if letter in _CYRILLIC:
            plain.append(_CYRILLIC[letter])
            continue
        base = unicodedata.normalize("NFKD", letter)[:1]
        plain.append(base if base.isalnum() else "")
    latin = "".join(plain)
    for spelling, same in _LATIN:
        latin = latin.replace(spelling, same)
    return _TWICE.sub(r"\1", latin)


def stem(word: str) -> str:
    """Return the beginning of a skeleton that its inflected forms share."""
    if len(word) <= 4:
        return word
    return word[:-2] if len(word) > 6 else word[:-1]


_COMMON_SKELETONS = frozenset(skeleton(word) for word in _COMMON.split())


def stems_of(name: str, *, is_organisation: bool = False) -> Iterator[str]:
    """Yield the stems of the words of a name; of an organisation's those that tell it apart."""
    for match in WORD.finditer(name):
        word = skeleton(match.group())
        if is_organisation and (word in _COMMON_SKELETONS or len(word) < 4):
            continue
        # A number tells nobody apart: "Family 28" must not hide every 28th of a month.
        if len(word) >= 2 and not word.isdigit():
            yield stem(word)


def stem_in(word: str, stems: Iterable[str], *, longest: int) -> str:
    """Return the stem that a word (a skeleton) is a form of, or "".

    Args:
        stems: a set or dictionary of stems.
        longest: the length of the longest of them.
    """
    for length in range(2, min(len(word), longest) + 1):
        rest = len(word) - length
        # A short word of a name is found nearly whole only: too many words begin like it.
        if word[:length] in stems and rest <= (LONGEST_ENDING if length > 3 else 2 * (length == 3)):
            return word[:length]
    return ""
