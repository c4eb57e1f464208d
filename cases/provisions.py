"""Citations of the Guidelines: an edition, a chapter and, where known, section, paragraph and letter."""

import re
from dataclasses import dataclass

CHAPTER = r"(?P<chapter>I{1,3}|IV|VI{0,3}|IX|XI?)"
CITATION = re.compile(
    CHAPTER + r"(?:[.\s]+(?P<section>[A-Z]))?(?:[.\s]+(?P<paragraph>\d{1,2}))?"
    r"(?:[.\s]*(?P<letter>[a-z]))?"
)


@dataclass(frozen=True)
class Citation:
    """A provision of a named edition of the Guidelines."""

    edition: str
    chapter: str
    section: str = ""
    paragraph: str = ""
    letter: str = ""


def parse(text: str, *, edition: str) -> Citation:
    """Read a citation such as "IV.3", "II.A.12" or "V.1.a". What cannot be read is kept as it is, never refused."""
    found = CITATION.fullmatch(text.strip())
    if not found:
        return Citation(edition, text.strip()[:5])
    return Citation(edition, **{name: value or "" for name, value in found.groupdict().items()})
