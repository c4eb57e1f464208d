import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.calendar import NoWorkingDay, WorkCalendar, add_months, end_of_day, local_date

KZ = WorkCalendar("KZ")
days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
months = st.integers(0, 60)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        ("2026-03-20", True),
        ("2026-03-23", False),  # Nowruz
        ("2026-03-24", False),  # moved from the weekend
        ("2026-03-25", False),
        ("2026-03-26", True),
        ("2026-05-11", False),  # Victory Day, moved from a Saturday
        ("2026-08-31", True),  # no Constitution Day in August since the constitution of 2026
        ("2026-10-26", False),
        ("2026-12-16", False),
        ("2026-12-17", True),
        ("2027-03-15", False),  # the new Constitution Day
        ("2027-01-04", False),
        ("2027-08-30", True),
        ("2027-10-25", False),
    ],
)
def test_kazakhstan_in_2026_and_2027(day, is_working):
    assert KZ.is_working_day(dt.date.fromisoformat(day)) is is_working


def test_a_declared_day_goes_before_weekend_and_holiday():
    saturday, monday = dt.date(2026, 3, 28), dt.date(2026, 3, 30)
    calendar = WorkCalendar("KZ", declared={saturday: True, monday: False})
    assert calendar.is_working_day(saturday)
    assert not calendar.is_working_day(monday)
    assert calendar.add_working_days(dt.date(2026, 3, 27), 2) == dt.date(2026, 3, 31)


def test_ten_working_days_over_nowruz():
    assert KZ.add_working_days(dt.date(2026, 3, 12), 10) == dt.date(2026, 3, 31)


def test_a_country_without_holidays_on_file_still_has_weekends():
    assert WorkCalendar().add_working_days(dt.date(2026, 3, 20), 1) == dt.date(2026, 3, 23)


def test_a_calendar_without_any_working_day_is_refused_instead_of_looping():
    start = dt.date(2026, 1, 1)
    closed = {start + dt.timedelta(days=n): False for n in range(800)}
    with pytest.raises(NoWorkingDay):
        WorkCalendar(declared=closed).add_working_days(start, 1)


def test_working_days_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        KZ.add_working_days(dt.date(2026, 3, 12), -1)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-08-31", 3, "2026-11-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-12", 0, "2026-03-12"),
    ],
)
def test_a_month_ends_where_the_month_ends(start, count, expected):
    assert add_months(dt.date.fromisoformat(start), count) == dt.date.fromisoformat(expected)


@settings(deadline=None)
@given(days, days, months)
def test_months_keep_the_order_of_days(one, other, count):
    earlier, later = sorted((one, other))
    assert add_months(earlier, count) <= add_months(later, count)


@settings(deadline=None)
@given(days, st.integers(0, 60), st.integers(0, 60))
def test_working_days_add_up(day, first, second):
    assert KZ.add_working_days(KZ.add_working_days(day, first), second) == KZ.add_working_days(
        day, first + second
    )


@settings(deadline=None)
@given(days, st.integers(1, 60))
def test_working_days_end_on_a_working_day_and_count_back(day, count):
    end = KZ.add_working_days(day, count)
    assert KZ.is_working_day(end)
    assert KZ.working_days_between(day, end) == count


def test_an_instant_has_the_date_that_people_at_the_ncp_have():
    late = dt.datetime(2026, 3, 12, 20, 30, tzinfo=dt.UTC)
    assert local_date(late, "UTC") == dt.date(2026, 3, 12)
    assert local_date(late, "Asia/Almaty") == dt.date(2026, 3, 13)
    assert local_date(late, "America/New_York") == dt.date(2026, 3, 12)


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        local_date(dt.datetime(2026, 3, 12, 20, 30), "Asia/Almaty")


def test_a_day_ends_at_local_midnight_on_both_days_of_the_clock_change():
    spring, autumn = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
    for day, hours in ((spring, 23), (autumn, 25)):
        begin = end_of_day(day - dt.timedelta(days=1), "Europe/Oslo").astimezone(dt.UTC)
        end = end_of_day(day, "Europe/Oslo").astimezone(dt.UTC)
        assert end - begin == dt.timedelta(hours=hours)
        assert local_date(end - dt.timedelta(seconds=1), "Europe/Oslo") == day
        assert local_date(end, "Europe/Oslo") == day + dt.timedelta(days=1)


@settings(deadline=None)
@given(st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1), timezones=st.just(dt.UTC)))
def test_no_instant_is_past_the_end_of_its_own_day(at):
    for zone in ("Asia/Almaty", "Europe/Oslo", "America/Sao_Paulo"):
        assert at < end_of_day(local_date(at, zone), zone)
