"""Search columns of records: which words, which weights, and the vocabulary for odd forms."""

from collections.abc import Iterable
from itertools import islice

from django.db import connection

from .folding import is_cyrillic, kazakh_stem, words
from .markdown import to_text
from .models import PublishedDocument, PublishedRecord

MAX_WORDS = 40_000  # PostgreSQL holds a megabyte of lexemes; about 150 pages
MAX_POSITION = 16_383
_BATCH = 500

Weighted = tuple[str, str]


def search_fields(record: PublishedRecord, documents: Iterable[str]) -> list[Weighted]:
    """The published texts with their weight: title A, parties B, summary C, statements D."""
    translations = record.translations.values()
    titles = [record.title, *(t.get("title", "") for t in translations)]
    parties = [
        name
        for party in [*record.complainants, *record.respondents]
        for name in (party["name"], party["native_name"])
    ]
    summaries = [record.summary, *(t.get("summary", "") for t in record.translations.values())]
    fields = [(text, "A") for text in [*titles, record.reference]]
    fields += [(text, "B") for text in parties]
    fields += [(text, "C") for text in [*summaries, record.notes]]
    fields += [(text, "D") for text in documents]
    return [(text, weight) for text, weight in fields if text.strip()]


def _kazakh_lexemes(weighted: list[tuple[str, list[str]]]) -> str:
    """Kazakh stems as the text of a tsvector; only letters and digits occur in it."""
    places: dict[str, list[str]] = {}
    position = 0
    for weight, found in weighted:
        for word in found:
            position += 1
            if is_cyrillic(word):
                place = places.setdefault(f"kk{kazakh_stem(word)}", [])
                if len(place) < 200:
                    place.append(f"{min(position, MAX_POSITION)}{weight}")
    return " ".join(f"{stem}:{','.join(place)}" for stem, place in places.items())


_SET_VECTOR = """
UPDATE register_publishedrecord SET search_text = %s, search_vector =
    setweight(to_tsvector('russian', %s), 'A') || setweight(to_tsvector('russian', %s), 'B')
    || setweight(to_tsvector('russian', %s), 'C') || setweight(to_tsvector('russian', %s), 'D')
    || %s::tsvector
WHERE id = %s
"""
# PostgreSQL's 'russian' configuration stems Latin words with the English stemmer.
_ADD_WORDS = """
INSERT INTO register_registerword (word, lexeme, stem)
SELECT word, coalesce((tsvector_to_array(to_tsvector('russian', word)))[1], ''), stem
FROM unnest(%s::text[], %s::text[]) AS new (word, stem)
ORDER BY word
ON CONFLICT (word) DO NOTHING
"""


def index_record(record: PublishedRecord) -> None:
    """Write the search columns of one record from its published texts."""
    documents = [
        to_text(markdown)
        for markdown in PublishedDocument.objects.filter(record=record, is_current=True)
        .order_by("kind", "number", "language")
        .values_list("markdown", flat=True)
    ]
    fields = search_fields(record, documents)
    left = MAX_WORDS
    weighted = []
    for text, weight in fields:
        found = words(text, left)
        left -= len(found)
        weighted.append((weight, found))
    by_weight = {
        weight: " ".join(word for w, found in weighted if w == weight for word in found)
        for weight in "ABCD"
    }
    vocabulary = sorted({word for _weight, found in weighted for word in found})
    with connection.cursor() as cursor:
        cursor.execute(
            _SET_VECTOR,
            [
                "\n".join(text for text, weight in fields if weight != "A"),
                *by_weight.values(),
                _kazakh_lexemes(weighted),
                record.pk,
            ],
        )
        stems = [kazakh_stem(word) if is_cyrillic(word) else "" for word in vocabulary]
        cursor.execute(_ADD_WORDS, [vocabulary, stems])


def reindex(records: Iterable[PublishedRecord]) -> int:
    """Write the search columns again, after the rules for words changed. Returns how many."""
    iterator, done = iter(records), 0
    while batch := list(islice(iterator, _BATCH)):
        for record in batch:
            index_record(record)
        done += len(batch)
    return done
