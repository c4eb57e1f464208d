"""What of meetings is searched beside their cases: titles of other points and the protocol.

A point on a case is searched with its case and follows who may read that. The rest of a meeting is
for all people of the NCP, as its page is.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from cases.models import Meeting, MeetingText
from cases.search import asking
from cases.search.indexing import kazakh_vector
from cases.search.words import words

MOST_SHOWN = 10

_WRITE = """
INSERT INTO cases_meetingtext (meeting_id, at, text, vector)
VALUES (%s, %s, %s,
    setweight(to_tsvector('russian', %s), 'A') || setweight(to_tsvector('russian', %s), 'D')
    || %s::tsvector)
ON CONFLICT (meeting_id) DO UPDATE
SET at = EXCLUDED.at, text = EXCLUDED.text, vector = EXCLUDED.vector
"""


def index(meeting: Meeting) -> None:
    """Write what is searched of a meeting, in the transaction that changes it."""
    items = list(meeting.items.filter(case=None).order_by("position"))
    for item in items:
        item.meeting = meeting
    head = "\n".join(item.title for item in items)
    said = [meeting.protocol, *(item.protocol for item in items)]
    body = "\n".join(text for text in said if text)
    plain = words(head), words(body)
    values = [
        meeting.pk, meeting.begins_at, f"{head}\n{body}".strip(), " ".join(plain[0]),
        " ".join(plain[1]), kazakh_vector(*plain),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)


def index_missed(limit: int = 200) -> int:
    """Write what is searched of meetings that are in no search yet; return how many."""
    rows = list(Meeting.objects.filter(search_text=None)[:limit])
    for row in rows:
        index(row)
    return len(rows)


@dataclass(frozen=True)
class MeetingHit:
    """A meeting whose protocol or agenda holds what was asked, with the words around."""

    meeting: Meeting
    pieces: list[asking.Piece]


def find(query: asking.Query, *, user: User) -> list[MeetingHit]:
    """Return the newest meetings that hold what was asked; one statement, two where some do."""
    texts: QuerySet[MeetingText] = MeetingText.objects.visible_to(user).select_related("meeting")
    rows = list(asking.matching(texts, query).order_by("-at")[:MOST_SHOWN])
    if not rows:
        return []
    pieces = asking.marked({row.pk: row.text for row in rows}, query)
    return [MeetingHit(row.meeting, pieces[row.pk]) for row in rows]
