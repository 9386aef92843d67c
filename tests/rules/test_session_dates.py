"""The dates of a course session and the Swedish working days they are counted in."""

from dataclasses import replace
from datetime import date, time, timedelta

import holidays
import pytest

from courses.rules import (
    Day,
    Hint,
    SessionDates,
    SessionFacts,
    are_far_more,
    default_dates,
    faults_of,
    is_day_off,
    is_working_day,
    next_working_day,
    odd_days,
    past_dates,
    working_days_before,
)
from courses.states import Oddity, Refusal

EVES = {"Midsummer Eve", "Christmas Eve", "New Year's Eve"}


def days_of(year):
    return [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


def on(*days):
    return tuple(Day(day, time(9), time(16, 30)) for day in days)


@pytest.mark.parametrize("year", range(2024, 2041))
def test_days_off_are_those_of_the_holidays_package_and_the_three_free_eves(year):
    public = holidays.Sweden(years=year, include_sundays=False, language="en_US")
    eves = holidays.Sweden(years=year, include_sundays=False, language="en_US", categories=("de_facto",))
    expected = {*public, *(day for day, name in eves.items() if name in EVES)}

    assert {day for day in days_of(year) if is_day_off(day)} == expected


@pytest.mark.parametrize("year", range(2024, 2041))
def test_three_eves_of_each_year_are_free_though_no_public_holidays(year):
    eves = holidays.Sweden(years=year, include_sundays=False, language="en_US", categories=("de_facto",))

    assert set(eves.values()) >= EVES


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2027, 3, 25), True),  # Maundy Thursday
        (date(2027, 3, 26), False),  # Good Friday
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2027, 5, 6), False),  # Ascension Day
        (date(2027, 5, 7), True),  # the Friday after it
        (date(2027, 6, 25), False),  # Midsummer Eve
        (date(2027, 12, 23), True),
        (date(2027, 12, 24), False),
        (date(2027, 12, 31), False),
        (date(2027, 3, 6), False),  # a Saturday
        (date(2027, 3, 7), False),  # a Sunday
        (date(2027, 3, 8), True),  # a Monday
    ],
)
def test_working_days(day, working):
    assert is_working_day(day) is working


@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2027, 3, 25), date(2027, 3, 25)),
        (date(2027, 3, 26), date(2027, 3, 30)),
        (date(2026, 12, 24), date(2026, 12, 28)),
        (date(2026, 12, 31), date(2027, 1, 4)),
    ],
)
def test_next_working_day_is_the_day_itself_or_the_first_after_it(day, following):
    assert next_working_day(day) == following


@pytest.mark.parametrize(
    ("start", "prepared"),
    [
        (date(2027, 3, 11), date(2027, 3, 8)),  # Thursday: Wednesday, Tuesday, Monday
        (date(2027, 3, 9), date(2027, 3, 4)),  # Tuesday, over a weekend
        (date(2027, 3, 31), date(2027, 3, 24)),  # Wednesday, over Easter
    ],
)
def test_three_working_days_before_leave_out_weekends_and_holidays(start, prepared):
    assert working_days_before(start, 3) == prepared


def test_default_dates_are_counted_back_from_the_first_day():
    days = on(date(2027, 3, 10), date(2027, 3, 9))

    assert default_dates(days) == SessionDates(
        cancel_by=date(2027, 2, 16), go_no_go_on=date(2027, 2, 9), prepare_by=date(2027, 3, 4)
    )


def test_default_dates_of_every_day_are_without_faults_and_prepare_on_a_working_day():
    for start in [day for year in (2027, 2028) for day in days_of(year)]:
        dates = default_dates(on(start))

        assert faults_of(SessionFacts(days=on(start), dates=dates, seats=20, minimum=10)) is None
        assert is_working_day(dates.prepare_by)


SOUND = SessionFacts(
    days=on(date(2027, 3, 9), date(2027, 3, 10)),
    dates=SessionDates(date(2027, 2, 16), date(2027, 2, 9), date(2027, 3, 4)),
    seats=20,
    minimum=10,
)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, None),
        ({"days": tuple(reversed(SOUND.days))}, None),
        ({"minimum": 0}, None),
        ({"minimum": 20}, None),
        ({"reserved": 20}, None),
        ({"dates": replace(SOUND.dates, prepare_by=None)}, None),
        ({"dates": replace(SOUND.dates, prepare_by=date(2027, 3, 9))}, None),
        ({"dates": replace(SOUND.dates, cancel_by=date(2027, 3, 8))}, None),
        ({"days": ()}, Refusal.SESSION_WITHOUT_DAYS),
        ({"days": on(date(2027, 3, 9), date(2027, 3, 9))}, Refusal.DAY_TWICE),
        ({"days": (Day(date(2027, 3, 9), time(9), time(9)),)}, Refusal.HOURS_OUT_OF_ORDER),
        ({"days": (Day(date(2027, 3, 9), time(16), time(9)),)}, Refusal.HOURS_OUT_OF_ORDER),
        ({"minimum": 21}, Refusal.MINIMUM_ABOVE_SEATS),
        ({"minimum": -1}, Refusal.MINIMUM_ABOVE_SEATS),
        ({"seats": 0, "minimum": 0}, Refusal.MINIMUM_ABOVE_SEATS),
        ({"reserved": 21}, Refusal.RESERVES_ABOVE_SEATS),
        ({"dates": replace(SOUND.dates, cancel_by=date(2027, 3, 9))}, Refusal.DATES_OUT_OF_ORDER),
        ({"dates": replace(SOUND.dates, go_no_go_on=date(2027, 3, 9))}, Refusal.DATES_OUT_OF_ORDER),
        ({"dates": replace(SOUND.dates, prepare_by=date(2027, 3, 10))}, Refusal.DATES_OUT_OF_ORDER),
    ],
)
def test_a_session_is_judged_by_its_first_fault(change, verdict):
    assert faults_of(replace(SOUND, **change)) == verdict


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [(36, 360, True), (36, 73, True), (36, 72, False), (36, 35, False), (1, 3, False), (1, 10, False), (1, 11, True)],
)
def test_more_than_twice_as_many_seats_and_ten_besides_are_far_more(before, after, asked):
    assert are_far_more(before, after) is asked


def test_courses_on_weekends_and_holidays_are_odd_and_an_eve_on_a_weekend_is_named_once():
    days = [date(2027, 3, 29), date(2027, 3, 28), date(2027, 3, 27), date(2027, 3, 24)]

    assert odd_days(days) == [
        Hint(Oddity.ON_WEEKEND, [date(2027, 3, 27)]),
        Hint(Oddity.ON_HOLIDAY, [date(2027, 3, 28), date(2027, 3, 29)]),
    ]
    assert odd_days([date(2027, 3, 9), date(2027, 3, 10)]) == []


@pytest.mark.parametrize(
    ("today", "past"),
    [
        (date(2027, 2, 9), []),
        (date(2027, 2, 10), [Oddity.DECISION_PAST]),
        (date(2027, 2, 17), [Oddity.DECISION_PAST, Oddity.CANCELLING_PAST]),
        (date(2027, 3, 5), [Oddity.DECISION_PAST, Oddity.CANCELLING_PAST, Oddity.PREPARING_PAST]),
        (date(2027, 3, 9), [Oddity.BEGUN]),
    ],
)
def test_a_date_that_is_past_when_a_session_is_planned_is_odd(today, past):
    days = [each.day for each in SOUND.days]

    assert [hint.what for hint in past_dates(days, SOUND.dates, today=today)] == past


def test_nobody_prepares_late_where_there_is_nothing_to_prepare():
    dates = replace(SOUND.dates, prepare_by=None)

    found = past_dates([date(2027, 3, 9)], dates, today=date(2027, 3, 5))
    assert Oddity.PREPARING_PAST not in [hint.what for hint in found]
