from pathlib import Path

from django.conf import settings

from config.management.commands.describe_states import PATH, describe


def test_the_page_about_states_is_what_the_table_of_moves_makes():
    assert (Path(settings.BASE_DIR) / PATH).read_text() == describe()
