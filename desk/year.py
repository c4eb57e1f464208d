"""A year as the deadlines count it: public holidays, declared days, working days of each month."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import holidays
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from cases.calendar import WorkCalendar
from cases.models import DeclaredDay

HOLIDAY_LANGUAGES = {"kk": "kk", "en": "en_US", "ru": "en_US"}

OF_KAZAKHSTAN = frozenset(
    {
        gettext_noop("New Year's Day"),
        gettext_noop("Orthodox Christmas"),
        gettext_noop("International Women's Day"),
        gettext_noop("Nowruz Holiday"),
        gettext_noop("Kazakhstan's People Solidarity Holiday"),
        gettext_noop("Defender of the Fatherland Day"),
        gettext_noop("Victory Day"),
        gettext_noop("Capital Day"),
        gettext_noop("Constitution Day"),
        gettext_noop("Republic Day"),
        gettext_noop("First President Day"),
        gettext_noop("Independence Day"),
        gettext_noop("Eid al-Adha"),
    }
)
NOTES = (gettext_noop("observed"), gettext_noop("estimated"))
_MOVED = re.compile(r"Day off \(substituted from (\d\d)/(\d\d)/(\d{4})\)")


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
        if page == "ru" and (translated := _in_russian(names)):
            return translated, ""
        language = (spoken or found.default_language or "en").split("_")[0]
        return names, "" if language == page else language
    return {}, ""


def _in_russian(names: dict[date, str]) -> dict[date, str]:
    """Return Kazakhstan's holidays in Russian, which the package does not speak; nothing where one
    of the names is of another country."""
    said = {}
    for day, name in names.items():
        parts = [_russian(part) for part in name.split("; ")]
        if not all(parts):
            return {}
        said[day] = "; ".join(parts)
    return said


def _russian(name: str) -> str:
    if moved := _MOVED.fullmatch(name):
        month, day, year = map(int, moved.groups())
        return _("Day off instead of %(day)s") % {"day": date_format(date(year, month, day))}
    plain, _bracket, note = name.partition(" (")
    note = note.removesuffix(")")
    if plain not in OF_KAZAKHSTAN or note not in ("", *NOTES):
        return ""
    return f"{_(plain)} ({_(note)})" if note else _(plain)


def is_announced(year: int) -> bool:
    """Tell whether anything was declared for a year."""
    return DeclaredDay.objects.filter(day__year=year).exists()
