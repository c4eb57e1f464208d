import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from documents import downloads, services, tasks
from documents.names import extension_of, header_name, readable_name
from sealing.models import DataKey
from tests.documents import samples

pytestmark = pytest.mark.django_db
TEXT = b"0123456789" * 20_000


@pytest.fixture
def document(db):
    """A text of 200 000 bytes, checked."""
    upload = SimpleUploadedFile("notes.txt", TEXT)
    document = services.store(upload, by=None, data_key=DataKey.generate())
    tasks.check_pending()
    document.refresh_from_db()
    return document


def get(document, method="get", **headers):
    request = getattr(RequestFactory(), method)("/", headers=headers)
    return downloads.clean_response(request, document)


def body(response):
    return b"".join(response.streaming_content)


def test_a_file_is_served_as_an_attachment_that_nothing_runs(document):
    response = get(document)
    assert response.status_code == 200
    assert body(response) == TEXT
    assert response["Content-Length"] == "200000"
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"] == (
        f'attachment; filename="document-{document.pk.hex[:8]}.txt"'
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("span", "start", "stop"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=65530-65550", 65530, 65551),
        ("bytes=199990-", 199_990, 200_000),
        ("bytes=-5", 199_995, 200_000),
        ("bytes=199990-999999", 199_990, 200_000),
        ("bytes=-999999", 0, 200_000),
    ],
)
def test_a_part_can_be_asked_for(document, span, start, stop):
    response = get(document, Range=span)
    assert response.status_code == (200 if stop - start == 200_000 else 206)
    assert body(response) == TEXT[start:stop]
    if response.status_code == 206:
        assert response["Content-Range"] == f"bytes {start}-{stop - 1}/200000"


@pytest.mark.parametrize("span", ["bytes=200000-", "bytes=5-2", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(document, span):
    response = get(document, Range=span)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */200000"


@pytest.mark.parametrize("span", ["bytes=0-1,5-6", "lines=1-2", "bytes=-", "x"])
def test_a_range_that_is_not_understood_gives_the_whole(document, span):
    response = get(document, Range=span)
    assert response.status_code == 200
    assert body(response) == TEXT


def test_the_head_tells_the_length_and_nothing_more(document):
    response = get(document, method="head")
    assert response["Content-Length"] == "200000"
    assert body(response) == b""


def test_the_original_has_no_type_that_a_browser_opens(document):
    response = downloads.original_response(RequestFactory().get("/"), document)
    assert response["Content-Type"] == "application/octet-stream"
    assert body(response) == TEXT


def test_a_name_may_be_given_and_gets_the_extension_of_the_copy(document):
    request = RequestFactory().get("/")
    response = downloads.clean_response(
        request, document, file_name='Final "statement"\r\nX: 1.TXT'
    )
    assert response["Content-Disposition"] == 'attachment; filename="Final-statement-X-1.txt"'


@pytest.mark.parametrize(
    ("name", "readable", "header"),
    [
        ("../../etc/passwd", "passwd", "passwd.pdf"),
        ("C:\\Windows\\win.ini", "win.ini", "win.ini.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf", "abc.pdf"),
        ("\u202egpj.exe", "gpj.exe", "gpj.exe.pdf"),
        ("Жалоба рабочих.pdf", "Жалоба рабочих.pdf", "file.pdf"),
        ("CON.pdf", "CON.pdf", "file-CON.pdf"),
        ("", "file", "file.pdf"),
        (" . ", "file", "file.pdf"),
        ("☂️🏭.pdf", "☂️🏭.pdf", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_names_from_outside(name, readable, header):
    assert readable_name(name) == readable
    assert header_name(name, extension=".pdf") == header


def test_the_extension_is_the_last_one_and_small():
    assert extension_of("a.tar.GZ") == ".gz"
    assert extension_of(".htaccess") == ""
    assert extension_of("none") == ""
    assert extension_of("photo.JPG ") == ".jpg"


def test_a_film_can_be_wound_forward(db):
    upload = SimpleUploadedFile("film.mp4", samples.mp4() + samples.box(b"free", bytes(200_000)))
    document = services.store(upload, by=None, data_key=DataKey.generate())
    tasks.check_pending()
    document.refresh_from_db()
    whole = body(get(document))
    assert body(get(document, Range="bytes=100000-100099")) == whole[100_000:100_100]
