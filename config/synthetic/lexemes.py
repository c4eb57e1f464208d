"""Vectors of invented texts, made from sentences that were taken apart before.

The sentences of `words.Vocabulary` stand in many texts each, so every one of them is folded and
stemmed once; PostgreSQL is asked for the Russian and English stem of a word once. What comes out
is what `cases.search.indexing` would store.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from cases.search.words import kazakh, words

_MOST_PIECES = 150_000
"""Pieces of text kept in memory; more than there are sentences in all languages."""
_MOST_WORDS = 5_000
"""Words of one text: far from the places at which PostgreSQL stops counting."""
_MARKS = {
    weight: tuple(f"{place}{weight}" for place in range(1, _MOST_WORDS + 1)) for weight in ("A", "")
}


class _Piece(NamedTuple):
    """A piece of text taken apart.

    Attributes:
        length: how many words it has.
        last: the number of its last word that has a stem, 0 if none has.
        stems: its Russian and English stems, each with a gap for its place.
        kazakh: its Kazakh stems likewise, "" without any.
    """

    length: int
    last: int
    stems: str
    kazakh: str


_pieces: dict[str, _Piece] = {}
_stems: dict[str, str] = {}


def vectors(texts: Iterable[tuple[str, str]]) -> list[str]:
    """Return the vector of each text, given as head and body, as PostgreSQL reads it."""
    cut = [(_cut(head), _cut(body)) for head, body in texts]
    _learn({piece for parts in cut for part in parts for piece in part})
    return [_vector(head, body) for head, body in cut]


def _cut(text: str) -> list[str]:
    """Divide a text between words, so that its sentences stand apart."""
    return text.replace("\n", ". ").split(". ")


def _learn(pieces: set[str]) -> None:
    """Take apart what was never seen before."""
    if len(_pieces) > _MOST_PIECES:
        _pieces.clear()
    fresh = {piece: words(piece) for piece in pieces if piece not in _pieces}
    unknown = {word for found in fresh.values() for word in found if word not in _stems}
    if unknown:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, (tsvector_to_array(to_tsvector('russian', word)))[1]"
                " FROM unnest(%s) AS r (word)",
                [list(unknown)],
            )
            _stems.update((word, stem or "") for word, stem in cursor.fetchall())
    for piece, found in fresh.items():
        stems = [_stems[word] for word in found]
        _pieces[piece] = _Piece(
            len(found),
            max((place for place, stem in enumerate(stems, start=1) if stem), default=0),
            _template(stems),
            _template([kazakh(word) for word in found]),
        )


def _template(stems: list[str]) -> str:
    """Return stems with gaps for the places of all words, those without a stem printing none."""
    return "".join(f"{stem}:%s " if stem else "%.0s" for stem in stems) if any(stems) else ""


def _vector(head: list[str], body: list[str]) -> str:
    """Join pieces as `||` joins vectors: places go on after the last lexeme of the left one."""
    found: list[str] = []
    parts = [
        (_MARKS["A"], [_pieces[piece] for piece in head]),
        (_MARKS[""], [_pieces[piece] for piece in body]),
    ]
    last = 0
    for marks, pieces in parts:
        before = last
        for piece in pieces:
            if piece.stems:
                found.append(piece.stems % marks[before : before + piece.length])
                last = before + piece.last
            before += piece.length
    before = last
    for marks, pieces in parts:
        for piece in pieces:
            if piece.kazakh:
                found.append(piece.kazakh % marks[before : before + piece.length])
            before += piece.length
    return "".join(found)
