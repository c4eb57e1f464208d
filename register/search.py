"""Full-text search: what people type becomes a tsquery, and hits show where they hit.

Russian and English are stemmed by PostgreSQL. Kazakh forms meet by `folding.kazakh_stem`; what
neither joins (other endings, another spelling, a slip of the pen) is looked up by trigrams among
the words of the published texts, so the cost does not grow with the length of the statements.
"""

import re
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.postgres.search import SearchRank
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, FloatField, Func, TextField, Value
from django.db.models.functions import Cast

from .folding import KAZAKH_STOP, fold, is_cyrillic, kazakh_stem, words
from .markdown import clean_text
from .querysets import RecordQuerySet

MAX_QUERY = 200
MAX_TERMS = 10
MAX_HITS = 1000
MAX_FORMS = 60
SNIPPET = 260
SNIPPET_SOURCE = 30_000

_PART = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"|(?P<words>[^\s"]+))')


@dataclass(frozen=True)
class Query:
    """What somebody looks for, ready for PostgreSQL.

    `tsquery` is empty when nothing searchable was typed. `forms` are the folded words to mark in
    the texts. `similar` says for each term that no text holds what was taken instead.
    """

    text: str
    tsquery: str = ""
    forms: frozenset[str] = frozenset()
    similar: dict[str, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.tsquery)


@dataclass(frozen=True)
class _Part:
    terms: tuple[str, ...]
    is_phrase: bool
    is_excluded: bool


def clean_query(text: str) -> str:
    """What was typed, without what cannot be searched, at most 200 characters."""
    return " ".join(clean_text(text[: 4 * MAX_QUERY]).split())[:MAX_QUERY]


def _parts(text: str) -> list[_Part]:
    parts: list[_Part] = []
    left = MAX_TERMS
    for found in _PART.finditer(text):
        phrase = found["phrase"]
        terms = tuple(words(phrase if phrase is not None else found["words"], left))
        left -= len(terms)
        if terms:
            parts.append(_Part(terms, phrase is not None or len(terms) > 1, bool(found["minus"])))
    return parts


# For each term: its lexeme, and the words of the register that are forms of it or look like it.
_EXPAND = """
WITH term AS (
    SELECT ord, word, stem, cyrillic,
        coalesce((tsvector_to_array(to_tsvector('russian', word)))[1], '') AS lexeme
    FROM unnest(%s::text[], %s::text[], %s::bool[]) WITH ORDINALITY
        AS t (word, stem, cyrillic, ord)
)
SELECT term.ord, term.lexeme, w.word, w.lexeme, w.stem, w.kin, w.likeness
FROM term LEFT JOIN LATERAL (
    (SELECT r.word, r.lexeme, r.stem, true AS kin, 1.0::float8 AS likeness
     FROM register_registerword r
     WHERE (r.lexeme = term.lexeme AND term.lexeme <> '') OR (r.stem = term.stem AND r.stem <> '')
     LIMIT %s)
    UNION ALL
    (SELECT r.word, r.lexeme, r.stem, false, similarity(r.word, term.word)::float8
     FROM register_registerword r
     WHERE length(term.word) >= 4 AND (term.lexeme <> '' OR term.cyrillic)
        AND (term.cyrillic OR NOT EXISTS (
            SELECT 1 FROM register_registerword e WHERE e.lexeme = term.lexeme))
        AND r.word %% term.word
     ORDER BY similarity(r.word, term.word) DESC
     LIMIT 30)
) w ON true
"""
LOOKS_LIKE = 0.5  # a form of the same word, when other forms are known already
COULD_BE = 0.4  # what else was meant, when nothing is known


def _common(a: str, b: str) -> int:
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        length += 1
    return length


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _alternatives(lexeme: str, stem: str) -> set[str]:
    names = {_quoted(lexeme)} if lexeme else set()
    if stem and stem not in KAZAKH_STOP:
        names.add(_quoted(f"kk{stem}"))
    return names


def understand(text: str) -> Query:
    """Turn what was typed into a query: words, "phrases in quotes", -excluded. One SQL statement.

    Never raises for anything typed; characters that mean nothing are left out.
    """
    text = clean_query(text)
    parts = _parts(text)
    terms = sorted({term for part in parts for term in part.terms})
    if not terms:
        return Query(text)
    cyrillic = [is_cyrillic(term) for term in terms]
    stems = [
        kazakh_stem(term) if is_kk and term not in KAZAKH_STOP else ""
        for term, is_kk in zip(terms, cyrillic, strict=True)
    ]
    lexemes: dict[str, str] = {}
    alternatives: dict[str, set[str]] = {term: set() for term in terms}
    forms: dict[str, set[str]] = {term: {term} for term in terms}
    known: set[str] = set()
    guesses: dict[str, list[tuple[float, str, str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_EXPAND, [terms, stems, cyrillic, MAX_FORMS])
        rows = cursor.fetchall()
    stem_of = dict(zip(terms, stems, strict=True))
    for place, lexeme, word, word_lexeme, word_stem, kin, likeness in rows:
        term = terms[place - 1]
        lexemes[term] = lexeme
        # A Russian stop word has no lexeme; its Kazakh stem would be in every text or in none.
        own_stem = stem_of[term] if lexeme else ""
        alternatives[term] |= _alternatives(lexeme, own_stem)
        if word is None or not lexeme:
            continue
        if kin:
            known.add(term)
            forms[term].add(word)
        elif likeness >= LOOKS_LIKE and _common(word, term) >= min(5, len(term), len(word)):
            alternatives[term] |= _alternatives(word_lexeme, word_stem)
            forms[term].add(word)
            known.add(term)
        elif likeness >= COULD_BE and _common(word, term) >= 1:
            guesses.setdefault(term, []).append((likeness, word, word_lexeme, word_stem))
    similar: dict[str, list[str]] = {}
    for term, found in guesses.items():
        if term in known:
            continue
        for _likeness, word, word_lexeme, word_stem in sorted(found, reverse=True)[:4]:
            alternatives[term] |= _alternatives(word_lexeme, word_stem)
            forms[term].add(word)
            similar.setdefault(term, []).append(word)
    required: list[str] = []
    excluded: list[str] = []
    for part in parts:
        pieces = [
            "(" + " | ".join(sorted(alternatives[term])) + ")"
            for term in part.terms
            if alternatives[term]
        ]
        if not pieces:
            continue
        joined = (" <-> " if part.is_phrase and not part.is_excluded else " & ").join(pieces)
        (excluded if part.is_excluded else required).append(f"({joined})")
    if not required:
        return Query(text)
    marked = {
        form
        for part in parts
        if not part.is_excluded
        for term in part.terms
        if alternatives[term]
        for form in forms[term]
    }
    tsquery = " & ".join(required + [f"!{part}" for part in excluded])
    return Query(text, tsquery, frozenset(marked), similar)


class _TSQuery(Func):
    template = "(%(expressions)s)::tsquery"


def matching(records: RecordQuerySet, query: Query) -> RecordQuerySet:
    """The records that hold what was asked."""
    match = ExpressionWrapper(
        Func(
            F("search_vector"),
            _TSQuery(Value(query.tsquery, output_field=TextField())),
            template="%(expressions)s",
            arg_joiner=" @@ ",
        ),
        output_field=BooleanField(),
    )
    return records.filter(match)


def ranked(records: RecordQuerySet, query: Query) -> list[UUID]:
    """The newest 1,000 hits, the best first. Ranking all hits would cost more with each record."""
    newest = matching(records, query).newest_first()[:MAX_HITS]
    rank = SearchRank(
        F("search_vector"),
        _TSQuery(Value(query.tsquery, output_field=TextField())),
        weights=[0.1, 0.3, 0.6, 1.0],
        normalization=Value(1),
    )
    hits = newest.annotate(rank=Cast(rank, FloatField())).values_list("rank", "sort_on", "id")
    best = sorted(hits, reverse=True)
    return [pk for _rank, _day, pk in best]


@dataclass(frozen=True)
class Piece:
    text: str
    is_hit: bool


def _pattern(forms: frozenset[str]) -> "re.Pattern[str] | None":
    if not forms:
        return None
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])")


def mark(text: str, forms: frozenset[str]) -> list[Piece]:
    """The text in pieces, the words found apart, for a template that puts <mark> around them."""
    pattern = _pattern(forms)
    pieces: list[Piece] = []
    done = 0
    for hit in pattern.finditer(fold(text)) if pattern else ():
        if hit.start() > done:
            pieces.append(Piece(text[done : hit.start()], False))
        pieces.append(Piece(text[hit.start() : hit.end()], True))
        done = hit.end()
    if done < len(text) or not pieces:
        pieces.append(Piece(text[done:], False))
    return pieces


def snippet(text: str, forms: frozenset[str], length: int = SNIPPET) -> list[Piece]:
    """The place of the text with most hits close together, cut at words, hits apart."""
    pattern = _pattern(forms)
    starts = [hit.start() for hit in pattern.finditer(fold(text))] if pattern else []
    if not starts:
        return []
    window = length * 2 // 3
    first = (
        max(starts, key=lambda s: (len([x for x in starts if s <= x < s + window]), -s))
        if (len(starts) <= 200)
        else starts[0]
    )
    begin = max(0, first - length // 4)
    if begin:
        begin = text.find(" ", begin, first) + 1 or begin
    end = min(len(text), begin + length)
    if end < len(text):
        space = text.rfind(" ", first, end)
        end = space if space > first else end
    lines = [" ".join(line.split()) for line in text[begin:end].split("\n")]
    place = " · ".join(line for line in lines if line)
    pieces = mark(place, forms)
    if begin:
        pieces.insert(0, Piece("… ", False))
    if end < len(text):
        pieces.append(Piece(" …", False))
    return pieces
