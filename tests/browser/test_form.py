"""The form on a small screen: without JavaScript, with the keyboard alone, in three languages."""

import pytest

from cases.models import Case
from tests.documents.samples import wav

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

SMALL = {"width": 360, "height": 740}


def go(page, value="next"):
    with page.expect_navigation():
        page.locator(f"button[name=go][value={value}]").click()


def press_main(page):
    with page.expect_navigation():
        page.locator("main form button").first.click()


def begin(page):
    page.goto("/submit/privacy/")
    page.locator("#id_accepted").check()
    press_main(page)
    page.goto("/submit/step/acting/")


def fill(page, visit):
    """Fill in everything; `visit` looks at each page and at each page with errors."""
    visit(page)
    go(page)
    visit(page)
    page.locator("#id_acting_1").check()
    go(page)
    visit(page)
    go(page)
    visit(page)
    page.locator("#id_name").fill("Әділет")
    page.locator("#id_kind_3").check()
    page.locator("#id_mandate").fill("A vote of the village.")
    go(page)
    page.locator("#id_name").fill("Айгүл Сәрсенова")
    page.locator("#id_kind_0").check()
    visit(page)
    go(page)
    visit(page)
    go(page)
    go(page)
    visit(page)
    page.locator("#id_name").fill("Steppe Mining LLP")
    page.locator("#id_kind_0").check()
    page.locator("#id_role_0").check()
    go(page)
    go(page)
    page.locator("#id_title").fill("Dust")
    page.locator("#id_description").fill("Dust on our tables.")
    page.locator("#id_started_0").fill("31")
    page.locator("#id_started_1").select_option("2")
    page.locator("#id_started_2").fill("2024")
    go(page)
    visit(page)
    page.locator("#id_started_0").fill("28")
    go(page)
    go(page)
    visit(page)
    go(page)
    page.locator("#id_files").set_input_files(
        [{"name": "letter.txt", "mimeType": "text/plain", "buffer": b"Dust."}]
    )
    go(page, "upload")
    visit(page)
    go(page)
    visit(page)
    go(page)
    go(page)
    visit(page)
    go(page)
    go(page)
    visit(page)
    for radio in page.locator("input[value=no]").all():
        radio.check()
    go(page)
    visit(page)
    page.locator("#id_reprisal_risk_0").check()
    go(page)
    visit(page)
    go(page)
    for _preview in range(2):
        visit(page)
        go(page)
    visit(page)
    go(page)
    code = page.locator(".access-code").inner_text()
    press_main(page)
    visit(page)
    page.locator("#id_code").fill(code)
    press_main(page)
    visit(page)
    page.locator("#id_good_faith").check()
    press_main(page)
    visit(page)
    return code


def test_a_complaint_is_filed_without_javascript_on_a_small_screen(somebody):
    person = somebody(java_script_enabled=False)
    person.page.set_viewport_size(SMALL)
    begin(person.page)

    code = fill(person.page, lambda page: None)

    assert person.page.url.endswith("/submit/receipt/")
    case = Case.objects.get()
    assert person.reads(case.receipt_id)
    assert not person.reads(code)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_page_and_every_error_of_the_form_is_accessible(somebody, check, language):
    person = somebody()
    person.open(f"/language/{language}?next=/submit/")
    check(person.page)
    person.open("/submit/privacy/")
    press_main(person.page)
    check(person.page)
    begin(person.page)

    fill(person.page, check)

    for address in ("/submit/continue/", "/verify/"):
        person.open(address)
        check(person.page)
        press_main(person.page)
        check(person.page)
    person.open("/verify/keys/")
    check(person.page)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_information_and_error_pages_are_accessible(somebody, check, language):
    person = somebody()
    for address in ("/", "/help/", "/privacy/", "/accessibility/", "/nothing-here/"):
        person.open(f"/language/{language}?next={address}")
        check(person.page)


def test_keyboard_alone_reaches_the_content_and_the_first_error(somebody):
    page = somebody().open("/submit/privacy/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    press_main(page)
    page.locator(".error-summary a").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_accepted"
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/submit/saved/" in page.url


def test_escape_three_times_leaves_at_once(somebody, settings):
    settings.QUICK_EXIT_URL = "/accessibility/"
    person = somebody()
    page = person.open("/submit/privacy/")
    page.locator("#id_accepted").check()
    press_main(page)

    with page.expect_navigation(url="**/accessibility/"):
        for _press in range(3):
            page.keyboard.press("Escape")

    page.goto("/submit/saved/")
    assert page.url.endswith("/submit/"), "the draft is closed in this browser"


def test_the_way_out_is_at_hand_at_the_end_of_a_long_page_and_covers_no_field(somebody):
    """On a telephone the link stood at the top alone, several screens away from the last answer."""
    person = somebody()
    person.page.set_viewport_size(SMALL)
    page = person.page
    begin(page)
    page.goto("/submit/step/enterprises/")
    go(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.evaluate("scrollY") > 1000
    box = page.locator(".quick-exit").bounding_box()
    assert 0 <= box["y"] < 100
    page.locator(".error-summary a").last.click()
    field = page.evaluate("document.activeElement.getBoundingClientRect().top")
    strip = page.locator(".strip").bounding_box()
    assert field >= strip["y"] + strip["height"]


def test_many_files_are_sent_at_once_with_progress_and_a_bad_one_is_named(somebody, check, picture):
    person = somebody()
    begin(person.page)
    page = person.open("/submit/step/evidence/")
    good = [
        {"name": f"letter{n}.txt", "mimeType": "text/plain", "buffer": b"Dust. " * 20_000}
        for n in range(4)
    ]
    bad = {"name": "run.exe", "mimeType": "text/plain", "buffer": b"MZ\x90\x00" + b"\x00" * 99}
    page.locator("#id_files").set_input_files([*good, bad])
    page.locator("button[value=upload]").click()
    page.get_by_role("alert").wait_for()
    assert "run.exe" in page.get_by_role("alert").inner_text()
    assert page.locator("progress").count() == 5
    assert page.get_by_role("status").inner_text() == "Sent: 5 / 5"
    assert page.evaluate("document.activeElement.className") == "error-summary"
    check(page)
    picture(page, "upload-refused")
    person.follow("Show my files")
    assert page.locator("fieldset.group").count() == 4

    page.locator("#id_files").set_input_files([good[0]])
    with page.expect_navigation(url="**/step/tried/"):
        page.locator("button[value=next]").click()
    person.open("/submit/step/evidence/")
    assert page.locator("fieldset.group").count() == 5


def test_enter_in_an_answer_never_removes_a_file(somebody):
    """The button that removes the proof of a mandate stood first in the form: Enter in the name
    pressed it, and the file was gone."""
    person = somebody()
    page = person.page
    begin(page)
    page.locator("#id_acting_1").check()
    go(page)
    proof = {"name": "vote.txt", "mimeType": "text/plain", "buffer": b"The village voted."}
    page.locator("#id_mandate_files").set_input_files([proof])
    page.locator("button[value=upload]").first.click()
    page.get_by_role("button", name="Remove this file").wait_for()
    page.locator("#id_name").fill("Әділет")
    with page.expect_navigation():
        page.locator("#id_name").press("Enter")
    assert page.get_by_role("button", name="Remove this file").count() == 1
    assert page.locator("#id_name").input_value() == "Әділет"


def test_the_preview_marks_a_hidden_name_and_the_list_names_bad_rows(somebody, check, picture):
    person = somebody()
    page = person.page
    begin(page)
    page.locator("#id_acting_1").check()
    go(page)
    page.locator("#id_name").fill("Әділет")
    page.locator("#id_kind_3").check()
    page.locator("#id_mandate").fill("A vote of the village.")
    rows = "Name;Village\nАйгүл Сәрсенова;Ulytau\n;Ulytau\n12;Ulytau\n"
    page.locator("#id_principals_file").set_input_files(
        [{"name": "people.csv", "mimeType": "text/csv", "buffer": rows.encode("utf-16")}]
    )
    page.locator("#id_mandate_files").set_input_files(
        [{"name": "vote.txt", "mimeType": "text/plain", "buffer": b"The village voted."}]
    )
    page.locator("button[name=go][value=next]").click()  # answered in place: a file is sent
    page.locator("#bad-rows").wait_for()
    assert "2 rows of your list were not taken" in page.locator("#bad-rows").inner_text()
    assert page.evaluate("document.activeElement.contains(document.getElementById('bad-rows'))")
    check(page)
    picture(page, "people")
    page.goto("/submit/step/issues/")
    page.locator("#id_title").fill("Dust")
    page.locator("#id_description").fill("They dismissed Сарсенову because of the dust.")
    go(page)
    page.goto("/submit/step/enterprise-view/")
    assert page.locator("mark").inner_text() == "Сарсенову"
    check(page)
    picture(page, "enterprise-view")
    page.goto("/submit/step/public-view/")
    check(page)
    picture(page, "public-view")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_recording_is_sent_on_a_small_screen(somebody, check, picture, language):
    person = somebody()
    person.page.set_viewport_size(SMALL)
    page = person.open(f"/language/{language}?next=/submit/privacy/%3Fas%3Drecording")
    page.goto("/submit/privacy/?as=recording")
    page.locator("#id_accepted").check()
    press_main(page)
    page.goto("/submit/step/recording/")
    go(page)
    check(page)
    page.locator("#id_files").set_input_files(
        [{"name": "voice.wav", "mimeType": "audio/wav", "buffer": wav()}]
    )
    page.locator("button[value=next]").click()
    page.wait_for_url("**/step/reach/")
    go(page)
    check(page)
    page.locator("#id_contact").fill("+77010000001")
    go(page)
    code = page.locator(".access-code").inner_text()
    page.locator("#id_code").fill(code)
    press_main(page)
    check(page)
    page.goto("/submit/step/recording/")
    check(page)
    picture(page, f"recording-{language}")
    page.set_viewport_size(SMALL)
    page.goto("/submit/step/send/")
    page.locator("#id_good_faith").check()
    press_main(page)
    assert page.url.endswith("/submit/receipt/")
    check(page)
    picture(page, f"receipt-{language}")
