"""Writing the register: publish, correct, withdraw. Each call is one transaction."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from . import branding, pdf
from .dates import PartialDate, months_between
from .folding import words
from .indexing import index_record
from .markdown import clean_text, normalise_headings, to_html
from .models import (
    PublishedDocument,
    PublishedFile,
    PublishedRecord,
    RegisterBranding,
    RegisterFacet,
    RegisterRevision,
)
from .payload import DocumentData, PartyData, RecordData
from .vocabulary import CHAPTERS, Outcome, chapter_of

NO_DATE = date(1, 1, 1)


class Change(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def _plain(value: Any) -> Any:
    """Payload as plain data for JSON, without characters that must not be stored."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, PartialDate):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {clean_text(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _party(party: PartyData) -> dict[str, Any]:
    """A withheld party is written without any name, whatever the caller filled in."""
    if party.withheld:
        return _plain(asdict(PartyData(type=party.type, withheld=True)))
    return _plain(asdict(party))


def columns_of(data: RecordData) -> dict[str, Any]:
    """The columns of a record, also for a preview that is never saved."""
    start, end = data.submitted_on, data.concluded_on
    found = {chapter_of(p.code, p.edition) for p in data.provisions}
    return {
        "reference": clean_text(data.reference),
        "title": clean_text(data.title),
        "language": data.language,
        "translations": {key: _plain(asdict(text)) for key, text in data.translations.items()},
        "stage": data.stage,
        "lead_ncp": data.lead_ncp,
        "supporting_ncps": list(data.supporting_ncps),
        "submitted_on": start.isoformat() if start else "",
        "concluded_on": end.isoformat() if end else "",
        "year": start.first_day.year if start else None,
        "sort_on": (start or end or PartialDate(NO_DATE, "day")).first_day,
        "months": months_between(start, end),
        "complainants": [_party(party) for party in data.complainants],
        "respondents": [_party(party) for party in data.respondents],
        "host_countries": list(data.host_countries),
        "sector": data.sector,
        "provisions": [_plain(asdict(provision)) for provision in data.provisions],
        "chapters": [chapter for chapter in CHAPTERS if chapter in found],
        "outcome": Outcome(data.outcome).value,
        "determination": data.determination,
        "mediator": clean_text(data.mediator),
        "languages": list(data.languages),
        "summary": clean_text(data.summary),
        "timeline": [
            {"key": clean_text(entry.key), "on": entry.on.isoformat()} for entry in data.timeline
        ],
        "source": clean_text(data.source),
        "source_confidence": clean_text(data.source_confidence),
        "notes": clean_text(data.notes),
        "publisher": _plain(data.publisher),
    }


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _facets(record: PublishedRecord) -> set[tuple[str, str]]:
    pairs = {("lead_ncp", record.lead_ncp), ("sector", record.sector)}
    if record.year:
        pairs.add(("year", str(record.year)))
    pairs |= {("country", code) for code in record.host_countries}
    return {(kind, value) for kind, value in pairs if value}


def write_facets(record: PublishedRecord) -> None:
    """Offer the record's year, sector, countries and lead NCP in the filters."""
    wanted = [RegisterFacet(kind=kind, value=value) for kind, value in sorted(_facets(record))]
    RegisterFacet.objects.bulk_create(wanted, ignore_conflicts=True)


def _prune_facets(pairs: Iterable[tuple[str, str]]) -> None:
    """Forget filter values that no public record has any more."""
    public = PublishedRecord.objects.public()
    for kind, value in sorted(pairs):
        lookup: dict[str, Any] = (
            {"host_countries__contains": [value]} if kind == "country" else {kind: value}
        )
        if not public.filter(**lookup).exists():
            RegisterFacet.objects.filter(kind=kind, value=value).delete()


def _prune_words(found: Iterable[str]) -> None:
    """Forget words that no published text holds: a withdrawn name must not be guessable."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM register_registerword w WHERE w.word = ANY(%s) AND NOT EXISTS ("
            "SELECT 1 FROM register_publishedrecord r WHERE r.withdrawn_at IS NULL "
            "AND r.search_vector @@ (CASE WHEN w.lexeme <> '' THEN quote_literal(w.lexeme) "
            "ELSE quote_literal('kk' || w.stem) END)::tsquery)",
            [sorted(set(found))],
        )


def _new_revision() -> None:
    """Count the change. The last lock of a write: it would hold up others if it came earlier."""
    now = timezone.now()
    _row, created = RegisterRevision.objects.get_or_create(
        id=1, defaults={"number": 1, "changed_at": now}
    )
    if not created:
        RegisterRevision.objects.filter(id=1).update(number=F("number") + 1, changed_at=now)


def _upsert(data: RecordData, at: datetime) -> tuple[PublishedRecord, Change]:
    columns = columns_of(data)
    digest = _digest(columns)
    record, created = PublishedRecord.objects.select_for_update(no_key=True).get_or_create(
        source_key=data.source_key,
        defaults={
            **columns,
            "digest": digest,
            "first_published_at": at,
            "changed_at": timezone.now(),
        },
    )
    if not created:
        if record.digest == digest and not record.is_withdrawn:
            return record, Change.UNCHANGED
        before = _facets(record)
        for name, value in columns.items():
            setattr(record, name, value)
        record.digest, record.changed_at, record.withdrawn_at = digest, timezone.now(), None
        record.save()
        write_facets(record)
        _prune_facets(before - _facets(record))
    else:
        write_facets(record)
    return record, Change.CREATED if created else Change.UPDATED


@transaction.atomic
def upsert_record(
    data: RecordData, *, at: datetime | None = None
) -> tuple[PublishedRecord, Change]:
    """Write the record with this `source_key`, or find that it says the same already.

    `at` is the moment of publishing, by default now. Publishing a withdrawn record again brings
    it back under its old address, without the documents it had.
    """
    record, change = _upsert(data, at or timezone.now())
    if change is not Change.UNCHANGED:
        index_record(record)
        _new_revision()
    return record, change


def _add_document(record: PublishedRecord, data: DocumentData, at: datetime) -> bool:
    """Add a version unless the current one says the same. True when something was added."""
    markdown = normalise_headings(data.markdown)
    digest = _digest(
        [data.title, markdown, data.language, str(data.finalised_on), data.correction_note]
    )
    series = PublishedDocument.objects.filter(
        record=record, kind=data.kind, number=data.number, language=data.language
    )
    current = series.filter(is_current=True).first()
    if current and current.digest == digest:
        return False
    series.filter(is_current=True).update(is_current=False)
    document = PublishedDocument(
        record=record,
        kind=data.kind,
        number=data.number,
        language=data.language,
        version=current.version + 1 if current else 1,
        supersedes=current,
        title=clean_text(data.title),
        markdown=markdown,
        html=to_html(markdown),
        finalised_on=data.finalised_on,
        published_at=at,
        correction_note=clean_text(data.correction_note),
        digest=digest,
    )
    if data.id:
        document.id = data.id
    document.save(force_insert=True)
    content = pdf.render(record, document)
    PublishedFile.objects.create(
        document=document,
        content=content,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return True


@transaction.atomic
def publish(
    record: RecordData, document: DocumentData | None = None, *, at: datetime | None = None
) -> PublishedRecord:
    """Publish a record and, with it, a finished document. Publishing the same again is no change.

    A new text of a series (kind, number, language) becomes its next version and supersedes the
    one before, which stays public (Procedures: "revised statement after review").
    """
    at = at or timezone.now()
    row, change = _upsert(record, at)
    added = _add_document(row, document, at) if document else False
    if added and change is Change.UNCHANGED:
        row.changed_at = timezone.now()
        row.save(update_fields=["changed_at"])
    if added or change is not Change.UNCHANGED:
        index_record(row)
        _new_revision()
    return row


@transaction.atomic
def unpublish(source_key: str, *, at: datetime | None = None) -> bool:
    """Take a record off the register: its texts are deleted, its address answers 410.

    Returns False when there is no public record with that key.
    """
    at = at or timezone.now()
    record = (
        PublishedRecord.objects.select_for_update(no_key=True)
        .public()
        .filter(source_key=source_key)
        .first()
    )
    if record is None:
        return False
    before = _facets(record)
    titles = [record.title, record.reference, *(str(t) for t in record.translations.values())]
    found = words("\n".join([*titles, record.search_text]))
    record.documents.update(supersedes=None)
    record.documents.all().delete()
    empty = PublishedRecord(
        id=record.id,
        source_key=record.source_key,
        lead_ncp=record.lead_ncp,
        outcome=Outcome.UNKNOWN,
        sort_on=NO_DATE,
        first_published_at=record.first_published_at,
        changed_at=timezone.now(),
        withdrawn_at=at,
    )
    empty.save(force_update=True)
    _prune_facets(before)
    _prune_words(found)
    _new_revision()
    return True


@transaction.atomic
def set_branding(shown: branding.Branding) -> None:
    """Put in force how the NCP shows itself on public pages."""
    RegisterBranding.objects.update_or_create(id=1, defaults=asdict(shown))
    _new_revision()
    branding.forget()
    transaction.on_commit(branding.forget)
