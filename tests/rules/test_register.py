"""Months served and months left, as the register reckons them."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.register import NO_PLANNED_END, months_left, months_served, whole_months

days = st.dates(date(2015, 1, 1), date(2045, 12, 31))


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        pytest.param(date(2027, 1, 15), date(2027, 1, 15), 0, id="the same day"),
        pytest.param(date(2027, 1, 15), date(2027, 2, 14), 0, id="a day short of a month"),
        pytest.param(date(2027, 1, 15), date(2027, 2, 15), 1, id="a month to the day"),
        pytest.param(date(2026, 12, 15), date(2027, 1, 15), 1, id="over new year"),
        pytest.param(date(2022, 1, 15), date(2027, 1, 14), 59, id="a day short of five years"),
        pytest.param(date(2022, 1, 15), date(2027, 1, 15), 60, id="five years"),
        pytest.param(date(2027, 1, 31), date(2027, 2, 28), 0, id="February has no 31st"),
        pytest.param(date(2027, 1, 31), date(2027, 3, 1), 1, id="so the month is whole on 1 March"),
        pytest.param(date(2027, 1, 31), date(2027, 4, 30), 2, id="nor has April"),
        pytest.param(date(2028, 2, 29), date(2029, 2, 28), 11, id="a leap day comes not every year"),
        pytest.param(date(2028, 2, 29), date(2029, 3, 1), 12, id="the year is whole on 1 March"),
        pytest.param(date(2028, 2, 29), date(2032, 2, 29), 48, id="from leap day to leap day"),
        pytest.param(date(2027, 2, 28), date(2028, 2, 29), 12, id="to a leap day"),
    ],
)
def test_a_month_is_whole_when_its_day_is_reached(start, end, months):
    assert whole_months(start, end) == months


@given(days, days)
def test_whole_months_are_those_whose_day_has_come(start, end):
    start, end = sorted((start, end))
    counted = whole_months(start, end)
    assert same_day_or_next_first(start, counted) <= end < same_day_or_next_first(start, counted + 1)


@given(start=days, on=days, leave=st.integers(0, 24))
def test_nobody_serves_less_as_time_goes_by_nor_less_than_nothing(start, on, leave):
    today = months_served(residency_start=start, leave_months=leave, on=on)
    tomorrow = months_served(residency_start=start, leave_months=leave, on=on + timedelta(days=1))
    assert 0 <= today <= tomorrow <= today + 1


@pytest.mark.parametrize(
    ("start", "leave", "months"),
    [
        pytest.param(None, 0, 0, id="no residency"),
        pytest.param(date(2027, 1, 11), 0, 0, id="begins today"),
        pytest.param(date(2027, 6, 1), 0, 0, id="begins later"),
        pytest.param(date(2025, 1, 11), 0, 24, id="two years"),
        pytest.param(date(2025, 1, 11), 9, 15, id="leave does not count"),
        pytest.param(date(2026, 10, 11), 9, 0, id="more leave than service"),
    ],
)
def test_months_served_on_11_january_2027(start, leave, months):
    assert months_served(residency_start=start, leave_months=leave, on=date(2027, 1, 11)) == months


@pytest.mark.parametrize(
    ("on", "end", "months"),
    [
        pytest.param(date(2027, 1, 11), None, NO_PLANNED_END, id="no planned end"),
        pytest.param(date(2027, 1, 11), date(2027, 1, 10), 0, id="passed"),
        pytest.param(date(2027, 1, 11), date(2027, 1, 11), 0, id="today"),
        pytest.param(date(2027, 1, 11), date(2027, 1, 12), 1, id="tomorrow: a begun month"),
        pytest.param(date(2027, 1, 11), date(2027, 2, 11), 1, id="a month to the day"),
        pytest.param(date(2027, 1, 11), date(2027, 2, 12), 2, id="a month and a day"),
        pytest.param(date(2027, 1, 31), date(2027, 2, 28), 1, id="to the end of a short month"),
        pytest.param(date(2027, 1, 30), date(2027, 2, 28), 1, id="nearly so"),
        pytest.param(date(2027, 1, 31), date(2027, 3, 1), 2, id="past it"),
        pytest.param(date(2027, 2, 28), date(2027, 3, 31), 2, id="from a short month's end to a long one's"),
        pytest.param(date(2028, 2, 29), date(2029, 2, 28), 12, id="from a leap day"),
        pytest.param(date(2027, 1, 11), date(2032, 1, 11), 60, id="a whole residency"),
    ],
)
def test_months_left_are_rounded_up(on, end, months):
    assert months_left(planned_end=end, on=on) == months


@given(on=days, end=days)
def test_so_many_months_reach_the_end_and_one_less_does_not(on, end):
    left = months_left(planned_end=end, on=on)
    assert same_day_or_month_end(on, left) >= end
    assert left == 0 or same_day_or_month_end(on, left - 1) < end


@given(on=days, end=days)
def test_nobody_has_more_months_left_as_time_goes_by(on, end):
    today = months_left(planned_end=end, on=on)
    assert today - 1 <= months_left(planned_end=end, on=on + timedelta(days=1)) <= today


def same_day_or_next_first(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if start.day > monthrange(year, month + 1)[1]:
        return date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, start.day)


def same_day_or_month_end(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
