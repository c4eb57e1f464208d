"""Dates and numbers in the manner of the reader's language."""

from datetime import date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from tests import factories
from tests.portal.conftest import page, signed_in

DAY = datetime(2027, 1, 22, 9, 30)
WRITTEN = {
    "en": ("22 January 2027", "22 January 2027, 09:30", "2.4"),
    "ru": ("22 января 2027", "22 января 2027, 09:30", "2,4"),
    "kk": ("2027 жылғы 22 қаңтар", "2027 жылғы 22 қаңтар, 09:30", "2,4"),
}


def rendered(language, text):
    with translation.override(language):
        return Template(text).render(Context({"day": DAY, "size": 2_500_000}))


@pytest.mark.parametrize("language", WRITTEN)
def test_a_date_is_written_as_the_language_does(language):
    """In Kazakh it read "22 Қаңтар 2027": the order of another language, and a capital."""
    day, moment, size = WRITTEN[language]
    assert rendered(language, "{{ day|date:'j E Y' }}") == day
    assert rendered(language, "{{ day|date:'j E Y, H:i' }}") == moment
    assert rendered(language, "{{ size|filesizeformat }}").startswith(size)


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("text", ["2027-01-22", "22.01.2027"])
def test_a_day_may_be_typed_as_people_write_it_where_the_browser_has_no_calendar(language, text):
    if (language, text) == ("en", "22.01.2027"):
        return
    with translation.override(language):
        assert forms.DateField().clean(text) == date(2027, 1, 22)


def test_a_month_in_which_it_began_is_written_out_for_the_parties(db):
    """The page of the case said "2026-03", as it stands in the database."""
    scene = factories.case_in("initial_assessment")
    for language, month in (("en", "March 2026"), ("ru", "Март 2026"), ("kk", "2026 жылғы наурыз")):
        for user in (scene.complainant, scene.enterprise):
            client = signed_in(user)
            client.cookies["django_language"] = language
            text = client.get(page("case", scene.case)).text
            assert month in text
            assert ">2026-03" not in text and ": 2026-03" not in text
