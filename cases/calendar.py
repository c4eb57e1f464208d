"""Days: working days, holidays, months, and the NCP's own time zone.

Holidays come from the `holidays` package; what a government declares besides (a moved day off, a
working Saturday, the exact day of a feast) is passed in as `declared` and goes first.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ONE_DAY = dt.timedelta(days=1)
# No run of days off is nearly as long; more means that the declared days are wrong.
LONGEST_BREAK = 366


class NoWorkingDay(Exception):
    """The declared days leave no working day for a year."""


def local_date(at: dt.datetime, zone: str) -> dt.date:
    """The date that people in `zone` ("Asia/Almaty") have at an instant.

    Raises ValueError for a moment without a time zone, which would be a guess.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(ZoneInfo(zone)).date()


def end_of_day(day: dt.date, zone: str) -> dt.datetime:
    """The instant at which `day` is over in `zone`: something due that day is late from then on."""
    return dt.datetime.combine(day + ONE_DAY, dt.time.min, tzinfo=ZoneInfo(zone))


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month, or the month's last where it has no such day.

    31 January and one month is 28 or 29 February.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


@lru_cache(maxsize=8)
def public_holidays(country: str, subdivision: str = "") -> holidays.HolidayBase:
    """The holidays of a country (ISO 3166 code), filled in year by year as they are asked for.

    Raises NotImplementedError for a country that the package does not know.
    """
    return holidays.country_holidays(country, subdiv=subdivision or None)


@dataclass(frozen=True)
class WorkCalendar:
    """The working days of one country.

    `declared` says of a date whether it is a working day, whatever the other rules say.
    `country` is an ISO 3166 code; empty: weekends only.
    """

    country: str = ""
    declared: Mapping[dt.date, bool] = field(default_factory=dict)
    subdivision: str = ""

    def is_working_day(self, day: dt.date) -> bool:
        if day in self.declared:
            return self.declared[day]
        if not self.country:
            return day.weekday() < 5
        return public_holidays(self.country, self.subdivision).is_working_day(day)

    def working_day_from(self, day: dt.date) -> dt.date:
        """This day, or the next working day after it. Raises NoWorkingDay."""
        for offset in range(LONGEST_BREAK):
            if self.is_working_day(day + offset * ONE_DAY):
                return day + offset * ONE_DAY
        raise NoWorkingDay(f"no working day in the year after {day:%Y-%m-%d}")

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """The `count`-th working day after `day`, which itself is not counted.

        Zero gives the day itself. Raises ValueError for a negative count, and NoWorkingDay.
        """
        if count < 0:
            raise ValueError("working days are counted forwards")
        for _step in range(count):
            day = self.working_day_from(day + ONE_DAY)
        return day

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """How many working days there are after `start` up to and including `end`."""
        days = (end - start).days
        return sum(self.is_working_day(start + n * ONE_DAY) for n in range(1, days + 1))
