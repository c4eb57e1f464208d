"""Drafts: saved page by page, opened elsewhere with a code, forgotten in time."""

import datetime as dt

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from documents.models import Document
from intake.models import Draft
from intake.tasks import forget_expired_drafts
from tests.intake.walk import STEP, Writer, errors

pytestmark = pytest.mark.django_db


def test_a_draft_is_continued_on_another_device():
    writer = Writer()
    code = writer.fill()

    elsewhere = Writer()
    response = elsewhere.post("/submit/continue/", code=code.lower().replace("-", " "))

    assert response.status_code == 302
    assert "Айгүл Сәрсенова" in elsewhere.html(STEP.format("check"))
    elsewhere.confirm_code()
    assert elsewhere.send().url == "/submit/receipt/"
    assert writer.get(STEP.format("acting")).url == "/submit/receipt/", (
        "the first window learns of it"
    )


def test_a_wrong_code_opens_nothing_and_a_right_one_always_works():
    writer = Writer()
    code = writer.fill()
    stranger = Writer()

    last = None
    for number in range(40):
        last = stranger.post("/submit/continue/", code=f"{number:024}")
    assert last.status_code == 429
    assert "no draft with this code" in errors(last)

    assert stranger.post("/submit/continue/", code=code).status_code == 302


def test_without_a_draft_every_page_leads_to_the_beginning():
    writer = Writer()
    for address in (
        "/submit/saved/",
        "/submit/overview/",
        "/submit/delete/",
        "/submit/receipt/",
        "/submit/receipt.txt",
        STEP.format("acting"),
        STEP.format("send"),
        "/submit/step/issues/0a1b2c3d/",
    ):
        assert writer.get(address).url == "/submit/", address


def test_back_loses_nothing():
    writer = Writer()
    writer.fill()

    writer.answer("tried", tried_before="A letter to the director.")
    writer.get(STEP.format("wanted"))

    assert "A letter to the director." in writer.html(STEP.format("tried"))
    html = writer.html(STEP.format("safety"))
    assert "Dismissal." in html
    assert 'value="yes" id="id_reprisal_risk_0" checked' in html.replace(' required=""', "")


def test_what_is_wrong_is_kept_as_typed_and_said_again():
    writer = Writer()
    writer.begin()
    address = writer.get(STEP.format("issues")).url

    response = writer.post(
        address, title="Dust", description="", started_0="31", started_1="2", started_2="2024"
    )
    assert "This month has 29 days" in errors(response)
    assert "Tell us what happened" in errors(response)

    html = writer.html(address)
    assert 'value="31"' in html
    assert 'value="Dust"' in html
    assert "Look again" in writer.html(STEP.format("issues"))


def test_saving_for_later_needs_no_complete_page():
    writer = Writer()
    writer.begin()
    address = writer.get(STEP.format("enterprises")).url

    assert writer.post(address, name="Steppe Mining", go="later").url == "/submit/saved/"
    assert "Steppe Mining" in writer.html(STEP.format("enterprises"))


def test_two_windows_on_different_pages_keep_each_others_answers():
    writer = Writer()
    writer.fill()
    other_window = Writer(writer.client)

    writer.answer("tried", tried_before="A letter.")
    other_window.answer("wanted", wanted="Clean air.")

    html = writer.html(STEP.format("check"))
    assert "A letter." in html
    assert "Clean air." in html


def test_two_windows_on_the_same_page_overwrite_nothing_unseen():
    writer = Writer()
    writer.fill()
    writer.answer("tried", tried_before="First version.")
    html = writer.html(STEP.format("tried"))
    seen = html.split('name="seen" value="')[1].split('"')[0]
    writer.answer("tried", tried_before="Second version, from the other window.", seen=seen)

    response = writer.answer(
        "tried", tried_before="Third version, typed in the old one.", seen=seen
    )

    assert "another window" in errors(response)
    assert "Third version, typed in the old one." in response.content.decode()
    assert "Second version" in writer.html(STEP.format("tried"))
    seen_now = response.content.decode().split('name="seen" value="')[1].split('"')[0]
    writer.answer("tried", tried_before="Third version, typed in the old one.", seen=seen_now)
    assert "Third version" in writer.html(STEP.format("tried"))


def test_sending_a_row_twice_adds_it_once():
    writer = Writer()
    writer.begin()
    address = writer.get(STEP.format("complainants")).url
    for _click in range(2):
        writer.post(address, name="Айгүл Сәрсенова", kind="individual")

    assert writer.html(STEP.format("complainants")).count("summary__action") == 1


def test_a_row_is_removed_after_asking():
    writer = Writer()
    writer.begin()
    first = writer.add("complainants", name="Айгүл", kind="individual")
    writer.add("complainants", name="Болат", kind="individual")

    assert "Remove this entry?" in writer.html(f"{first}remove/")
    writer.post(f"{first}remove/")

    html = writer.html(STEP.format("complainants"))
    assert "Айгүл" not in html
    assert "Болат" in html


def test_files_are_added_described_and_removed():
    writer = Writer()
    writer.begin()

    writer.upload("first.txt", "second.txt")
    html = writer.html(STEP.format("evidence"))
    first, second = [str(d.pk) for d in Document.objects.order_by("created_at")]
    assert "first.txt" in html
    writer.client.post(
        STEP.format("evidence"),
        {
            f"{first}-title": "The letter",
            f"{first}-withhold": ["respondent", "public"],
            "remove": second,
        },
    )

    html = writer.html(STEP.format("evidence"))
    assert "second.txt" not in html
    assert 'value="The letter"' in html


def test_too_many_and_forbidden_files_are_refused_with_a_reason(settings):
    settings.MAX_FILES = 1
    writer = Writer()
    writer.begin()

    assert "room for 1 more" in errors(writer.upload("a.txt", "b.txt"))
    assert Document.objects.count() == 0
    refused = writer.upload("run.exe", content=b"MZ\x90\x00" + b"\x00" * 100)
    assert refused.status_code == 200
    assert "“run.exe” was not taken." in errors(refused)
    assert Document.objects.count() == 0


def test_a_draft_is_deleted_with_its_files_when_its_writer_wants_it(
    django_capture_on_commit_callbacks,
):
    writer = Writer()
    code = writer.fill()
    writer.upload("letter.txt")
    document = Document.objects.get()
    key = Draft.objects.get().data_key

    assert "Delete this draft?" in writer.html("/submit/delete/")
    with django_capture_on_commit_callbacks(execute=True):
        writer.post("/submit/delete/")

    key.refresh_from_db()
    assert key.wrapped is None
    assert not default_storage.exists(f"original/{document.pk.hex[:2]}/{document.pk.hex}")
    assert writer.get("/submit/saved/").url == "/submit/"
    assert "deleted at your wish" in writer.post("/submit/continue/", code=code).content.decode()


def test_a_draft_expires_and_says_so():
    writer = Writer()
    code = writer.fill()
    Draft.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))

    assert writer.get(STEP.format("acting")).url == "/submit/"
    assert "expired" in Writer().post("/submit/continue/", code=code).content.decode()
    assert forget_expired_drafts() == 1
    assert forget_expired_drafts() == 0

    draft = Draft.objects.get()
    assert draft.state == "expired"
    assert draft.payload == ""
    assert draft.data_key.wrapped is None
    assert "expired" in Writer().post("/submit/continue/", code=code).content.decode()


def test_every_change_keeps_the_draft_longer():
    writer = Writer()
    writer.begin()
    soon = timezone.now() + dt.timedelta(days=1)
    Draft.objects.update(expires_at=soon)

    writer.answer("acting", acting="self")

    assert Draft.objects.get().expires_at > soon + dt.timedelta(days=30)


def test_nobody_begins_without_accepting_the_notice():
    writer = Writer()

    response = writer.post("/submit/privacy/")

    assert "Tick the box" in errors(response)
    assert Draft.objects.count() == 0


def test_a_page_of_the_form_is_cheap(django_assert_max_num_queries):
    writer = Writer()
    writer.fill()

    for step in ("acting", "issues", "disclosure", "contact", "tried"):
        with django_assert_max_num_queries(4):
            writer.html(STEP.format(step))


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_page_speaks_of_nobody_in_its_title_or_address(language):
    writer = Writer()
    writer.get(f"/language/{language}?next=/")
    writer.begin()
    writer.answer("acting", acting="self")
    address = writer.add("complainants", name="Айгүл Сәрсенова", kind="individual")

    html = writer.html(address)
    title = html.split("<title>")[1].split("</title>")[0]
    assert "Айгүл" not in title
    assert f'<html lang="{language}"' in html


def test_good_files_are_kept_where_another_one_is_refused():
    from django.core.files.uploadedfile import SimpleUploadedFile

    writer = Writer()
    writer.begin()
    files = [
        SimpleUploadedFile("letter.txt", b"Dust."),
        SimpleUploadedFile("run.exe", b"MZ\x90\x00" + b"\x00" * 100),
    ]

    response = writer.client.post(STEP.format("evidence"), {"files": files, "go": "upload"})

    assert "run.exe" in errors(response)
    assert "letter.txt" in response.content.decode()
    assert Document.objects.get().original_name == "letter.txt"


def test_nobody_removes_a_file_of_another_draft():
    writer = Writer()
    writer.begin()
    writer.upload("letter.txt")
    stranger = Writer()
    stranger.begin()

    stranger.answer("evidence", remove=str(Document.objects.get().pk))

    assert Document.objects.count() == 1


def test_a_draft_says_when_it_expires_and_opens_weeks_later_on_another_device(settings):
    writer = Writer()
    with time_machine.travel(dt.datetime(2026, 10, 1, 9, tzinfo=dt.UTC), tick=False):
        code = writer.fill()
        writer.upload("letter.txt")
        assert "The draft is kept until 30 November 2026" in writer.html("/submit/saved/")
        assert "expires on 30 November 2026" in writer.html(STEP.format("tried"))

    elsewhere = Writer()
    with time_machine.travel(dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC), tick=False):
        assert elsewhere.post("/submit/continue/", code=code).status_code == 302
        html = elsewhere.html(STEP.format("check"))
        assert "Айгүл Сәрсенова" in html
        assert "letter.txt" in html
        elsewhere.answer("wanted", wanted="Clean air.")
        assert "expires on 19 January 2027" in elsewhere.html(STEP.format("tried"))
        elsewhere.confirm_code()
        assert elsewhere.send().url == "/submit/receipt/"


def test_one_network_uploads_so_much_an_hour_and_codes_still_open(settings):
    settings.UPLOAD_MB_OF_A_NETWORK = 1
    writer = Writer()
    code = writer.fill()
    writer.upload("a.txt", content=b"Dust. " * 100_000)

    response = writer.upload("b.txt", content=b"Dust. " * 100_000)

    assert response.status_code == 429
    assert "from your network" in errors(response)
    assert Document.objects.count() == 1
    assert writer.answer("tried", tried_before="A letter.").status_code == 302
    elsewhere = Writer()
    assert elsewhere.post("/submit/continue/", code=code).status_code == 302
    access_code = elsewhere.confirm_code()
    elsewhere.send()
    assert Client().login(access_code=access_code)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)):
        later = Writer()
        later.begin()
        assert later.upload("c.txt", content=b"Dust. " * 100_000).status_code == 302


def test_an_empty_file_is_named_and_the_others_are_kept():
    """Six files were chosen at once and one of them was empty: all six were lost, and "one of the
    files is empty" did not say which."""
    writer = Writer()
    writer.begin()

    for step, field in (("evidence", "files"), ("representative", "mandate_files")):
        writer.answer("acting", acting="others")
        files = [
            SimpleUploadedFile("letter.txt", b"Dust."),
            SimpleUploadedFile("empty.txt", b""),
        ]
        response = writer.client.post(STEP.format(step), {field: files, "go": "upload"})

        assert "empty.txt" in errors(response)
        assert "letter.txt" in response.content.decode()
    assert [row.original_name for row in Document.objects.all()] == ["letter.txt"] * 2
