"""The NCP's own data: changed by administrators, shown everywhere, readable, with a history."""

from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from cases import receipt_pdf
from cases.receipts import Receipt
from desk.forms.administration import COLOURS
from desk.letters import portal_letter
from office import colours, current
from office.logo import redrawn
from office.models import OfficeVersion
from register import branding, pdf
from register.services import publish
from tests import factories
from tests.desk.conftest import browser
from tests.register import samples

pytestmark = pytest.mark.django_db

VALID = {
    "based_on": "0",
    "names_en": "NCP of Testland",
    "names_ru": "НКЦ Тестландии",
    "email": "office@ncp.example",
    "phone": "+7 1",
    "addresses_en": "1 Main Street\nTestville",
    "legal_bases_en": "Decree 12",
    "hours_en": "Monday to Friday, 9 to 13",
    **{f"colour_{name}": colours.DEFAULTS[name] for name in COLOURS},
}


@pytest.fixture
def room(administrator):
    return browser(administrator)


def picture(kind="PNG", size=(400, 100), **options):
    out = BytesIO()
    Image.new("RGB", size, "navy").save(out, kind, **options)
    return out.getvalue()


def save(room, **changes):
    return room.post(reverse("desk:office"), {**VALID, **changes})


def test_what_is_saved_is_shown_everywhere(room, officer):
    assert save(room, colour_brand="#4a148c").status_code == 302
    page = Client().get("/")
    assert "NCP of Testland" in page.text
    assert "Decree 12" in page.text
    assert "office@ncp.example" in page.text
    assert "НКЦ Тестландии" in Client().get("/", headers={"Accept-Language": "ru"}).text
    assert current.current().name("kk") == "NCP of Testland"
    public = Client().get(reverse("register:list"))
    assert "NCP of Testland" in public.text
    sheet = reverse("register:colours", args=[branding.current().digest])
    assert sheet in page.text
    assert sheet in public.text
    style = Client().get(sheet)
    assert "--brand: #4a148c;" in style.text
    assert style["Content-Type"].startswith("text/css")
    assert "immutable" in style["Cache-Control"]


def test_register_page_is_a_new_one_after_a_change(room):
    before = Client().get(reverse("register:list"))["ETag"]
    save(room)
    assert Client().get(reverse("register:list"))["ETag"] != before


def test_old_address_of_the_colours_still_answers_for_a_moment(room):
    save(room, colour_brand="#4a148c")
    style = Client().get(reverse("register:colours", args=["0" * 16]))
    assert style.status_code == 200
    assert "max-age=30" in style["Cache-Control"]


def test_most_pages_ask_nothing_for_it(room, officer):
    save(room)
    client = Client()
    client.get("/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/")
    assert not [row for row in asked.captured_queries if "office" in row["sql"]]
    assert not [row for row in asked.captured_queries if "branding" in row["sql"]]


@pytest.mark.parametrize("colour", ["#ffffff", "#999999", "#77aadd", "red", "#12", "url(x)", ""])
def test_pale_or_wrong_colour_is_refused_and_nothing_typed_is_lost(room, colour):
    answer = save(room, colour_link=colour)
    assert answer.status_code == 200
    assert "There is a problem" in answer.text
    assert "NCP of Testland" in answer.text
    assert not OfficeVersion.objects.exists()


def test_contrast_is_that_of_the_standard():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    for name, colour in colours.DEFAULTS.items():
        assert colours.worst(name, colour) >= colours.LEAST


def test_two_people_at_once_lose_nothing(room):
    save(room)
    stale = save(room, names_en="Another name")
    assert stale.status_code == 409
    assert "Another name" in stale.text
    assert current.current().name("en") == "NCP of Testland"
    again = save(room, names_en="Another name", based_on="1")
    assert again.status_code == 302
    assert current.current().name("en") == "Another name"


def test_history_says_who_changed_what(room, administrator):
    save(room)
    save(room, based_on="1", phone="+7 2")
    text = room.get(reverse("desk:office")).text
    assert administrator.name in text
    assert "Version 2" in text
    assert "telephone number" in text
    row = OfficeVersion.objects.first()
    with pytest.raises(InternalError), transaction.atomic():
        OfficeVersion.objects.filter(pk=row.pk).update(phone="+7 3")


def test_logo_is_drawn_anew_and_shown(room):
    exif = Image.Exif()
    exif[0x010E] = "SECRET PLACE"
    file = SimpleUploadedFile("a.jpg", picture("JPEG", (4000, 1000), exif=exif))
    assert save(room, logo=file).status_code == 302
    kept = bytes(OfficeVersion.objects.first().logo)
    assert kept.startswith(b"\x89PNG")
    assert b"SECRET" not in kept
    assert Image.open(BytesIO(kept)).size[1] <= 160
    address = reverse("register:logo", args=[branding.current().digest])
    assert address in Client().get("/").text
    answer = Client().get(address)
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    save(room, based_on="1")
    assert bytes(OfficeVersion.objects.first().logo) == kept
    save(room, based_on="2", remove_logo="on")
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + b"\0" * 40,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        picture()[:60],
        b"%PDF-1.7",
        b"MZ" + b"\0" * 300,
        b"x" * (2 * 1024 * 1024 + 1),
        picture("BMP"),
        picture("TIFF"),
    ],
    ids=["svg", "html", "gif", "damaged", "cut", "pdf", "program", "large", "bmp", "tiff"],
)
def test_hostile_logo_is_refused(room, data):
    answer = save(room, logo=SimpleUploadedFile("logo.png", data, content_type="image/png"))
    assert answer.status_code == 200
    assert "There is a problem" in answer.text
    assert not OfficeVersion.objects.exists()


def test_bomb_of_pixels_is_refused_before_it_is_opened():
    flat = BytesIO()
    Image.new("1", (30000, 30000)).save(flat, "PNG")
    flat.seek(0)
    with pytest.raises(ValidationError):
        redrawn(flat)


def test_what_follows_a_picture_is_not_kept():
    kept = redrawn(BytesIO(picture() + b"<script>alert(1)</script>"))
    assert b"script" not in kept


def test_letters_and_mails_carry_the_new_name(room):
    from notifications.letters import letter_for
    from notifications.models import Delivery, OutboxMessage

    scene = factories.case_in("initial_assessment")
    save(room)
    row = Delivery(
        message=OutboxMessage.objects.first(), user=scene.officer, channel="mail", room="desk"
    )
    assert "NCP of Testland" in letter_for(row, "a@example.org").body


def test_letters_receipts_and_statements_are_typeset_with_the_logo(room):
    plain = portal_letter(subject="Ours", text="Words", language="en")
    save(room, logo=SimpleUploadedFile("a.png", picture()), colour_brand="#4a148c")
    with_logo = portal_letter(subject="Ours", text="Words", language="en")
    assert pictures(with_logo) == 1
    assert pictures(plain) == 0
    receipt = Receipt("GO-1", "2026-11-23T00:00:00Z", "ab" * 32, "cd" * 64, "ef" * 32)
    assert receipt_pdf.render(receipt).startswith(b"%PDF")
    record = publish(samples.record(), samples.statement())
    assert pictures(pdf.render(record, record.documents.first())) == 1


def pictures(file):
    """Return how many pictures the first page of a PDF holds."""
    with pikepdf.open(BytesIO(file)) as found:
        return len(found.pages[0].get_images())


# Letter templates

PLACE = ("acknowledgement", "complainant", "en")


def template(room, **data):
    return room.post(reverse("desk:letter_template", args=PLACE), data)


def test_preview_saves_nothing_and_shows_an_invented_case(room):
    answer = template(
        room, version=0, subject="Hello {reference}", body="From {ncp_name}", preview=1
    )
    assert answer.status_code == 200
    assert "-007" in answer.text
    assert "Nothing is saved yet" in answer.text
    assert "supplied text" in room.get(reverse("desk:letter_template", args=PLACE)).text


def test_wording_is_saved_versioned_and_put_back(room, administrator):
    data = {"version": 0, "subject": "Ours", "body": "Our words", "save": 1}
    assert template(room, **data).status_code == 302
    stale = template(room, **{**data, "body": "Late words"})
    assert stale.status_code == 409
    assert "Late words" in stale.text
    page = room.get(reverse("desk:letter_template", args=PLACE)).text
    assert "Our words" in page
    assert administrator.name in page
    assert room.post(reverse("desk:restore_letter", args=PLACE)).status_code == 302
    assert "supplied text" in page or "We received your submission" in page
    assert (
        "Back to the supplied text." in room.get(reverse("desk:letter_template", args=PLACE)).text
    )


@pytest.mark.parametrize("body", ["{complainant_email}", "{reference", "{{reference}}", "}", ""])
def test_field_that_is_not_listed_is_refused(room, body):
    answer = template(room, version=0, subject="Ours", body=body, save=1)
    assert answer.status_code == 200
    assert "There is a problem" in answer.text


def test_every_supplied_letter_can_be_previewed(room):
    from cases.letters import wording

    for kind in wording.kinds().values():
        for audience, language in kind.supplied:
            text = kind.supplied[audience, language]
            address = reverse("desk:letter_template", args=[kind.name, audience, language])
            answer = room.post(
                address,
                {"version": 0, "subject": text.subject, "body": text.body, "preview": 1},
            )
            assert "Nothing is saved yet" in answer.text, (kind.name, audience, language)


@pytest.mark.parametrize(
    "place",
    [("nothing", "complainant", "en"), ("notice", "king", "en"), ("notice", "respondent", "de")],
)
def test_letter_that_does_not_exist_is_not_found(room, place):
    for name in ("letter_template", "restore_letter"):
        assert room.post(reverse(f"desk:{name}", args=place)).status_code == 404


def test_nobody_else_changes_the_office_or_its_letters(officer, member, client):
    for name, args in (("office", ()), ("letter_template", PLACE), ("restore_letter", PLACE)):
        address = reverse(f"desk:{name}", args=args)
        assert client.post(address, VALID).status_code == 302
        for person in (officer, member, factories.person("auditor")):
            assert browser(person).post(address, VALID).status_code == 404
    assert not OfficeVersion.objects.exists()
