"""One text that is searched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Entry:
    """A text of a case.

    Attributes:
        head: what stands above: a title, a name. It weighs more than the text below it.
        body: the text, or how to read it where that costs something.
        version: what changes with the text, where reading it costs something.
        hidden: the part that the named officers alone read, as their page shows it.
    """

    place: str
    source: UUID
    readers: str
    at: datetime
    head: str = ""
    body: str | Callable[[], str] = ""
    version: str = ""
    hidden: str = ""

    def text(self) -> str:
        return self.body() if callable(self.body) else self.body
