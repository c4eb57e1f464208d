"""Words in a letter that may tell a side who somebody is. A person decides; names in full are
refused by the service itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cases.disclosure import Audience, may_know
from cases.models.party import Side
from office.current import current
from statements import leaks

if TYPE_CHECKING:
    from cases.models import Case


def hits(case: Case, text: str, *, side: str) -> list[str]:
    """Return the words of a text that may give away what this side may not know."""
    secrets = list(_secrets(case, side))
    if not secrets:
        return []
    found = leaks.find(text, secrets, allowed=current().own_words)
    return list(dict.fromkeys(hit.found for hit in found))


def _secrets(case: Case, side: str) -> Iterator[leaks.Secret]:
    people: list[Any] = [*case.parties.all(), *case.representations.all()]
    for row in people:
        if may_know(row, Audience(side)):
            continue
        yield leaks.Secret("name", row.name, is_organisation=row.kind != "individual")
        yield leaks.Secret("email", row.email)
        yield leaks.Secret("phone", row.phone)
        if address := getattr(row, "address", ""):
            yield leaks.Secret("address", address)
    if side != Side.COMPLAINANT:
        for representation in case.representations.prefetch_related("principals"):
            for principal in representation.principals.all():
                yield leaks.Secret("principal", principal.name)
