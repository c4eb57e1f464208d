"""What of a case is searched: every text with its place, its moment and its readers.

What happens in its course (advice, meetings, letters, follow-up) stands in `course`. An app above
this one adds the texts that it keeps itself by `add_source`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from cases.models import Case, CaseDocument
from cases.models.search import Place, Readers
from cases.search import course
from cases.search.entry import Entry
from documents import services as files
from sealing.fields import ERASED

_sources: list[tuple[tuple[str, ...], Callable[[Case], Iterator[Entry]]]] = []


def add_source(texts_of: Callable[[Case], Iterator[Entry]], *relations: str) -> None:
    """Let an app above this one put its texts of a case into the search.

    Args:
        relations: what of a case is loaded before `texts_of` is asked.
    """
    _sources.append((relations, texts_of))


def load(pk: UUID) -> Case:
    """Return a case with all that is searched of it."""
    return Case.objects.prefetch_related(*relations()).get(pk=pk)


def relations() -> tuple[str | Prefetch, ...]:
    """Return what of a case is loaded; the rows of each come in an order of their own, as the
    text that is searched is made of them."""
    return (
        "parties__organisation",
        "representations__principals",
        "issues",
        "proceedings",
        "decisions__on_issues",
        "decisions__votes",
        "issues__assessments",
        "messages",
        "requests",
        Prefetch("documents", CaseDocument.objects.select_related("document")),
        "notes",
        "submission",
        *course.RELATIONS,
        *(name for names, _texts in _sources for name in names),
    )


def of_case(case: Case) -> Iterator[Entry]:
    """Yield the texts of a case that `load` returned."""
    yield Entry(
        Place.TITLE, case.pk, Readers.CASE, case.received_at, f"{case.title} {case.reference or ''}"
    )
    yield from _people(case)
    for issue in case.issues.all():
        body = f"{issue.description}\n{issue.place}"
        yield Entry(Place.ISSUE, issue.pk, Readers.NCP, case.received_at, issue.title, body)
    yield from _submission(case)
    letters = {row.message_id for row in case.portal_letters.all()}
    for message in case.messages.all():
        readers = Readers.NAMED if message.is_reprisal_report else Readers.NCP
        place = Place.LETTER if message.pk in letters else Place.MESSAGE
        yield Entry(place, message.pk, readers, message.sent_at, message.subject, message.text)
    for request in case.requests.all():
        yield Entry(Place.REQUEST, request.pk, Readers.NCP, request.asked_at, "", request.text)
    yield from _decisions(case)
    for note in case.notes.all():
        readers = Readers.NAMED if note.for_named_officers else Readers.NCP
        yield Entry(Place.NOTE, note.pk, readers, note.written_at, "", note.text)
    for item in case.documents.all():
        yield _document(item)
    proceedings = [
        " ".join((row.forum, row.reference, row.status)) for row in case.proceedings.all()
    ]
    if proceedings:
        yield Entry(
            Place.PROCEEDING,
            case.pk,
            Readers.NCP,
            case.received_at,
            "",
            "\n".join(proceedings),
        )
    yield from course.of_case(case)
    for _relations, texts_of in _sources:
        yield from texts_of(case)


def _people(case: Case) -> Iterator[Entry]:
    for party in case.parties.all():
        names = [party.name]
        if party.organisation:
            names.append(party.organisation.native_name)
        readers = Readers.NAMED if party.is_withheld else Readers.CASE
        head = " ".join(filter(None, names))
        yield Entry(Place.PARTY, party.pk, readers, party.joined_at, head)
    shown, sealed = [], []
    for row in case.representations.all():
        known = row.shown_to_mediator and row.shown_to_respondent and row.shown_to_public
        (shown if known else sealed).append(row.name)
        sealed += [principal.name for principal in row.principals.all()]
    for readers, names in ((Readers.CASE, shown), (Readers.NAMED, sealed)):
        if names:
            yield Entry(Place.PARTY, case.pk, readers, case.received_at, "", "\n".join(names))


def _submission(case: Case) -> Iterator[Entry]:
    sent = getattr(case, "submission", None)
    if sent is None or sent.content == ERASED:
        return
    content: dict[str, Any] = json.loads(sent.content)
    texts = [content.get(name) for name in ("wanted", "tried_before")]
    body = "\n".join(text for text in texts if isinstance(text, str) and text)
    if body:
        yield Entry(Place.SUBMISSION, case.pk, Readers.NCP, case.received_at, "", body)


def _decisions(case: Case) -> Iterator[Entry]:
    for decision in case.decisions.all():
        texts = [f"{row.scope}\n{row.reasons}".strip() for row in decision.on_issues.all()]
        for vote in decision.votes.all():
            texts += [vote.explanation, vote.dissent]
        body = "\n".join(filter(None, texts))
        yield Entry(Place.DECISION, decision.pk, Readers.NCP, decision.proposed_at, "", body)
    reasons = [
        answer.reasoning for issue in case.issues.all() for answer in issue.assessments.all()
    ]
    if reasons:
        yield Entry(Place.DECISION, case.pk, Readers.NCP, case.received_at, "", "\n".join(reasons))


def _document(item: CaseDocument) -> Entry:
    file = item.document
    head = f"{item.title} {file.original_name}" if file.original_name != item.title else item.title
    return Entry(
        Place.DOCUMENT,
        item.pk,
        Readers.NCP,
        item.provided_at,
        head,
        lambda: files.open_text(file),
        version=f"{file.pk}:{file.text_size}",
    )


def waits_for_files(case: Case) -> bool:
    """Tell whether words of a file of a loaded case are still to be read."""
    return any(
        item.document.is_pending or (item.document.is_clean and item.document.text_size is None)
        for item in case.documents.all()
    )
