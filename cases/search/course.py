"""What is searched of the course of a case: advice of others, points of meetings, follow-up."""

from __future__ import annotations

from collections.abc import Iterator

from cases.models import Case, Consultation
from cases.models.search import Place, Readers
from cases.search.entry import Entry
from cases.search.masking import mask_of

RELATIONS = (
    "portal_letters",
    "consultations__body",
    "consultations__reminders",
    "agenda_items__meeting",
    "commitments__reports",
)


def of_case(case: Case) -> Iterator[Entry]:
    """Yield the texts of a case that `entries.load` returned."""
    yield from _consultations(case)
    for item in case.agenda_items.all():
        # The matter of a case is read by whoever reads the case; the rest of a meeting stands in
        # `meetings`.
        yield Entry(
            Place.MEETING, item.meeting_id, Readers.NCP, item.meeting.begins_at, "", item.protocol
        )
    for row in case.commitments.all():
        if row.dropped_at is None:
            said = [report.text for report in row.reports.all()]
            body = "\n".join(filter(None, (*said, row.assessment)))
            yield Entry(Place.FOLLOW_UP, row.pk, Readers.NCP, row.added_at, row.text, body)


def _consultations(case: Case) -> Iterator[Entry]:
    """Yield the questions with their answers. A text in which a withheld name stands is shown by
    its page to the named officers alone, and so it is here."""
    rows = list(case.consultations.all())
    mask = mask_of(case) if rows else None
    for row in rows:
        shown, hidden = [], []
        for text in _texts(row):
            (hidden if mask and mask.blot(text) != text else shown).append(text)
        yield Entry(
            Place.CONSULTATION, row.pk, Readers.NCP, row.asked_at, row.body.name,
            "\n".join(shown), hidden="\n".join(hidden),
        )  # fmt: skip


def _texts(row: Consultation) -> Iterator[str]:
    notes = [reminder.note for reminder in row.reminders.all()]
    shared = "" if row.shared_text == row.reply else row.shared_text
    texts = (row.question, row.names_reason, *notes, row.reply, shared, row.closing_note)
    yield from filter(None, texts)
