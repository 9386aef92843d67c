"""When a go/no-go day may be moved: once, later, not to the past, and a week before the start at the latest."""

from datetime import date, timedelta

import pytest

from bookings.rules.minimum import last_to_decide, may_move_day, warned_on
from bookings.states import Refusal

START, OLD = date(2027, 3, 15), date(2027, 2, 15)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("new", "today", "was_moved", "refusal"),
    [
        pytest.param(OLD + WEEK, OLD, False, None, id="a week later"),
        pytest.param(START - WEEK, OLD, False, None, id="a week before the start"),
        pytest.param(START - WEEK + timedelta(days=1), OLD, False, Refusal.DAY_UNFIT, id="six days before it"),
        pytest.param(OLD, OLD, False, Refusal.DAY_UNFIT, id="the same day"),
        pytest.param(OLD - WEEK, OLD - 2 * WEEK, False, Refusal.DAY_UNFIT, id="earlier"),
        pytest.param(OLD + timedelta(days=1), OLD + WEEK, False, Refusal.DAY_UNFIT, id="past"),
        pytest.param(OLD + WEEK, OLD + WEEK, False, None, id="today"),
        pytest.param(OLD + WEEK, OLD, True, Refusal.DAY_MOVED_BEFORE, id="a second time"),
    ],
)
def test_when_the_day_may_be_moved(new, today, was_moved, refusal):
    assert may_move_day(old=OLD, new=new, starts_on=START, was_moved=was_moved, today=today) is refusal


@pytest.mark.parametrize(
    ("starts_on", "last", "decided_on", "warned"),
    [
        pytest.param(START, date(2027, 3, 8), OLD, date(2027, 2, 1), id="usual"),
        pytest.param(date(2027, 4, 1), date(2027, 3, 25), date(2027, 4, 1), date(2027, 3, 18), id="over Easter"),
        pytest.param(date(2027, 3, 30), date(2027, 3, 23), date(2027, 3, 29), date(2027, 3, 15), id="the lost hour"),
        pytest.param(date(2027, 11, 2), date(2027, 10, 26), date(2027, 11, 1), date(2027, 10, 18), id="25 hours"),
        pytest.param(date(2027, 6, 28), date(2027, 6, 21), date(2027, 6, 26), date(2027, 6, 12), id="over Midsummer"),
        pytest.param(date(2027, 1, 4), date(2026, 12, 28), date(2027, 1, 6), date(2026, 12, 23), id="over New Year"),
    ],
)
def test_the_days_of_a_case_are_calendar_days_whatever_lies_between(starts_on, last, decided_on, warned):
    assert (last_to_decide(starts_on), warned_on(decided_on)) == (last, warned)
