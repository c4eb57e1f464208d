"""The Guidelines: chapters and paragraphs of each edition, citations, and the finder.

The numbers differ between editions (2000 has no chapter on human rights), so a citation always
carries its edition. What people write is read generously; what does not fit the data gives a
warning and is never refused, because the facts count and not the number. Data: `guidelines/`.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.ruleset import Text

FOLDER = Path(__file__).parent / "guidelines"
EDITIONS = ("2023", "2011", "2000")
NEWEST = EDITIONS[0]
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
# Titles under which the same subject stands in other editions.
SAME_SUBJECT = (
    {"bribery", "bribery_2011", "corruption"},
    {"science", "innovation"},
)


@dataclass(frozen=True)
class Paragraph:
    """A citable paragraph. `number` reads "3", "A.12" or "1.a"; `title` may be empty."""

    number: str
    title: Text | None
    to_confirm: bool = False


@dataclass(frozen=True)
class Chapter:
    """A chapter of one edition with its paragraphs in their order."""

    edition: str
    number: str
    key: str
    title: Text
    paragraphs: tuple[Paragraph, ...]

    @property
    def sections(self) -> tuple[str, ...]:
        heads = (paragraph.number.split(".")[0] for paragraph in self.paragraphs)
        return tuple(dict.fromkeys(head for head in heads if head.isalpha()))

    def paragraph(self, number: str) -> Paragraph | None:
        return next((item for item in self.paragraphs if item.number == number), None)


@dataclass(frozen=True)
class Citation:
    """A provision of a named edition. `text` keeps what was written; `str()` gives "II.A.12".

    `chapter` is empty where the text could not be read as a citation.
    """

    edition: str
    chapter: str
    section: str = ""
    paragraph: str = ""
    letter: str = ""
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        parts = (self.chapter, self.section, self.paragraph, self.letter)
        return ".".join(part for part in parts if part) or self.text

    @property
    def is_read(self) -> bool:
        return bool(self.chapter)

    @property
    def title(self) -> Text | None:
        """The most exact title that the data has: of the letter, the paragraph, the chapter."""
        chapter = _chapter(self.edition, self.chapter)
        if chapter is None:
            return None
        numbers = [[self.section, self.paragraph, self.letter], [self.section, self.paragraph]]
        for parts in numbers:
            paragraph = chapter.paragraph(".".join(part for part in parts if part))
            if paragraph and paragraph.title:
                return paragraph.title
        return chapter.title

    @property
    def warnings(self) -> tuple[Promise | str, ...]:
        """Sentences on what does not fit the edition. They never stop anybody."""
        chapter = _chapter(self.edition, self.chapter)
        values = {"citation": str(self), "edition": self.edition, "chapter": self.chapter}
        if not self.chapter:
            return (_("“%(citation)s” does not read like a provision, such as IV.3.") % values,)
        if chapter is None:
            return (_("The edition of %(edition)s has no chapter %(chapter)s.") % values,)
        if not self.paragraph:
            return ()
        if chapter.sections and not self.section:
            return (
                _("Chapter %(chapter)s of %(edition)s has sections: write II.A.2 or II.B.2.")
                % values,
            )
        number = ".".join(part for part in (self.section, self.paragraph) if part)
        if chapter.paragraphs and chapter.paragraph(number) is None:
            return (_("We do not know %(citation)s in the edition of %(edition)s.") % values,)
        letters = [item for item in chapter.paragraphs if item.number.startswith(f"{number}.")]
        if self.letter and letters and chapter.paragraph(f"{number}.{self.letter}") is None:
            return (_("We do not know %(citation)s in the edition of %(edition)s.") % values,)
        return ()


@dataclass(frozen=True)
class Sentence:
    """What may have happened, in plain words, and the provisions of an edition that fit it."""

    code: str
    text: Text
    citations: tuple[Citation, ...]


@cache
def chapters(edition: str = NEWEST) -> tuple[Chapter, ...]:
    """The chapters of an edition ("2000", "2011", "2023"). Raises KeyError for another."""
    if edition not in EDITIONS:
        raise KeyError(edition)
    titles = _read("titles")
    result = []
    for data in _read(edition)["chapter"]:
        unsure = data.get("to_confirm", [])
        result.append(
            Chapter(
                edition=edition,
                number=data["number"],
                key=data["title"],
                title=Text(**titles["chapter"][data["title"]]),
                paragraphs=tuple(
                    Paragraph(
                        number=number,
                        title=Text(**titles["paragraph"][key]) if key else None,
                        to_confirm=unsure is True or (unsure is not False and number in unsure),
                    )
                    for number, key in data["paragraphs"].items()
                ),
            )
        )
    return tuple(result)


def choices(edition: str = NEWEST) -> list[tuple[str, str]]:
    """Every chapter and paragraph as value and label for a form, in the active language."""
    result = []
    for chapter in chapters(edition):
        result.append((chapter.number, f"{chapter.number}. {chapter.title}"))
        for paragraph in chapter.paragraphs:
            value = f"{chapter.number}.{paragraph.number}"
            result.append((value, f"{value} {paragraph.title}" if paragraph.title else value))
    return result


def in_order(numbers: Iterable[str]) -> list[str]:
    """Return each chapter once, as the Guidelines count them."""
    places = {number: place for place, number in enumerate(ROMAN)}
    return sorted(set(numbers), key=lambda number: (places.get(number, len(ROMAN)), number))


@cache
def sentences(edition: str = NEWEST) -> tuple[Sentence, ...]:
    """The finder: plain sentences that lead to provisions of an edition.

    Where the number of a paragraph is to be confirmed, the sentence leads to its chapter alone.
    """
    return tuple(
        Sentence(
            code=data["code"],
            text=Text(**data["text"]),
            citations=_found(edition, data["chapter"], data["titles"]),
        )
        for data in _read("finder")["sentence"]
    )


def find(codes: Iterable[str], edition: str = NEWEST) -> tuple[Citation, ...]:
    """The provisions to which the chosen sentences lead, each once. Unknown codes are left out."""
    chosen = set(codes)
    found = (item.citations for item in sentences(edition) if item.code in chosen)
    return tuple(dict.fromkeys(citation for citations in found for citation in citations))


WORDS = re.compile(
    r"\b(chapter|chap|ch|section|sec|paragraphs?|paras?|par|subparagraph|letter|article|art|"
    r"глав[аые]|раздел|пункты?|подпункт|абзац|пп?|буква|тарау|бөлім|тармақша|тармақ)\b\.?|§",
    re.IGNORECASE,
)
EDITION = re.compile(r"^\(?(2000|2011|2023)\)?\s*[:,–-]?\s*|[\s,]*\(?\b(2000|2011|2023)\)?$")
SHAPE = re.compile(
    r"""(?P<chapter>[ivx]+(?![a-z])|[ivx]+(?=[abcdef](\d|$))|\d{1,2})
        [\s.,:/()-]*(?P<section>(?-i:[AB])(?=[\s.,:/()-]*\d|$))?
        [\s.,:/()-]*(?P<paragraph>\d{1,2})?
        [\s.,:/()-]*(?P<letter>[a-z])?[\s.)]*""",
    re.IGNORECASE | re.VERBOSE,
)
# Cyrillic letters that look like the Latin ones of a citation.
LOOKALIKES = str.maketrans("ІіХхАаВСсЕеѴ", "IiXxAaBCcEeV")


def parse(text: str, *, edition: str = NEWEST) -> Citation:
    """Read one citation: "IV.3", "II A 12", "V.1(a)", "Chapter IV, para. 3", "Human rights".

    Never fails: what cannot be read keeps its text and says so in `warnings`. An edition written
    before or behind goes before `edition`.
    """
    written = text.strip()
    named = EDITION.search(written)
    if named:
        edition = named[1] or named[2]
    bare = EDITION.sub("", written).strip()
    by_name = _by_title(bare, edition)
    if by_name:
        return Citation(edition, by_name, text=written)
    bare = WORDS.sub(" ", bare).translate(LOOKALIKES).strip(" .,:;")
    match = SHAPE.fullmatch(bare)
    number = match["chapter"].upper() if match else ""
    if number.isdigit():
        number = ROMAN[int(number) - 1] if 1 <= int(number) <= len(ROMAN) else ""
    if not match or number not in ROMAN:
        return Citation(edition, "", text=written)
    letter = (match["letter"] or "").lower()
    if letter and not match["paragraph"]:
        return Citation(edition, "", text=written)
    return Citation(
        edition=edition,
        chapter=number,
        section=(match["section"] or "").upper(),
        paragraph=str(int(match["paragraph"])) if match["paragraph"] else "",
        letter=letter,
        text=written,
    )


def parse_list(text: str, *, edition: str = NEWEST) -> tuple[Citation, ...]:
    """Read several: "II.2, 10, 13; IV.1". A bare number goes on in the chapter before it."""
    result: list[Citation] = []
    for part in re.split(r"[,;\n]|\s(?:and|и|және)\s", text):
        piece = part.strip()
        if not piece:
            continue
        before = result[-1] if result else None
        if before and before.is_read and re.fullmatch(r"\d{1,2}(\s*\(?[a-z]\)?)?", piece):
            head = ".".join(filter(None, (before.chapter, before.section)))
            result.append(parse(f"{head}.{piece}", edition=before.edition))
        else:
            result.append(parse(piece, edition=edition))
    return tuple(dict.fromkeys(result))


def _found(edition: str, subject: str, titles: list[str]) -> tuple[Citation, ...]:
    keys = _read(edition)["chapter"]
    found = []
    for chapter, data in zip(chapters(edition), keys, strict=True):
        for paragraph in chapter.paragraphs:
            if data["paragraphs"][paragraph.number] in titles:
                number = "" if paragraph.to_confirm else f".{paragraph.number}"
                found.append(parse(f"{chapter.number}{number}", edition=edition))
    # No such paragraph: the chapter of that subject, under its name in this edition, or the
    # general policies, which held human rights before they had a chapter.
    same = next((subjects for subjects in SAME_SUBJECT if subject in subjects), {subject})
    for wanted in (same, {"general"}):
        if not found:
            found = [Citation(edition, c.number) for c in chapters(edition) if c.key in wanted]
    return tuple(dict.fromkeys(found))


def _chapter(edition: str, number: str) -> Chapter | None:
    if edition not in EDITIONS:
        return None
    return next((item for item in chapters(edition) if item.number == number), None)


def _by_title(text: str, edition: str) -> str:
    wanted = text.casefold()
    if edition in EDITIONS and wanted:
        for chapter in chapters(edition):
            titles = (chapter.title.en, chapter.title.ru, chapter.title.kk)
            if wanted in (title.casefold() for title in titles):
                return chapter.number
    return ""


@cache
def _read(name: str) -> Any:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
