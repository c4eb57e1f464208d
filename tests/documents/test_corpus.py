"""The upload corpus: what people with bad intent send, and what comes of each.

An outcome is the code of a refusal, or "clean": a copy is made in which nothing of `LOST` is left.
"""

# ruff: noqa: E501 - one row of the table is one line

import io
import tarfile
import zipfile
import zlib

import pytest
from PIL import Image

from documents.cleaning import Refused, clean
from documents.names import header_name, readable_name
from tests.documents import samples
from tests.documents.samples import EICAR, SECRET, archive, docx, mail, odt, pdf, picture

SCRIPT = b"<script>alert(1)</script>"
LOST = (
    SECRET,
    SCRIPT,
    b"/JavaScript",
    b"/Launch",
    b"/EmbeddedFile",
    b"<?php",
    b"#!/bin/sh",
    b"MZ\x90",
)


def bomb(size=300 * 1024 * 1024):
    return docx(**{"word/big.xml": bytes(size)})


def huge_png(width=50_000, height=50_000):
    head = bytearray(picture("PNG"))
    head[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    head[29:33] = zlib.crc32(head[12:29]).to_bytes(4, "big")
    return bytes(head)


def gif():
    out = io.BytesIO()
    Image.new("P", (4, 4)).save(out, "GIF")
    return out.getvalue()


def nested_zip(depth=5):
    data = b"0" * 1000
    for _level in range(depth):
        data = archive({"inner.zip": data})
    return data


def tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        info = tarfile.TarInfo("../../etc/passwd")
        info.size = 4
        file.addfile(info, io.BytesIO(b"root"))
    return out.getvalue()


def relation(kind, target):
    return (
        f'<Relationship Id="rId9" Type="{samples.R}/{kind}" Target="{target}" '
        'TargetMode="External"/>'
    )


def field(code):
    return (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{code}</w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

CORPUS = [
    # bombs
    ("a part that unpacks to 300 MB", ".docx", bomb, "too_complex"),
    ("five thousand parts", ".docx", lambda: docx(**{f"word/{n}.xml": "<x/>" for n in range(5001)}), "too_complex"),
    ("the same bomb as a spreadsheet", ".xlsx", bomb, "mismatch"),
    ("an OpenDocument that unpacks to 300 MB", ".odt", lambda: odt(**{"big.xml": bytes(300 * 2**20)}), "too_complex"),
    ("documents three deep", ".docx", lambda: docx(**{"word/embeddings/x.docx": docx(**{"word/embeddings/x.docx": docx()})}), "too_complex"),
    ("a zip in a zip in a zip", ".zip", nested_zip, "type"),
    ("a zip in a zip named as a document", ".docx", nested_zip, "mismatch"),
    ("2.5 thousand million pixels", ".png", huge_png, "too_complex"),
    ("one line of 2 thousand million pixels", ".png", lambda: huge_png(2_000_000_000, 1), "too_complex"),
    ("a billion laughs", ".docx", lambda: docx(**{"word/settings.xml": LAUGHS}), "active"),
    ("a billion laughs in OpenDocument", ".odt", lambda: odt(**{"styles.xml": LAUGHS}), "active"),
    ("gzip", ".gz", lambda: zlib.compress(bytes(10**6)), "type"),
    ("gzip as text", ".txt", lambda: b"\x1f\x8b\x08\0" + zlib.compress(bytes(10**6)), "type"),
    ("a tar with a path that climbs", ".tar", tar, "type"),
    # what reads files or the network
    ("an entity that names a file", ".docx", lambda: docx(**{"word/settings.xml": OUTSIDE}), "active"),
    ("an entity in a table", ".odt", lambda: odt(**{"styles.xml": OUTSIDE}), "active"),
    ("a picture that is loaded from outside", ".docx", lambda: docx(relations=relation("image", "http://x/a.png")), "active"),
    ("a frame that is loaded from outside", ".docx", lambda: docx(relations=relation("frame", "http://x/")), "active"),
    ("an object that is loaded from outside", ".docx", lambda: docx(relations=relation("oleObject", "http://x/")), "active"),
    # polyglots
    ("a picture with an archive behind it", ".jpg", lambda: picture("JPEG") + archive({"a.html": SCRIPT}), "clean"),
    ("a picture with a program behind it", ".png", lambda: picture("PNG") + b"MZ\x90\0", "clean"),
    ("a picture with PHP behind it", ".jpg", lambda: picture("JPEG") + b"<?php system($_GET[0]); ?>", "clean"),
    ("a page hidden in a PDF", ".pdf", lambda: pdf().replace(b"%PDF-1.7\n", b"%PDF-1.7\n" + SCRIPT + b"\n", 1), "clean"),
    ("a page behind a PDF", ".pdf", lambda: pdf() + SCRIPT, "clean"),
    ("an archive behind a PDF", ".pdf", lambda: pdf() + archive({"a.exe": b"MZ\x90"}), "clean"),
    ("a GIF that is a script", ".gif", lambda: b"GIF89a=1;/*" + bytes(9) + b"*/alert(1)", "type"),
    ("a GIF", ".gif", gif, "type"),
    ("a GIF named as a JPEG", ".jpg", gif, "mismatch"),
    ("SVG named as PNG", ".png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "mismatch"),
    ("HTML named as PDF", ".pdf", lambda: b"<html>" + SCRIPT, "mismatch"),
    ("HTML named as text", ".txt", lambda: b"<html>" + SCRIPT, "type"),
    ("a program named as PDF", ".pdf", lambda: b"MZ\x90\0" + bytes(80), "mismatch"),
    ("a PDF named as a picture", ".jpg", pdf, "mismatch"),
    ("a picture named as a PDF", ".pdf", lambda: picture("PNG"), "mismatch"),
    ("an archive of programs named as a document", ".docx", lambda: archive({"a.exe": b"MZ\x90"}), "mismatch"),
    # active content
    ("a PDF with scripts and a launch", ".pdf", lambda: pdf(javascript=True), "clean"),
    ("a PDF with a file in it", ".pdf", lambda: pdf(attachment=True), "clean"),
    ("a document with macros", ".docx", lambda: docx(**{"word/vbaProject.bin": b"x"}), "macros"),
    ("a document of the kind that has macros", ".docm", docx, "macros"),
    ("a document with an object", ".docx", lambda: docx(**{"word/embeddings/oleObject1.bin": b"x"}), "active"),
    ("a document with ActiveX", ".docx", lambda: docx(**{"word/activeX/activeX1.xml": b"<x/>"}), "active"),
    ("a program named as a picture in a document", ".docx", lambda: docx(**{"word/media/image2.png": b"MZ\x90 no picture"}), "active"),
    ("DDE", ".docx", lambda: docx(field("DDEAUTO cmd")), "active"),
    ("a field that loads a picture", ".docx", lambda: docx(field("INCLUDEPICTURE http://x/")), "active"),
    ("OpenDocument with Basic", ".odt", lambda: odt(**{"Basic/Standard/Module1.xml": b"<x/>"}), "macros"),
    ("OpenDocument with an object", ".odt", lambda: odt(**{"Object 1": OLE}), "active"),
    ("an old or locked office file", ".docx", lambda: OLE, "encrypted"),
    ("an old office file by its own name", ".doc", lambda: OLE, "type"),
    ("SVG", ".svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "type"),
    ("HTML", ".html", lambda: b"<html>" + SCRIPT, "type"),
    ("a shell script", ".sh", lambda: b"#!/bin/sh\nrm -rf /", "type"),
    ("a program", ".exe", lambda: b"MZ\x90\0" + bytes(80), "type"),
    ("a JAR", ".jar", lambda: archive({"META-INF/MANIFEST.MF": b"", "A.class": b"\xca\xfe\xba\xbe"}), "type"),
    ("RTF", ".rtf", lambda: b"{\\rtf1}", "type"),
    ("a shortcut", ".lnk", lambda: b"L\0\0\0\x01\x14\x02\0" + bytes(80), "type"),
    # viruses
    ("EICAR", ".txt", lambda: EICAR, "virus"),
    ("EICAR as CSV", ".csv", lambda: EICAR, "virus"),
    ("EICAR in a document, where XML must be", ".docx", lambda: docx(**{"word/x.svg": EICAR}), "damaged"),
    ("EICAR in a mail", ".eml", lambda: mail(attachment=EICAR, name="a.txt"), "virus"),
    # broken
    ("nothing", ".txt", lambda: b"", "empty"),
    ("a broken archive", ".docx", lambda: b"PK\x03\x04 broken", "damaged"),
    ("a broken PDF", ".pdf", lambda: b"%PDF-1.7 nothing", "damaged"),
    ("a broken PNG", ".png", lambda: b"\x89PNG\r\n\x1a\nnothing", "damaged"),
    ("a broken JPEG", ".jpg", lambda: b"\xff\xd8\xff nothing", "damaged"),
    ("a film that was cut off", ".mp4", lambda: samples.mp4()[:40], "damaged"),
    ("a sound that was cut off", ".ogg", lambda: samples.ogg()[:-3], "damaged"),
    # what tells who made it
    *(
        (f"a {kind} that tells who made it", extension, make, "clean")
        for kind, extension, make in (
            ("photograph", ".jpg", picture),
            ("scan", ".tif", lambda: picture("TIFF")),
            ("picture of a telephone", ".heic", samples.heic),
            ("PDF", ".pdf", pdf),
            ("commented PDF", ".pdf", lambda: pdf(comment=True)),
            ("document", ".docx", docx),
            ("free document", ".odt", odt),
            ("film", ".mp4", samples.mp4),
            ("web film", ".webm", samples.webm),
            ("song", ".mp3", samples.mp3),
            ("recording", ".wav", samples.wav),
            ("voice message", ".ogg", samples.ogg),
            ("mail", ".eml", mail),
        )
    ),
]  # fmt: skip

NAMES = [
    ("../../etc/passwd.txt", "passwd.txt", "passwd.txt"),
    ("..\\..\\windows\\win.txt", "win.txt", "win.txt"),
    ("/etc/shadow.txt", "shadow.txt", "shadow.txt"),
    ("C:\\Users\\me\\a.txt", "a.txt", "a.txt"),
    ("a\0.txt", "a.txt", "a.txt"),
    ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt", "aSet-Cookie-x-1.txt"),
    ("invoice\u202etxt.exe", "invoicetxt.exe", "invoicetxt.exe.txt"),
    ("zero\u200bwidth.txt", "zerowidth.txt", "zerowidth.txt"),
    ("CON.txt", "CON.txt", "file-CON.txt"),
    ("lpt1.txt", "lpt1.txt", "file-lpt1.txt"),
    ("", "file", "file.txt"),
    ("...", "file", "file.txt"),
    ("  .txt  ", "txt", "txt.txt"),
    ('a";filename="b.txt', 'a";filename="b.txt', "a-filename-b.txt"),
    ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt", "img-src-x-onerror-alert-1.txt"),
    ("=cmd|'/c calc'!A1.txt", "c calc'!A1.txt", "c-calc-A1.txt"),
    ("😀.txt", "😀.txt", "file.txt"),
    ("Зарплата.txt", "Зарплата.txt", "file.txt"),
    ("x" * 300 + ".txt", "x" * 146 + ".txt", "x" * 80 + ".txt"),
    ("a/b/c/", "file", "file.txt"),
]  # fmt: skip


def opened(data: bytes) -> bytes:
    """All bytes that a reader of the copy could find."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return b"".join(opened(parts.read(name)) for name in parts.namelist())


@pytest.mark.parametrize(
    ("extension", "make", "outcome"),
    [pytest.param(*row[1:], id=row[0].replace(" ", "-")) for row in CORPUS],
)
def test_what_comes_of_each_file(extension, make, outcome):
    try:
        _kind, copy = clean(make(), extension=extension)
    except Refused as refused:
        assert refused.code == outcome
        return
    assert outcome == "clean"
    found = opened(copy)
    assert [what for what in LOST if what in found] == []


@pytest.mark.parametrize(("sent", "shown", "in_header"), NAMES)
def test_what_comes_of_each_name(sent, shown, in_header):
    assert readable_name(sent) == shown
    assert header_name(sent, extension=".txt") == in_header
    assert header_name(sent, extension=".txt").isascii()


def test_the_corpus_is_large_enough_and_holds_every_outcome():
    assert len(CORPUS) + len(NAMES) >= 80
    assert len(CORPUS) >= 60
    assert {row[3] for row in CORPUS} >= {
        "clean", "too_complex", "active", "macros", "virus", "type", "mismatch", "encrypted",
        "damaged", "empty",
    }  # fmt: skip
