"""A year as the deadlines count it: public holidays, declared days, working days of each month."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import holidays
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.calendar import WorkCalendar
from cases.models import DeclaredDay

HOLIDAY_LANGUAGES = {"kk": "kk", "en": "en_US", "ru": "en_US"}


@dataclass(frozen=True)
class Day:
    """A day that is not what its weekday says, or a holiday."""

    day: date
    is_working: bool
    name: str
    is_declared: bool
    language: str = ""
    """The language of the name, where it is not that of the page."""


@dataclass(frozen=True)
class Month:
    first: date
    working_days: int
    days: tuple[Day, ...]


def year_of(year: int) -> list[Month]:
    """Return the months of a year with the days that are special in them; one query."""
    rows = {row.day: row for row in DeclaredDay.objects.filter(day__year=year)}
    declared = {day: row.is_working for day, row in rows.items()}
    calendar = WorkCalendar(settings.NCP_COUNTRY, declared)
    names, language = holiday_names(year)
    months = []
    for number in range(1, 13):
        first = date(year, number, 1)
        days = [first + timedelta(days=n) for n in range(monthrange(year, number)[1])]
        working = {day for day in days if calendar.is_working_day(day)}
        special = tuple(
            Day(
                day,
                day in working,
                _name(day, rows, names),
                day in rows,
                language if day in names and day not in rows else "",
            )
            for day in days
            if day in rows or day in names or (day in working) != (day.weekday() < 5)
        )
        months.append(Month(first, len(working), special))
    return months


def _name(day: date, rows: dict[date, Any], names: dict[date, str]) -> str:
    if day in rows:
        return rows[day].note or _("Declared here")
    return names.get(day) or _("Moved by the calendar of the country")


def holiday_names(year: int) -> tuple[dict[date, str], str]:
    """Return the public holidays of a year, none for a country that the package does not know; and
    the language of their names where it is not that of the page."""
    if not settings.NCP_COUNTRY:
        return {}, ""
    page = (get_language() or "en").split("-")[0]
    for spoken in (HOLIDAY_LANGUAGES.get(page), None):
        try:
            found = holidays.country_holidays(settings.NCP_COUNTRY, years=year, language=spoken)
        except (NotImplementedError, ValueError):
            continue
        names = dict(found.items())
        language = (spoken or found.default_language or "en").split("_")[0]
        return names, "" if language == page else language
    return {}, ""


def is_announced(year: int) -> bool:
    """Tell whether anything was declared for a year."""
    return DeclaredDay.objects.filter(day__year=year).exists()
