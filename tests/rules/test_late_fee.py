"""What a late cancellation costs: each step to the day, who pays nothing, and what a ground has to say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.late_fee import days_left, fee_percent, what_ground_lacks
from bookings.states import CancelGround, Refusal
from lararportal.clock import day_of

STARTS = date(2027, 4, 12)
STEPS = ((30, 50), (14, 100))
OTHER, ILLNESS, CARE = CancelGround.OTHER, CancelGround.ILLNESS, CancelGround.CARE


def cost(*, days: int, steps=STEPS, is_late=True, ground: CancelGround | None = OTHER, bound: int | None = None):
    today = STARTS - timedelta(days=days)
    return fee_percent(steps, is_late=is_late, ground=ground, starts_on=STARTS, bound_days=bound, today=today)


@pytest.mark.parametrize(
    ("days", "percent"),
    [
        pytest.param(31, 0, id="the day before the first step"),
        pytest.param(30, 50, id="the first day of the first step"),
        pytest.param(15, 50, id="its last day"),
        pytest.param(14, 100, id="the first day of the second"),
        pytest.param(1, 100, id="the day before the start"),
        pytest.param(0, 100, id="the day of the start"),
    ],
)
def test_each_step_begins_so_many_days_before_the_start(days, percent):
    assert cost(days=days) == percent


@pytest.mark.parametrize(
    ("facts", "percent"),
    [
        pytest.param({"steps": ()}, None, id="nothing is charged here"),
        pytest.param({"steps": (), "is_late": False}, None, id="nothing is charged here, and in time"),
        pytest.param({"is_late": False}, 0, id="in time"),
        pytest.param({"is_late": False, "ground": None}, 0, id="in time, and no ground is needed"),
        pytest.param({"ground": ILLNESS}, 0, id="ill"),
        pytest.param({"ground": CARE}, 0, id="the care of a child"),
        pytest.param({"ground": OTHER}, 100, id="another reason"),
        pytest.param({"steps": ((7, 25),)}, 0, id="before the only step"),
        pytest.param({"steps": ((10, 25), (0, 100))}, 25, id="between the steps"),
    ],
)
def test_who_pays(facts, percent):
    assert cost(**{"days": 10, **facts}) == percent


@pytest.mark.parametrize(
    ("days", "bound", "percent"),
    [
        pytest.param(90, None, 0, id="far ahead"),
        pytest.param(90, 14, 100, id="far ahead, and changed for in the last two weeks"),
        pytest.param(90, 15, 50, id="far ahead, and changed for a day before"),
        pytest.param(10, 25, 100, id="its own start is nearer by now"),
    ],
)
def test_a_seat_that_was_changed_for_too_late_costs_what_the_former_one_did(days, bound, percent):
    assert cost(days=days, bound=bound) == percent


@pytest.mark.parametrize(
    ("moment", "percent"),
    [
        pytest.param(
            datetime(2027, 3, 28, 21, 59, tzinfo=UTC), 50, id="23.59 in Stockholm, summer time since that night"
        ),
        pytest.param(datetime(2027, 3, 28, 22, 0, tzinfo=UTC), 100, id="midnight in Stockholm"),
    ],
)
def test_days_are_those_of_the_calendar_in_stockholm(moment, percent):
    today = day_of(moment)
    assert fee_percent(STEPS, is_late=True, ground=OTHER, starts_on=STARTS, bound_days=None, today=today) == percent


steps = st.dictionaries(st.integers(0, 60), st.integers(1, 100), max_size=4).map(
    lambda found: tuple(zip(sorted(found, reverse=True), sorted(set(found.values())), strict=False))
)


@given(steps, st.integers(0, 90), st.integers(0, 90))
def test_it_never_costs_less_nearer_to_the_start(drawn, one, other):
    far, near = max(one, other), min(one, other)
    if drawn:
        assert cost(days=far, steps=drawn) <= cost(days=near, steps=drawn)
    else:
        assert cost(days=far, steps=drawn) is None


@given(st.integers(0, 90), st.none() | st.integers(0, 90))
def test_a_change_of_seats_never_leaves_more_days(days, bound):
    today = STARTS - timedelta(days=days)
    assert days_left(starts_on=STARTS, bound_days=bound, today=today) == min(days, days if bound is None else bound)


@pytest.mark.parametrize(
    ("is_late", "ground", "words", "lacks"),
    [
        (False, None, "", None),
        (False, OTHER, "", None),
        (True, None, "", Refusal.GROUND_MISSING),
        (True, None, "Jour", Refusal.GROUND_MISSING),
        (True, OTHER, " ", Refusal.GROUND_NOT_IN_WORDS),
        (True, OTHER, "Jour", None),
        (True, CancelGround.OURS, "", Refusal.GROUND_NOT_IN_WORDS),
        (True, ILLNESS, "", None),
        (True, CARE, "", None),
    ],
)
def test_what_is_late_has_a_ground(is_late, ground, words, lacks):
    assert what_ground_lacks(is_late=is_late, ground=ground, words=words) is lacks
