"""When a resident is reminded that a seat is not paid for, and when it is released where that is so."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.funding import REMIND_BEFORE, is_at_risk, is_released, released_at, reminders_due
from courses.rules import is_working_day, working_days_before
from lararportal import clock


def due(cancel_by: date, today: date) -> int:
    return reminders_due(cancel_by=cancel_by, today=today, working_days_before=working_days_before)


@pytest.mark.parametrize(
    ("cancel_by", "first", "second"),
    [
        pytest.param(date(2027, 2, 22), date(2027, 2, 2), date(2027, 2, 17), id="an ordinary Monday"),
        pytest.param(date(2027, 2, 21), date(2027, 2, 2), date(2027, 2, 17), id="a Sunday"),
        pytest.param(date(2027, 3, 31), date(2027, 3, 9), date(2027, 3, 24), id="after Easter"),
        pytest.param(date(2027, 4, 8), date(2027, 3, 17), date(2027, 4, 5), id="Easter in between"),
        pytest.param(date(2027, 6, 28), date(2027, 6, 7), date(2027, 6, 22), id="after Midsummer"),
        pytest.param(date(2027, 5, 10), date(2027, 4, 19), date(2027, 5, 4), id="after Ascension Day"),
        pytest.param(date(2027, 1, 8), date(2026, 12, 14), date(2027, 1, 4), id="after New Year and Epiphany"),
        pytest.param(date(2027, 1, 4), date(2026, 12, 9), date(2026, 12, 28), id="after New Year"),
        pytest.param(date(2026, 12, 28), date(2026, 12, 4), date(2026, 12, 21), id="after Christmas"),
    ],
)
def test_the_reminders_are_fourteen_and_three_working_days_before_the_last_day_to_cancel(cancel_by, first, second):
    a_day = timedelta(days=1)
    days = (first - a_day, first, second - a_day, second, cancel_by, cancel_by + a_day)
    assert [due(cancel_by, day) for day in days] == [0, 1, 1, 2, 2, 0]
    assert [sum(is_working_day(each) for each in between(day, cancel_by)) for day in (first, second)] == [14, 3]


def between(first: date, last: date) -> list[date]:
    """From the first day on, the last left out."""
    return [first + timedelta(days=n) for n in range((last - first).days)]


@given(st.dates(date(2026, 1, 1), date(2040, 12, 31)), st.integers(0, 60))
def test_there_are_never_fewer_reminders_due_on_a_later_day(cancel_by, days):
    today = cancel_by - timedelta(days=days)
    assert due(cancel_by, today) <= due(cancel_by, min(today + timedelta(days=1), cancel_by)) <= len(REMIND_BEFORE)
    if days > 45:
        assert due(cancel_by, today) == 0


@pytest.mark.parametrize(
    ("cancel_by", "evening"),
    [
        (date(2027, 2, 22), "2027-02-22T17:00+00:00"),
        (date(2027, 6, 28), "2027-06-28T16:00+00:00"),
        (date(2027, 3, 28), "2027-03-28T16:00+00:00"),
        (date(2027, 10, 31), "2027-10-31T17:00+00:00"),
    ],
    ids=["winter", "summer", "the day summer time begins", "the day it ends"],
)
def test_a_seat_is_released_on_the_evening_of_the_last_day_to_cancel(cancel_by, evening):
    moment = datetime.fromisoformat(evening)
    assert released_at(cancel_by) == moment
    moments = (moment - timedelta(seconds=1), moment, moment + timedelta(hours=23), moment + timedelta(days=1))
    told_on = cancel_by - timedelta(days=20)
    assert [released(cancel_by, told_on, each) for each in moments] == [False, True, True, False]


def released(cancel_by: date, told_on: date | None, now: datetime) -> bool:
    return is_released(cancel_by=cancel_by, told_on=told_on, now=now, working_days_before=working_days_before)


@pytest.mark.parametrize(
    ("told_on", "expected"),
    [
        pytest.param(None, False, id="never told"),
        pytest.param(date(2027, 2, 22), False, id="told on the last day"),
        pytest.param(date(2027, 2, 18), False, id="told with two working days left"),
        pytest.param(date(2027, 2, 17), True, id="told three working days before"),
        pytest.param(date(2027, 2, 2), True, id="told with the first reminder"),
    ],
)
def test_nobody_loses_a_seat_who_was_not_told_three_working_days_before(told_on, expected):
    assert released(date(2027, 2, 22), told_on, clock.parse("2027-02-22T18:00")) is expected


@pytest.mark.parametrize(
    ("told_on", "reminders", "told_from", "expected"),
    [
        pytest.param(None, 0, date(2027, 2, 17), True, id="can still be told"),
        pytest.param(None, 1, date(2027, 2, 17), True, id="is told with the last reminder"),
        pytest.param(None, 2, date(2027, 2, 3), False, id="was reminded while nothing was released"),
        pytest.param(None, 0, date(2027, 2, 18), False, id="came too late to be told"),
        pytest.param(date(2027, 2, 17), 2, date(2027, 2, 22), True, id="was told in time"),
        pytest.param(date(2027, 2, 18), 2, date(2027, 2, 18), False, id="the day has come nearer since"),
    ],
)
def test_a_seat_is_at_risk_while_its_holder_was_told_in_time_or_can_be(told_on, reminders, told_from, expected):
    facts = {"told_on": told_on, "reminders": reminders, "told_from": told_from}
    assert is_at_risk(cancel_by=date(2027, 2, 22), **facts, working_days_before=working_days_before) is expected
