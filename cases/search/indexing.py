"""From a case to its rows in the search, and out of it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from cases.models import Case, SearchState, SearchText
from cases.models.search import Readers
from cases.search import entries
from cases.search.entry import Entry
from cases.search.masking import Mask, mask_of
from cases.search.words import kazakh, words
from sealing.fields import ERASED, open_keys, seal
from sealing.keys import keyed_digest

MOST_WORDS = 30_000
"""A row has a vector of one megabyte at most; a longer text has several rows."""
MOST_PARTS = 20
LAST_PLACE = 16_383
PLACES_KEPT = 60
BATCH = 200


@dataclass(frozen=True)
class _Row:
    place: str
    source: UUID
    part: int
    readers: str
    at: datetime
    digest: str
    head: str
    body: str

    @property
    def key(self) -> tuple[str, UUID, int, str]:
        return self.place, self.source, self.part, self.readers


def digest_of(lexeme: str) -> str:
    """Return what stands for a lexeme in rows that are sealed."""
    raw = keyed_digest(settings.INDEX_KEY, "search.lexeme", lexeme.encode())
    return "s" + base64.b32encode(raw[:15]).decode().lower()


def index(case: Case) -> int:
    """Write what changed in a case since it was indexed and remove what is gone.

    Done twice, it does no harm; two workers at once wait for each other. A case whose key was
    destroyed loses all its texts.

    Returns how many rows were written.
    """
    with transaction.atomic():
        SearchState.objects.get_or_create(case_id=case.pk)
        state = SearchState.objects.select_for_update().get(case_id=case.pk)
        loaded = entries.load(case.pk)
        if loaded.data_key.destroyed_at:
            loaded.search_texts.all().delete()
            fresh: list[_Row] = []
        else:
            held = {
                (row.place, row.source, row.part, row.readers): (row.pk, row.digest)
                for row in loaded.search_texts.only(
                    "pk", "case_id", "place", "source", "part", "readers", "digest"
                )
            }
            mask = mask_of(loaded)
            fresh, kept = [], set()
            for entry in entries.of_case(loaded):
                for row, is_known in _rows(entry, mask, held):
                    kept.add(row.key)
                    if not is_known:
                        fresh.append(row)
            gone = [pk for key, (pk, _digest) in held.items() if key not in kept]
            replaced = [held[row.key][0] for row in fresh if row.key in held]
            SearchText.objects.filter(pk__in=[*gone, *replaced]).delete()
            _write(loaded, fresh)
        state.length = loaded.history_length
        state.waits_for_files = entries.waits_for_files(loaded)
        state.indexed_at = timezone.now()
        state.save()
    return len(fresh)


def _rows(
    entry: Entry, mask: Mask, held: dict[tuple[str, UUID, int, str], tuple[int, str]]
) -> Iterator[tuple[_Row, bool]]:
    """Yield the rows of a text and whether each stands already as it is now."""
    version = entry.version or entry.text() + entry.hidden
    digest = _digest(entry, version, mask)
    same = [key for key in held if key[:2] == (entry.place, entry.source)]
    own = [key for key in same if held[key][1] == digest and _is_of(entry, key)]
    if own and any(key[2] == 0 for key in own):
        for place, source, part, readers in own:
            yield _Row(place, source, part, readers, entry.at, digest, "", ""), True
        return
    text = entry.text()
    if ERASED in (entry.head, text):
        return
    if entry.readers != Readers.NCP or not mask:
        yield from _parts(entry, entry.readers, entry.head, text, digest)
        return
    head, body = mask.blot(entry.head), mask.blot(text)
    yield from _parts(entry, Readers.NCP, head, body, digest)
    if entry.hidden or (head, body) != (entry.head, text):
        whole = f"{text}\n{entry.hidden}" if entry.hidden else text
        yield from _parts(entry, Readers.NAMED, entry.head, whole, digest)


def _is_of(entry: Entry, key: tuple[str, UUID, int, str]) -> bool:
    """A text for the record may also stand in whole for the named officers."""
    return key[3] == entry.readers or (entry.readers == Readers.NCP and key[3] == Readers.NAMED)


def _parts(
    entry: Entry, readers: str, head: str, body: str, digest: str
) -> Iterator[tuple[_Row, bool]]:
    for part, piece in enumerate(_cut(body)):
        row = _Row(entry.place, entry.source, part, readers, entry.at, digest, head, piece)
        if head.strip() or piece.strip():
            yield row, False


def _cut(text: str) -> Iterator[str]:
    """Yield a text in pieces of so many words that a row can hold them."""
    if len(text) <= 3 * MOST_WORDS:
        yield text
        return
    parts = text.split()
    for number in range(MOST_PARTS):
        piece = parts[number * MOST_WORDS : (number + 1) * MOST_WORDS]
        if piece or not number:
            yield " ".join(piece)


def _digest(entry: Entry, version: str, mask: Mask) -> str:
    told = "\n".join([entry.readers, entry.at.isoformat(), entry.head, version, mask.version])
    raw = keyed_digest(settings.INDEX_KEY, "search.digest", told.encode())
    return base64.b32encode(raw[:20]).decode()


_INSERT = """
INSERT INTO cases_searchtext
    (case_id, place, source, part, readers, at, digest, text, sealed, vector)
SELECT %s, place, source, part, readers, at, digest, text, sealed,
    setweight(to_tsvector('russian', head), 'A')
    || setweight(to_tsvector('russian', body), 'D') || more::tsvector
FROM unnest(
    %s::text[], %s::uuid[], %s::int[], %s::text[], %s::timestamptz[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[]
) AS r (place, source, part, readers, at, digest, text, sealed, head, body, more)
"""
# PostgreSQL's 'russian' configuration stems Latin words with the English stemmer.


def _write(case: Case, rows: list[_Row]) -> None:
    for begin in range(0, len(rows), BATCH):
        batch = [_columns(case, row) for row in rows[begin : begin + BATCH]]
        columns = [list(column) for column in zip(*batch, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [case.pk, *columns])


def _columns(case: Case, row: _Row) -> tuple[object, ...]:
    text = "\n".join(part for part in (row.head.strip(), row.body) if part)
    head, body = words(row.head), words(row.body)
    plain = row.readers != Readers.NAMED
    return (
        row.place,
        str(row.source),
        row.part,
        row.readers,
        row.at,
        row.digest,
        text if plain else "",
        "" if plain else seal(text, case.data_key_id),
        " ".join(head) if plain else "",
        " ".join(body) if plain else "",
        kazakh_vector(head, body) if plain else _sealed(head, body),
    )


def kazakh_vector(head: list[str], body: list[str]) -> str:
    """The Kazakh stems as the text of a tsvector; only letters and digits occur in it."""
    return _vector(
        (kazakh(word), place, "A" if place <= len(head) else "D")
        for place, word in enumerate([*head, *body], start=1)
    )


def _sealed(head: list[str], body: list[str]) -> str:
    """All lexemes of a text as keyed digests, in the form of a tsvector."""
    found = []
    shift = 0
    with connection.cursor() as cursor:
        for weight, part in (("A", head), ("D", body)):
            cursor.execute(
                "SELECT lexeme, positions FROM unnest(to_tsvector('russian', %s))",
                [" ".join(part)],
            )
            for lexeme, positions in cursor.fetchall():
                found += [(digest_of(lexeme), place + shift, weight) for place in positions]
            shift += len(part)
    for place, word in enumerate([*head, *body], start=1):
        if lexeme := kazakh(word):
            found.append((digest_of(lexeme), place, "A" if place <= len(head) else "D"))
    return _vector(found)


def _vector(found: Iterable[tuple[str, int, str]]) -> str:
    places: dict[str, list[str]] = {}
    for lexeme, place, weight in found:
        if lexeme:
            held = places.setdefault(lexeme, [])
            if len(held) < PLACES_KEPT:
                held.append(f"{min(place, LAST_PLACE)}{weight}")
    return " ".join(f"{lexeme}:{','.join(held)}" for lexeme, held in places.items())


def index_many(cases: Iterable[Case]) -> int:
    """Index cases one after the other, their keys fetched together; return how many."""
    done = 0
    batch: list[Case] = []
    for case in cases:
        batch.append(case)
        if len(batch) == BATCH:
            done += _index_batch(batch)
            batch = []
    return done + _index_batch(batch)


def _index_batch(batch: list[Case]) -> int:
    open_keys(case.data_key_id for case in batch)
    for case in batch:
        index(case)
    return len(batch)


_MISSED = """
(SELECT c.id FROM cases_case c LEFT JOIN cases_searchstate s ON s.case_id = c.id
 WHERE s.case_id IS NULL OR s.length <> c.history_length LIMIT %s)
UNION
(SELECT case_id FROM cases_searchstate
 WHERE waits_for_files AND indexed_at < now() - interval '50 seconds'
 ORDER BY indexed_at LIMIT %s)
"""


def missed(limit: int = 500) -> list[UUID]:
    """Return ids of cases whose history or files went on since they were indexed."""
    with connection.cursor() as cursor:
        cursor.execute(_MISSED, [limit, limit])
        return [row[0] for row in cursor.fetchall()]


def renew(*case_ids: UUID) -> None:
    """Let the sweep index cases again whose texts changed without an event."""
    SearchState.objects.filter(case_id__in=case_ids).update(length=0)


def forget(case: Case) -> int:
    """Remove every text of a case from the search, as erasure does; return how many rows.

    While the key of the case lives, the next event of the case would write them again: the key is
    destroyed in the same transaction.
    """
    removed, _by_model = SearchText.objects.filter(case_id=case.pk).delete()
    SearchState.objects.update_or_create(
        case_id=case.pk,
        defaults={"length": case.history_length, "waits_for_files": False},
    )
    return removed
