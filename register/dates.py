"""Dates that may be a year, a month or a day, as old cases have them."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.translation import pgettext

_SHAPE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date with the precision of its source.

    >>> PartialDate.parse("2017-11").precision
    'month'
    """

    first_day: date
    precision: str

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. Raises ValueError for anything else."""
        found = _SHAPE.fullmatch(text)
        if not found:
            raise ValueError(text)
        year, month, day = found.groups()
        precision = "day" if day else "month" if month else "year"
        return cls(date(int(year), int(month or 1), int(day or 1)), precision)

    def isoformat(self) -> str:
        """The text as in the source: no month or day that nobody recorded."""
        return self.first_day.isoformat()[: {"year": 4, "month": 7, "day": 10}[self.precision]]

    def display(self) -> str:
        """The date in the reader's language: "17 June 2013", "November 2017" or "2017"."""
        if self.precision == "year":
            return f"{self.first_day.year:04d}"
        if self.precision == "month":
            # Translators: Django date format of a month with its year, as "November 2017".
            return formats.date_format(self.first_day, pgettext("date format, month", "F Y"))
        # Translators: Django date format of a whole date, as "17 November 2017".
        return formats.date_format(self.first_day, pgettext("date format, day", "j E Y"))


def months_between(start: PartialDate | None, end: PartialDate | None) -> int | None:
    """Whole months from start to end; None when either is missing or known to the year only."""
    if start is None or end is None or "year" in (start.precision, end.precision):
        return None
    a, b = start.first_day, end.first_day
    months = (b.year - a.year) * 12 + b.month - a.month
    if start.precision == end.precision == "day" and b.day < a.day:
        months -= 1
    return months if months >= 0 else None
