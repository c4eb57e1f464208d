"""What people outside a case may be given of it: no withheld name, and cleared copies alone."""

from __future__ import annotations

from typing import Any

from cases.disclosure import Audience, may_know
from cases.models import Case, CaseDocument, Redaction
from cases.models.correspondence import DocumentAudience
from documents.models import Document

READ_BY_BOTH = (DocumentAudience.PARTIES, DocumentAudience.PUBLIC)


def withheld_names(case: Case, text: str) -> list[str]:
    """Return names in a text that people outside the case may not know."""
    plain = " ".join(text.casefold().split())
    people: list[Any] = [*case.parties.all(), *case.representations.prefetch_related("principals")]
    names = [row.name for row in people if not may_know(row, Audience.PUBLIC)]
    for row in case.representations.prefetch_related("principals"):
        names += [person.name for person in row.principals.all()]
    return [name for name in names if name and " ".join(name.casefold().split()) in plain]


def copies_to_give(case: Case) -> list[tuple[CaseDocument, Document]]:
    """Return the documents that people outside may be given, each with the exact copy: what both
    sides read already, redacted versions, and the NCP's own. Nothing else is cleared.

    A redacted version of which its provider said that too much is left in it is not, nor is an
    older one.
    """
    rows = case.documents.select_related("document", "served_copy").prefetch_related(
        "redactions__document", "servings"
    )
    found: list[tuple[CaseDocument, Document]] = []
    for item in rows:
        if item.pulled_at:
            continue
        if item.audience in READ_BY_BOTH and item.served_copy and item.served_copy.is_clean:
            found.append((item, item.served_copy))
            continue
        redacted = [row.document for row in _not_refused(item) if row.document.is_clean]
        if redacted:
            found.append((item, redacted[-1]))
        elif not item.side and item.document.is_clean:
            found.append((item, item.document))
    return found


def _not_refused(item: CaseDocument) -> list[Redaction]:
    """Return the redacted versions made after the last one that its provider refused."""
    refused = {row.copy_id for row in item.servings.all() if row.answered_at and not row.served_at}
    rows = list(item.redactions.all())
    last = max((row.number for row in rows if row.document_id in refused), default=0)
    return [row for row in rows if row.number > last]
