"""Names that are withheld from somebody are blotted out of what the others search."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from cases.models import Case
from cases.models.party import PartyKind, Side
from cases.names import WORD, skeleton, stem_in, stems_of

BLOT = "■■■"


@dataclass
class Mask:
    """The withheld names, addresses and numbers of one case."""

    stems: frozenset[str] = frozenset()
    exact: tuple[str, ...] = ()
    _seen: dict[str, bool] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.stems or self.exact)

    @property
    def version(self) -> str:
        """Changes whenever other names are withheld."""
        held = "\n".join([*sorted(self.stems), *sorted(self.exact)])
        return hashlib.sha256(held.encode()).hexdigest()

    def blot(self, text: str) -> str:
        """Return a text without them."""
        for value in self.exact:
            text = re.sub(re.escape(value), BLOT, text, flags=re.IGNORECASE)
        if not self.stems:
            return text
        longest = max(map(len, self.stems))

        def blotted(match: re.Match[str]) -> str:
            word = match.group()
            if word not in self._seen:
                self._seen[word] = bool(stem_in(skeleton(word), self.stems, longest=longest))
            return BLOT if self._seen[word] else word

        return WORD.sub(blotted, text)


PEOPLE = (PartyKind.INDIVIDUAL, PartyKind.COMMUNITY)


def mask_of(case: Case, *, agreed: Collection[Any] = ()) -> Mask:
    """Return what of a case is withheld: names of parties, representatives and those for whom
    they act, with their addresses and numbers. The case is loaded with these relations.

    Args:
        agreed: ids of parties and representations who agreed that the reader knows them.
    """
    stems: set[str] = set()
    exact: set[str] = set()
    held = [row for row in case.parties.all() if row.is_withheld and row.pk not in agreed]
    acting = [
        row
        for row in case.representations.all()
        if not (row.shown_to_mediator and row.shown_to_respondent and row.shown_to_public)
        and row.pk not in agreed
    ]
    for row in (*held, *acting):
        stems.update(stems_of(row.name, is_organisation=row.kind not in PEOPLE))
        exact.update(value for value in (row.email, row.phone) if value)
    # The people for whom somebody acts are named to nobody but the officers of the case.
    for acts in case.representations.all():
        if acts.pk in agreed:
            continue
        for principal in acts.principals.all():
            stems.update(stems_of(principal.name))
    # What stands in the name of the case cannot be blotted out of its texts.
    for row in case.parties.all():
        if row.pk in agreed or (row.side == Side.RESPONDENT and not row.is_withheld):
            stems.difference_update(stems_of(row.name))
    return Mask(frozenset(stems), tuple(sorted(exact, key=len, reverse=True)))
