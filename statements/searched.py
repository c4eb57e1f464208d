"""What the NCP's people find of a statement: its texts as they stand, the comments on them, the
lessons. A draft is for staff, and so is all of this; what is published is searched publicly too."""

from __future__ import annotations

from collections.abc import Iterator

from cases.models import Case
from cases.models.search import Place, Readers
from cases.search.entry import Entry
from statements.models import Version

RELATIONS = ("statements__versions", "statements__rounds__comments")


def texts_of(case: Case) -> Iterator[Entry]:
    """Yield the statements of a loaded case, each with the newest text of every language."""
    for statement in case.statements.all():
        if statement.set_aside_at:
            continue
        latest: dict[str, Version] = {}
        for version in statement.versions.all():
            latest[version.language] = version
        rounds = list(statement.rounds.all())
        said = [comment.text for comment in rounds[-1].comments.all()] if rounds else []
        texts = [part for row in latest.values() for part in (row.summary, row.text)]
        yield Entry(
            Place.STATEMENT,
            statement.pk,
            Readers.NCP,
            max((row.at for row in latest.values()), default=statement.begun_at),
            "\n".join(row.title for row in latest.values()),
            "\n".join(filter(None, (*texts, *said, statement.lessons))),
        )
