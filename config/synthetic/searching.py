"""What staff search of invented cases: the rows that `cases.search.index` would write, in bulk.

A case in which a name is withheld is left to the worker, which finds that it is missing: blotting
names out takes the whole case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from cases.models import (
    Assessment,
    Case,
    CaseDocument,
    Decision,
    Issue,
    IssueDecision,
    Message,
    ParallelProceeding,
    Party,
    Representation,
    SearchState,
    SearchText,
    Submission,
)
from cases.models.search import Place, Readers
from cases.search import indexing
from cases.search.entries import Entry
from cases.search.masking import Mask
from config.synthetic import lexemes
from config.synthetic.rows import Row
from documents.models import Document
from statements.models import Comment, CommentRound, Statement, Version

_UNMASKED = Mask()


def texts(rows: list[Row]) -> list[Row]:
    """Return the rows of one case in the search, or none where a name is withheld.

    Each has its `head` and `body`, from which `add_vectors` makes what is searched.
    """
    parts: dict[Any, list[Row]] = {}
    for row in rows:
        parts.setdefault(row.model, []).append(row)
    if Representation in parts or any(
        "withholding_reason" in vars(row) and row.withholding_reason for row in parts[Party]
    ):
        return []
    (case,) = parts[Case]
    found = []
    for entry in _entries(case, parts):
        body, head = entry.text(), entry.head.strip()
        if head or body.strip():
            values = {
                "case_id": case.id, "place": entry.place, "source": entry.source,
                "readers": entry.readers, "at": entry.at, "head": entry.head, "body": body,
                "digest": indexing._digest(entry, entry.version or body, _UNMASKED),
                "text": f"{head}\n{body}" if head and body else head or body,
            }  # fmt: skip
            found.append(Row(SearchText, values))
    return found


def add_vectors(rows: list[Row]) -> None:
    """Give the rows of many cases their vectors."""
    found = lexemes.vectors((row.head, row.body) for row in rows)
    for row, vector in zip(rows, found, strict=True):
        row.vector = vector


def state(case_id: str, length: int) -> Row:
    """Return the row that says that a case is in the search."""
    return Row(SearchState, {"case_id": case_id, "length": length, "indexed_at": timezone.now()})


def _entries(case: Row, parts: dict[Any, list[Row]]) -> Iterator[Entry]:
    """Yield what `cases.search.entries.of_case` yields of the stored case."""
    pk, at = case.id, case.received_at
    yield Entry(Place.TITLE, pk, Readers.CASE, at, f"{case.title} {case.reference or ''}")
    for row in parts[Party]:
        yield Entry(Place.PARTY, row.id, Readers.CASE, row.joined_at, row.name)
    for row in parts[Issue]:
        body = f"{row.description}\n{row.place}"
        yield Entry(Place.ISSUE, row.id, Readers.NCP, at, row.title, body)
    content = json.loads(parts[Submission][0].content)
    body = "\n".join((content["wanted"], content["tried_before"]))
    yield Entry(Place.SUBMISSION, pk, Readers.NCP, at, "", body)
    for row in parts.get(Message, ()):
        subject = row.__dict__.get("subject", "")
        yield Entry(Place.MESSAGE, row.id, Readers.NCP, row.sent_at, subject, row.text)
    for row in parts.get(Decision, ()):
        body = "\n".join(item.reasons for item in parts[IssueDecision])
        yield Entry(Place.DECISION, row.id, Readers.NCP, row.proposed_at, "", body)
    if answers := parts.get(Assessment):
        body = "\n".join(row.reasoning for row in answers)
        yield Entry(Place.DECISION, pk, Readers.NCP, at, "", body)
    files = {row.id: row for row in parts.get(Document, ())}
    for row in parts.get(CaseDocument, ()):
        file = files[row.document_id]
        yield Entry(
            Place.DOCUMENT, row.id, Readers.NCP, row.provided_at,
            f"{row.title} {file.original_name}", file.content.decode(),
            version=f"{file.id}:{file.text_size}",
        )  # fmt: skip
    if proceedings := parts.get(ParallelProceeding):
        body = "\n".join(f"{row.forum} {row.reference} {row.status}" for row in proceedings)
        yield Entry(Place.PROCEEDING, pk, Readers.NCP, at, "", body)
    yield from _statements(parts)


def _statements(parts: dict[Any, list[Row]]) -> Iterator[Entry]:
    """Yield what `statements.searched.texts_of` yields."""
    for statement in parts.get(Statement, ()):
        texts = [row for row in parts[Version] if row.statement_id == statement.id]
        rounds = [row for row in parts.get(CommentRound, ()) if row.statement_id == statement.id]
        said = [row.text for row in parts.get(Comment, ()) if row.round_id == rounds[-1].id]
        body = [part for row in texts for part in (row.summary, row.text)]
        yield Entry(
            Place.STATEMENT, statement.id, Readers.NCP, max(row.at for row in texts),
            "\n".join(row.title for row in texts), "\n".join(filter(None, (*body, *said))),
        )  # fmt: skip
