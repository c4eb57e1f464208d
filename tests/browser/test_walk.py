"""One case from the web form to the public register, each person in a browser of their own."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def file_by_form(person, check, picture):
    """Fill in the form as a complainant would; return the access code."""
    page = person.open("/submit/")
    check(page)
    picture(page, "01-form-start")
    person.follow("Begin")
    page.get_by_role("checkbox").check()
    check(page)
    person.press("Continue")
    return page


def test_one_case_from_the_form_to_the_register(somebody, check, picture):
    complainant = somebody()
    page = file_by_form(complainant, check, picture)
    print(page.url)
    print(page.locator("main").inner_text())
    assert factories
