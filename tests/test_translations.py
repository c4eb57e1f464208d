"""Every text of the system is there in Russian and Kazakh, and the compiled files are current."""

import os
import shutil
from datetime import date

import pytest
from django.core.management import call_command
from django.utils.formats import date_format
from django.utils.translation import override

from cases import retention


def test_every_text_is_translated_and_compiled(capsys):
    if not shutil.which("xgettext") and not os.environ.get("CI"):
        pytest.skip("xgettext is missing: install the package gettext")
    call_command("translations", check=True)


def test_kazakh_dates_have_the_month_in_small_letters():
    """Django's own catalogue writes "23 Қараша 2026"; Kazakh writes names of months small."""
    with override("kk"):
        written = {date_format(date(2026, month, 23), "j E Y") for month in range(1, 13)}
    assert "2026 жылғы 23 қараша" in written
    assert written == {text.lower() for text in written}
    with override("ru"):
        assert date_format(date(2026, 11, 23), "j E Y") == "23 ноября 2026"


def test_why_cases_are_kept_so_long_is_said_in_the_readers_language():
    """The reasons stood in English on Russian and Kazakh pages."""
    for rule in retention.load().rules:
        wordings = set()
        for language in ("en", "ru", "kk"):
            with override(language):
                wordings.add(str(rule.legal_basis))
        assert len(wordings) == 3, rule.code
