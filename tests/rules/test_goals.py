"""Objectives that demand a course: the nearest state of each, and what to ask for next."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.goals import Chance, GoalState, GoalWay, Trace, goals, next_steps

TODAY = date(2027, 1, 1)
END = date(2027, 6, 30)
DONE, BOOKED, WAITING, MISSING = GoalState.DONE, GoalState.BOOKED, GoalState.WAITING, GoalState.MISSING


def trace(state, *objectives, day=1, number=1):
    return Trace(state=state, objectives=objectives, on=TODAY + timedelta(days=day), number=number)


def chance(number, *objectives, day, way=GoalWay.BOOK, is_mandatory=True):
    days = [TODAY + timedelta(days=day)]
    return Chance(session_id=number, objectives=objectives, is_mandatory=is_mandatory, days=days, way=way)


def test_each_objective_is_as_near_as_what_is_nearest_to_it_and_they_stand_in_their_order():
    early, late = trace(DONE, "a1", day=1, number=9), trace(DONE, "a1", "b1", day=2, number=3)
    found = goals(["a1", "a2", "b1", "c3"], [trace(WAITING, "b1", "a1"), late, early, trace(BOOKED, "c3"), early])
    assert [(each.objective, each.state, each.trace) for each in found] == [
        ("a1", DONE, early), ("a2", MISSING, None), ("b1", DONE, late), ("c3", BOOKED, trace(BOOKED, "c3"))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (chance(2, "a1", day=90, is_mandatory=False, way=GoalWay.LATER), chance(1, "a1", "a2", day=300)),
        (chance(2, "a1", day=90, way=GoalWay.LATER), chance(1, "a1", "a2", day=9, is_mandatory=False)),
        (chance(2, "a1", "a2", day=90, way=GoalWay.LATER), chance(1, "a1", day=9)),
        (chance(2, "a1", day=90, way=GoalWay.BOOK), chance(1, "a1", day=9, way=GoalWay.APPLY)),
        (chance(2, "a1", day=90, way=GoalWay.APPLY), chance(1, "a1", day=9, way=GoalWay.LINE)),
        (chance(2, "a1", day=90, way=GoalWay.LINE), chance(1, "a1", day=9, way=GoalWay.LATER)),
        (chance(2, "a1", day=9), chance(1, "a1", day=90)),
        (chance(1, "a1", day=9), chance(2, "a1", day=9)),
    ],
    ids=["in time", "mandatory", "more of them", "free", "round", "line", "first", "number"],
)
def test_what_is_better_is_proposed_first(better, worse):
    first = next_steps(["a1", "a2"], [worse, better], busy=(), planned_end=END)[0]
    assert first.chance is better


CHANCES = st.lists(
    st.builds(
        chance,
        st.integers(1, 99),
        st.sampled_from(["a1", "a2", "b1"]),
        st.sampled_from(["a1", "b1", "c3"]),
        day=st.integers(1, 12),
        way=st.sampled_from(GoalWay),
        is_mandatory=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.session_id,
)


@given(CHANCES, st.sets(st.integers(1, 12), max_size=4), st.integers(0, 14))
def test_each_missing_objective_stands_once_and_nobody_is_sent_to_two_places_on_a_day(found, busy, end):
    missing, busy_days = ["a1", "b1", "c3"], {TODAY + timedelta(days=each) for each in busy}
    planned_end = TODAY + timedelta(days=end)
    steps = next_steps(missing, found, busy=busy_days, planned_end=planned_end)
    covered = [each for step in steps for each in step.covers]
    days = [day for step in steps for day in step.chance.days]
    assert len(covered) == len({*covered}) <= len(missing)
    assert len(days) == len({*days} - busy_days)
    assert all({*step.covers} <= {*step.chance.objectives} for step in steps)
    assert all(step.is_in_time is (step.chance.days[-1] <= planned_end) for step in steps)
    left = {*missing} - {*covered}
    free = [each for each in found if not {*each.days} & ({*days} | busy_days)]
    assert not [each for each in free if left & {*each.objectives}]
