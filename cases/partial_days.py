"""Days of which perhaps only the month or the year is known: YYYY, YYYY-MM or YYYY-MM-DD."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext


def display(text: str) -> str:
    """Return such a day in the reader's language; what is none is returned as it is."""
    year, month, day = ([*text.split("-"), "", ""])[:3]
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return text
    if not month:
        return year
    if not day:
        # Translators: Django date format of a month with its year, as "November 2017".
        return date_format(first, pgettext("date format, month", "F Y"))
    return date_format(first, "j E Y")
