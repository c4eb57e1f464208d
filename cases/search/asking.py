"""What people type becomes a tsquery; hits say where they stand and show the words around."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    QuerySet,
    TextField,
    Value,
)

from accounts.models import User
from accounts.roles import Role
from cases.models import Case, SearchText
from cases.models.search import Readers
from cases.search.indexing import digest_of
from cases.search.words import fold, kazakh, words
from sealing.fields import open_keys

MOST_LETTERS = 200
MOST_TERMS = 10
MOST_HITS = 1000
SHORTEST_BEGINNING = 3
LOOKS_LIKE = 0.4
SNIPPET = 240
WINDOW = 20_000

COLUMNS = ("id", "case_id", "place", "source", "readers", "at")
# The ranks are computed of the newest alone, and not before these are known: the ORM would join the
# texts a second time for it.
_RANKED = (
    "SELECT id, case_id::text, place, source::text, readers, at, "
    "ts_rank('{{0.1,0.3,0.6,1.0}}'::float4[], vector, %s::tsquery, 1) FROM ({newest}) AS newest"
)

_PART = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"|(?P<words>[^\s"]+))')
_TEXT_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Term:
    """A word that was typed: its lexemes, or the letters that a word begins with."""

    word: str
    lexemes: frozenset[str]
    is_beginning: bool = False


@dataclass(frozen=True)
class Query:
    """What somebody looks for. `tsquery` is empty when nothing searchable was typed."""

    text: str
    tsquery: str = ""
    terms: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tsquery)


@dataclass(frozen=True)
class _Part:
    words: tuple[str, ...]
    is_phrase: bool
    is_excluded: bool
    is_beginning: bool


def clean(text: str) -> str:
    """What was typed, without control characters, at most 200 letters."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * MOST_LETTERS])
    return " ".join(plain.split())[:MOST_LETTERS]


def understand(text: str, *, user: User) -> Query:
    """Turn what was typed into a query: words, "phrases in quotes", -excluded, beginn*.

    One SQL statement. Never raises for anything typed; what means nothing is left out. An
    officer's query also asks for the digests of the words, by which sealed texts are found.
    """
    text = clean(text)
    parts = _parts(text)
    found = _lexemes({word for part in parts for word in part.words})
    with_digests = user.has_role(Role.OFFICER)
    required, excluded, terms = [], [], []
    for part in parts:
        joined, last = "", 0
        for place, word in enumerate(part.words):
            if part.is_beginning:
                piece = f"{_quoted(word)}:*"
                terms.append(Term(word, frozenset(), is_beginning=True))
            elif lexemes := found[word]:
                piece = _any_of(lexemes, with_digests=with_digests)
                if not part.is_excluded:
                    terms.append(Term(word, lexemes))
            else:
                continue
            # A stop word is in no text, but it takes its place between its neighbours.
            near = f" <{place - last}> " if part.is_phrase else " & "
            joined, last = f"{joined}{near}{piece}" if joined else piece, place
        if joined:
            (excluded if part.is_excluded else required).append(f"({joined})")
    if not required:
        return Query(text)
    tsquery = " & ".join([*required, *(f"!{part}" for part in excluded)])
    return Query(text, tsquery, tuple(terms))


def _parts(text: str) -> list[_Part]:
    parts: list[_Part] = []
    left = MOST_TERMS
    for match in _PART.finditer(text):
        phrase, typed = match["phrase"], match["words"] or ""
        held = tuple(words(phrase if phrase is not None else typed))[:left]
        left -= len(held)
        if not held:
            continue
        begins = (
            phrase is None
            and typed.endswith("*")
            and len(held) == 1
            and len(held[0]) >= SHORTEST_BEGINNING
        )
        joined = phrase is not None or len(held) > 1
        parts.append(_Part(held, joined, bool(match["minus"]), begins))
    return parts


def _lexemes(found: set[str]) -> dict[str, frozenset[str]]:
    if not found:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, tsvector_to_array(to_tsvector('russian', word)) "
            "FROM unnest(%s::text[]) AS t (word)",
            [sorted(found)],
        )
        rows = cursor.fetchall()
    # A stop word has no lexeme; its Kazakh stem would be in every text.
    return {
        word: frozenset(filter(None, [*stems, kazakh(word)])) if stems else frozenset()
        for word, stems in rows
    }


def _any_of(lexemes: frozenset[str], *, with_digests: bool) -> str:
    names = sorted(lexemes)
    if with_digests:
        names += [digest_of(lexeme) for lexeme in sorted(lexemes)]
    return "(" + " | ".join(map(_quoted, names)) + ")"


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


class _TSQuery(Func):
    template = "(%(expressions)s)::tsquery"


def _asked(query: Query) -> _TSQuery:
    return _TSQuery(Value(query.tsquery, output_field=TextField()))


def matching(texts: QuerySet[Any], query: Query) -> QuerySet[Any]:
    """The texts that hold what was asked."""
    match = Func(F("vector"), _asked(query), template="%(expressions)s", arg_joiner=" @@ ")
    return texts.filter(ExpressionWrapper(match, output_field=BooleanField()))


class Hit(NamedTuple):
    """A place of a case that holds what was asked. Of a thousand hits twenty are shown: ids stay
    text until somebody asks."""

    id: int
    case_key: str
    place: str
    source_key: str
    readers: str
    at: datetime
    rank: float

    @property
    def case_id(self) -> UUID:
        return UUID(self.case_key)

    @property
    def source(self) -> UUID:
        return UUID(self.source_key)


@dataclass
class Found:
    """The newest 1,000 hits, the best first. `is_cut`: there are more."""

    hits: list[Hit] = field(default_factory=list)
    is_cut: bool = False


def find(query: Query, *, user: User, texts: QuerySet[SearchText] | None = None) -> Found:
    """Find what a person may see. One statement: ranking more hits would cost more with every
    case.

    Args:
        texts: what the person may see, where the caller holds it already, not asked yet.
    """
    if texts is None:
        texts = SearchText.objects.visible_to(user)
    newest = matching(texts, query).order_by("-at", "-id").values(*COLUMNS, "vector")
    try:
        inner, parameters = newest[: MOST_HITS + 1].query.sql_with_params()
    except EmptyResultSet:
        return Found()
    with connection.cursor() as cursor:
        cursor.execute(_RANKED.format(newest=inner), [query.tsquery, *parameters])
        rows = [Hit(*row) for row in cursor.fetchall()]
    is_cut = len(rows) > MOST_HITS
    best: dict[tuple[str, str, str], Hit] = {}
    for hit in rows[:MOST_HITS]:
        key = (hit.case_key, hit.place, hit.source_key)
        held = best.get(key)
        # A text that also stands in whole for the named officers is shown to them in whole.
        if held is None or (hit.readers == Readers.NAMED, hit.rank) > (
            held.readers == Readers.NAMED,
            held.rank,
        ):
            best[key] = hit
    hits = sorted(best.values(), key=lambda hit: (hit.rank, hit.at), reverse=True)
    return Found(hits, is_cut)


@dataclass(frozen=True)
class Piece:
    text: str
    is_hit: bool


def snippets(
    hits: list[Hit], query: Query, *, user: User, texts: QuerySet[SearchText] | None = None
) -> dict[int, list[Piece]]:
    """Return the words around the hits, by the id of the hit; those found stand apart.

    Two statements, two more where a text is sealed. The database is asked again who may see the
    texts.

    Args:
        texts: as of `find`.
    """
    if texts is None:
        texts = SearchText.objects.visible_to(user)
    sealed = [hit.case_id for hit in hits if hit.readers == Readers.NAMED]
    if sealed:
        open_keys(Case.objects.filter(pk__in=sealed).values_list("data_key_id", flat=True))
    rows = (
        texts.filter(pk__in=[hit.id for hit in hits])
        .select_related("case")
        .only("id", "text", "sealed", "case__data_key_id")
    )
    return marked({row.pk: row.text or row.sealed for row in rows}, query)


def marked(texts: dict[Any, str], query: Query) -> dict[Any, list[Piece]]:
    """Return the words around what was asked in each text. One statement."""
    candidates = {pk: _candidates(text, query) for pk, text in texts.items()}
    known = _lexemes({word for found in candidates.values() for _place, word in found})
    wanted = frozenset(lexeme for term in query.terms for lexeme in term.lexemes)
    beginnings = tuple(term.word for term in query.terms if term.is_beginning)
    shown = {}
    for pk, text in texts.items():
        places = [
            (place, place + len(word))
            for place, word in candidates[pk]
            if known[word] & wanted or (beginnings and word.startswith(beginnings))
        ]
        shown[pk] = _around(text, places)
    return shown


def _candidates(text: str, query: Query) -> list[tuple[int, str]]:
    """Places of words that may be forms of what was asked: they begin alike."""
    beginnings = {
        (lexeme.removeprefix("kk") if lexeme.startswith("kk") else lexeme)[:5]
        for term in query.terms
        for lexeme in (term.lexemes or {term.word})
    }
    begins = tuple(filter(None, beginnings))
    found: list[tuple[int, str]] = []
    for start in range(0, len(text), WINDOW):
        # A word is not cut by a window: it is read a little beyond its end.
        folded = fold(text[start : start + WINDOW + 60])
        for match in _TEXT_WORD.finditer(folded):
            if match.start() >= WINDOW:
                break
            if match.group().startswith(begins):
                found.append((start + match.start(), match.group()))
        if len(found) >= 60:
            return found[:60]
    return found


def _around(text: str, places: list[tuple[int, int]]) -> list[Piece]:
    """The place of the text with most hits close together, cut at words."""
    if not places:
        start, shown = 0, text[:SNIPPET]
        return [Piece(" ".join(shown.split()) + (" …" if len(text) > SNIPPET else ""), False)]
    window = SNIPPET * 2 // 3
    starts = [start for start, _end in places]
    first = max(starts, key=lambda s: (sum(1 for x in starts if s <= x < s + window), -s))
    begin = max(0, first - SNIPPET // 4)
    if begin:
        begin = text.find(" ", begin, first) + 1 or begin
    end = min(len(text), begin + SNIPPET)
    if end < len(text):
        space = text.rfind(" ", first, end)
        end = space if space > first else end
        end = max([end, *(stop for start, stop in places if start < end)])
    pieces = [Piece("… ", False)] if begin else []
    done = begin
    for start, stop in places:
        if start < done or start >= end:
            continue
        if start > done:
            pieces.append(Piece(text[done:start], False))
        pieces.append(Piece(text[start:stop], True))
        done = stop
    if done < end:
        pieces.append(Piece(text[done:end], False))
    if end < len(text):
        pieces.append(Piece(" …", False))
    return pieces


def suggestions(text: str, *, user: User, most: int = 5) -> list[str]:
    """Return words that look like what was typed, out of the names of cases and disclosed parties
    that this person sees and of nothing else."""
    typed = clean(text)
    if len(typed) < SHORTEST_BEGINNING:
        return []
    like = Func(
        Value(typed), F("text"), template="%(expressions)s", arg_joiner=" <%% ",
        output_field=BooleanField(),
    )  # fmt: skip
    texts = SearchText.objects.visible_to(user).filter(readers=Readers.CASE)
    near = Func(Value(typed), F("text"), function="word_similarity", output_field=FloatField())
    rows = texts.filter(ExpressionWrapper(like, output_field=BooleanField()))
    rows = rows.order_by(near.desc(), "-at").values_list("text", flat=True)[:most]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [LOOKS_LIKE])
        found = [text.replace("\n", " ").strip() for text in rows]
    return list(dict.fromkeys(found))
