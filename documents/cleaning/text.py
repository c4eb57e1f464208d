"""The words of a clean copy, for the search of the office.

Runs in the process of `documents.cleaning`, after the check and apart from it: a file whose words
cannot be read is a good file all the same.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from documents.cleaning import mail
from documents.cleaning.types import BY_MIME, decode_text

MOST_LETTERS = 2_000_000
MOST_PAGES = 2_000
MOST_PART = 60 * 1024 * 1024

# Parts of an Office file that hold what a reader sees, in the order of reading.
READABLE = re.compile(
    r"^(word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml"
    r"|xl/(sharedStrings|worksheets/sheet\d+|drawings/drawing\d+)\.xml"
    r"|ppt/(slides/slide\d+|notesSlides/notesSlide\d+)\.xml"
    r"|content\.xml|styles\.xml)$"
)
# After these a word ends, though no space is written.
ENDS = {"p", "h", "br", "cr", "tab", "tc", "table-cell", "line-break", "s", "si", "is", "row", "v"}
# Numbers of cells that point into the shared strings, and formulas: no words.
SKIPPED = {"v", "f", "instrText"}


def extract(copy: bytes, mime: str) -> str:
    """The text of a clean copy, lines apart; "" where there is none."""
    kind = BY_MIME.get(mime)
    readers = {
        "pdf": _pdf,
        "office": _office,
        "text": lambda data: [decode_text(data) or ""],
        "mail": _mail,
    }
    if kind is None or kind.family not in readers:
        return ""
    pieces: list[str] = []
    left = MOST_LETTERS
    for piece in readers[kind.family](copy):
        pieces.append(piece[:left])
        left -= len(pieces[-1]) + 1
        if left <= 0:
            break
    return tidy("\n".join(pieces))


def tidy(text: str) -> str:
    """Lines without what PostgreSQL cannot hold and without runs of spaces."""
    text = text.replace("\x00", " ").encode("utf-8", "ignore").decode()
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _pdf(data: bytes) -> Iterator[str]:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        for number in range(min(len(pdf), MOST_PAGES)):
            page = pdf[number]
            words = page.get_textpage()
            # U+FFFE stands for a hyphen at the end of a line: the word goes on.
            yield re.sub("\ufffe\\s*", "", words.get_text_bounded())
            words.close()
            page.close()


def _office(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if READABLE.match(name)]
        for name in sorted(names, key=_place):
            with archive.open(name) as part:
                content = part.read(MOST_PART + 1)
            if len(content) <= MOST_PART:
                yield _words(content)


def _place(name: str) -> tuple[bool, str, int]:
    number = re.search(r"(\d+)\.xml$", name)
    return (name == "styles.xml", re.sub(r"\d+", "", name), int(number[1]) if number else 0)


def _words(content: bytes) -> str:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    pieces: list[str] = []
    for event, item in etree.iterwalk(etree.fromstring(content, parser), events=("start", "end")):
        if not isinstance(item.tag, str):
            continue
        local = item.tag.rpartition("}")[2]
        if event == "start":
            if item.text and local not in SKIPPED:
                pieces.append(item.text)
            continue
        if local in ENDS:
            pieces.append("\n" if local in ("p", "h", "si", "row") else " ")
        if item.tail:
            pieces.append(item.tail)
    return "".join(pieces)


def _mail(data: bytes) -> Iterator[str]:
    import email
    from email.policy import default

    message = email.message_from_bytes(data, policy=default)
    yield str(message.get("Subject", ""))
    bodies, attachments = mail.parts(message)
    yield from bodies
    for name, content in attachments:
        yield name
        yield _attached(content)


def _attached(content: bytes) -> str:
    from documents.cleaning.types import Refused, detect

    try:
        mime = detect(content).mime
        return "" if mime == "message/rfc822" else extract(content, mime)
    except Refused:
        return ""
