"""Names of countries in the language of the page."""

import pytest
from django.utils.translation import override

from cases.countries import country_choices, country_name


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_every_country_has_a_name_in_russian_and_kazakh(language):
    """Iran, Laos and Syria stood in English in the Kazakh list: the catalogue knows only their
    official names."""
    with override(language):
        names = dict(country_choices())

    assert not [name for code, name in names.items() if code and str(name)[0].isascii()]


def test_a_name_that_the_catalogue_misspells_is_mended():
    with override("ru"):
        assert country_name("US") == "Соединённые Штаты"
    with override("kk"):
        assert country_name("YT") == "Майотта"
