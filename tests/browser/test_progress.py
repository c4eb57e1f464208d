"""Forms with files on a slow line: how far they are, and nothing lost when the line is."""

import pytest

from cases.models import Message
from tests import factories
from tests.browser.steps import fill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

MAP = {"name": "map.txt", "mimeType": "text/plain", "buffer": b"Here. " * 200_000}


@pytest.fixture
def writing(somebody):
    """A complainant on the page of messages, with words and a file."""
    scene = factories.case_in("initial_assessment")
    person = somebody()
    person.sign_in(scene.complainant)
    page = person.open(f"/portal/case/{scene.case.pk}/messages/")
    fill(page, text="Here is the map.", files=[MAP])
    return page


def sent():
    return Message.objects.filter(sender="complainant")


def test_a_message_with_a_file_says_how_far_it_is_and_arrives(writing):
    page = writing
    writing.route("**/messages/", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.get_by_role("button", name="Send").click()
    page.get_by_role("progressbar", name="Sending your files").wait_for()
    assert "Sending your files" in page.locator("form ~ div [role=status]").inner_text()
    page.get_by_text("Your message is sent.").wait_for()
    assert sent().get().attachments.count() == 1


def test_a_line_that_is_lost_loses_nothing_and_sends_nothing_twice(writing, check):
    page = writing
    page.route("**/messages/", lambda route: route.abort())
    page.get_by_role("button", name="Send").click()
    page.get_by_role("alert").wait_for()
    assert "The line was lost." in page.get_by_role("alert").inner_text()
    assert page.evaluate("document.activeElement.id") == "line-lost"
    check(page)
    page.unroute("**/messages/")
    assert page.locator("[name=text]").input_value() == "Here is the map."
    page.get_by_role("button", name="Send").dblclick()
    page.get_by_text("Your message is sent.").wait_for()
    assert sent().get().attachments.count() == 1


def test_an_error_beside_a_file_keeps_the_file(writing, check):
    page = writing
    page.locator("[name=text]").fill("")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Write the message.").wait_for()
    assert page.title().startswith("Error:")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    check(page)
    assert page.locator("[name=files]").evaluate("e => e.files.length") == 1
    page.locator("[name=text]").fill("Here is the map.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Your message is sent.").wait_for()
    assert sent().get().attachments.count() == 1


def test_a_refused_file_is_said_and_not_kept(writing):
    page = writing
    bad = {"name": "run.exe", "mimeType": "text/plain", "buffer": b"MZ\x90\x00" + b"\x00" * 99}
    page.locator("[name=files]").set_input_files([bad])
    page.get_by_role("button", name="Send").click()
    page.locator(".error-summary").wait_for()
    assert "run.exe" in page.locator(".error-summary").inner_text()
    assert page.locator("[name=text]").input_value() == "Here is the map."
    assert page.locator("[name=files]").evaluate("e => e.files.length") == 0
    assert not sent().exists()
