import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.calendar import WorkCalendar, local_date
from cases.rules import Length, load
from cases.timeframes import Extended, Paused, Standing, compute, standing

KZ = WorkCalendar("KZ")
THREE_MONTHS = Length(3, "months")
MARCH_12 = dt.date(2026, 3, 12)

days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
units = st.sampled_from(["months", "days", "working_days"])
lengths = st.builds(Length, st.integers(1, 30), units)
pauses = st.lists(
    st.builds(
        lambda since, days: Paused(since, since + dt.timedelta(days=days), "translation"),
        days,
        st.integers(0, 200),
    ),
    max_size=4,
)
extensions = st.lists(st.builds(Extended, st.integers(1, 12), units), max_size=3)


def test_the_whole_ledger_reads_as_one_sentence():
    computed = compute(
        THREE_MONTHS,
        MARCH_12,
        calendar=KZ,
        pauses=[Paused(dt.date(2026, 4, 1), dt.date(2026, 4, 15), "translation")],
        extensions=[Extended(1, "months")],
    )
    assert computed.due_on == dt.date(2026, 7, 27)
    assert computed.explain("en") == (
        "3 months from 12 March 2026; 1 extension of 1 month; paused 14 days (translation); "
        "moved from a Sunday; due 27 July 2026"
    )


def test_dates_are_written_in_the_language_of_the_reader():
    assert "12 марта 2026" in compute(THREE_MONTHS, MARCH_12, calendar=KZ).explain("ru")
    assert (
        "2026 жылғы 12 наурыз" in compute(THREE_MONTHS, MARCH_12, calendar=KZ).explain("kk").lower()
    )


def test_initial_assessment_of_kazakhstan_is_three_months_from_receipt():
    rule = load("kz@1").deadline("initial_assessment")
    assert compute(rule, MARCH_12, calendar=KZ).due_on == dt.date(2026, 6, 12)


def test_receipt_late_in_the_evening_counts_from_the_day_at_the_ncp():
    received = dt.datetime(2026, 1, 30, 20, 0, tzinfo=dt.UTC)
    opened_on = local_date(received, "Asia/Almaty")
    assert opened_on == dt.date(2026, 1, 31)
    one_month = compute(Length(1, "months"), opened_on, calendar=WorkCalendar())
    assert one_month.due_on == dt.date(2026, 3, 2)  # 28 February 2026 is a Saturday


def test_leap_day():
    computed = compute(Length(12, "months"), dt.date(2028, 2, 29), calendar=WorkCalendar())
    assert computed.due_on == dt.date(2029, 2, 28)


def test_extensions_by_months_count_with_the_first_length():
    """31 January and one month and one month more is 31 March, not 28 March."""
    computed = compute(
        Length(1, "months"),
        dt.date(2026, 1, 31),
        calendar=WorkCalendar(),
        extensions=[Extended(1, "months")],
    )
    assert computed.due_on == dt.date(2026, 3, 31)


def test_equal_extensions_are_counted_together():
    computed = compute(
        THREE_MONTHS,
        MARCH_12,
        calendar=KZ,
        extensions=[Extended(1, "months"), Extended(1, "months"), Extended(5, "days")],
    )
    assert "2 extensions of 1 month; 1 extension of 5 days;" in computed.explain("en")


def test_a_deadline_in_working_days_stands_still_by_working_days():
    ten = Length(10, "working_days")
    monday, friday = dt.date(2026, 6, 1), dt.date(2026, 6, 5)
    plain = compute(ten, monday, calendar=KZ)
    computed = compute(ten, monday, calendar=KZ, pauses=[Paused(monday, friday)])
    assert plain.due_on == dt.date(2026, 6, 15)
    assert computed.due_on == KZ.add_working_days(friday, 10) == dt.date(2026, 6, 19)
    assert "paused 4 working days" in computed.explain("en")


def test_days_in_two_pauses_count_once():
    first = Paused(dt.date(2026, 4, 1), dt.date(2026, 4, 11))
    inside = Paused(dt.date(2026, 4, 3), dt.date(2026, 4, 8))
    alone = compute(THREE_MONTHS, MARCH_12, calendar=KZ, pauses=[first])
    assert compute(THREE_MONTHS, MARCH_12, calendar=KZ, pauses=[inside, first]) == alone


def test_a_pause_before_the_opening_or_after_the_end_changes_nothing():
    plain = compute(THREE_MONTHS, MARCH_12, calendar=KZ)
    before = Paused(dt.date(2026, 1, 1), dt.date(2026, 3, 1))
    after = Paused(dt.date(2026, 7, 1), dt.date(2026, 8, 1))
    assert compute(THREE_MONTHS, MARCH_12, calendar=KZ, pauses=[before, after]) == plain


def test_a_pause_that_began_before_the_opening_counts_from_the_opening():
    pause = Paused(dt.date(2026, 3, 1), dt.date(2026, 3, 16))
    computed = compute(Length(30, "days"), MARCH_12, calendar=WorkCalendar(), pauses=[pause])
    assert computed.due_on == dt.date(2026, 4, 15)


def test_an_open_pause_moves_the_date_from_day_to_day():
    pause = Paused(dt.date(2026, 4, 1), None, "translation")

    def on(day):
        return compute(THREE_MONTHS, MARCH_12, calendar=KZ, pauses=[pause], today=day)

    assert on(dt.date(2026, 4, 8)).due_on == dt.date(2026, 6, 19)
    assert on(dt.date(2026, 4, 15)).due_on == dt.date(2026, 6, 26)
    assert on(dt.date(2026, 4, 15)).is_paused
    assert on(dt.date(2026, 4, 15)).explain("en") == (
        "3 months from 12 March 2026; paused since 1 April 2026 (translation); "
        "would be due 26 June 2026 if it ran again today"
    )


@settings(deadline=None)
@given(days, lengths, pauses, extensions)
def test_what_is_due_is_due_on_a_working_day_after_the_opening(opened_on, rule, pauses, extensions):
    computed = compute(rule, opened_on, calendar=KZ, pauses=pauses, extensions=extensions)
    assert computed.due_on >= opened_on
    assert KZ.is_working_day(computed.due_on)


@settings(deadline=None)
@given(days, lengths, pauses, extensions, st.builds(Extended, st.integers(1, 12), units))
def test_more_time_never_brings_the_date_forward(opened_on, rule, pauses, extensions, more):
    shorter = compute(rule, opened_on, calendar=KZ, pauses=pauses, extensions=extensions)
    longer = compute(rule, opened_on, calendar=KZ, pauses=pauses, extensions=[*extensions, more])
    assert longer.due_on >= shorter.due_on


@settings(deadline=None)
@given(days, lengths, pauses, pauses)
def test_a_pause_never_brings_the_date_forward(opened_on, rule, pauses, more):
    without = compute(rule, opened_on, calendar=KZ, pauses=pauses)
    assert compute(rule, opened_on, calendar=KZ, pauses=[*pauses, *more]).due_on >= without.due_on


@settings(deadline=None)
@given(days, days, lengths)
def test_what_was_opened_later_is_never_due_earlier(one, other, rule):
    earlier, later = sorted((one, other))
    assert compute(rule, earlier, calendar=KZ).due_on <= compute(rule, later, calendar=KZ).due_on


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-05-20", Standing.ON_TIME),
        ("2026-05-29", Standing.SOON),
        ("2026-06-12", Standing.SOON),
        ("2026-06-13", Standing.OVERDUE),
    ],
)
def test_how_it_stands(today, expected):
    result = standing(dt.date(2026, 6, 12), today=dt.date.fromisoformat(today), reminders=(14, 3))
    assert result == expected


def test_met_goes_before_overdue_and_paused_before_overdue():
    late = {"today": dt.date(2026, 8, 1), "reminders": (14,)}
    assert standing(MARCH_12, met_on=dt.date(2026, 3, 1), **late) == Standing.MET
    assert standing(MARCH_12, is_paused=True, **late) == Standing.PAUSED
