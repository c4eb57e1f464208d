"""Who read what is confidential: one row per person, object and hour, before it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from cases.models import Reading
from cases.models.audit import ReadKind

if TYPE_CHECKING:
    from accounts.models import User
    from cases.models import Case


def note(case: Case, user: User, *what: ReadKind | tuple[ReadKind, UUID | str]) -> None:
    """Put on record that a person is about to read parts of a case; one statement, whatever it is.

    Args:
        what: kinds, or pairs of a kind and the id of the object. Where this fails, nothing is
            shown: call it before the answer is made.
    """
    note_all([(case, item) for item in what], user)


def note_all(
    what: Iterable[tuple[Case, ReadKind | tuple[ReadKind, UUID | str]]], user: User
) -> None:
    """Do the same for parts of several cases; one statement."""
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    found = [(case, *(item if isinstance(item, tuple) else (item, ""))) for case, item in what]
    Reading.objects.bulk_create(
        [
            Reading(case=case, user=user, kind=kind, item=str(item), hour=hour, at=now)
            for case, kind, item in dict.fromkeys(found)
        ],
        ignore_conflicts=True,
    )


def of_page(*, withheld: bool, messages: bool, reprisals: bool) -> Iterable[ReadKind]:
    """Return the kinds that the page of a case shows."""
    yield ReadKind.IDENTITIES if withheld else ReadKind.CASE
    if messages:
        yield ReadKind.MESSAGES
    if reprisals:
        yield ReadKind.REPRISAL
