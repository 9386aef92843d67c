"""Why somebody stands behind the last admitted: the first part in which their keys differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.reasons import Deciding, Explanation, explain, explanation_of
from bookings.states import Outcome

ORDERS = ("deadline", "straight", "reversed")
LAST = [0, 1, 1, 14, 0, 77]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("own", "last", "explanation"),
    [
        pytest.param([1, 1, 1, 14, 0, 5], LAST, Explanation(Deciding.TARGET, 1, 0), id="another target group"),
        pytest.param(
            [0, 1, 1, 14, 0, 5], [0, 0, 1, 14, 0, 77], Explanation(Deciding.PRECEDENCE, 1, 0), id="precedence"
        ),
        pytest.param(
            [0, 1, 1, 14, 0, 5], [0, 1, 0, 14, 0, 77], Explanation(Deciding.LAST_CHANCE, 1, 0), id="last chance"
        ),
        pytest.param([0, 1, 1, 14, 0, 99], LAST, Explanation(Deciding.LOTTERY, 99, 77), id="the lottery"),
        pytest.param([0, 1, 1, 14, 0, 77], LAST, Explanation(Deciding.LOTTERY, 77, 77), id="even the same lot"),
        pytest.param([0, 1, 1, 19, 0, 99], LAST[:3], Explanation(Deciding.HIDDEN, 0, 0), id="few were admitted"),
        pytest.param(
            [1, 1, 1, 19, 0, 99], LAST[:3], Explanation(Deciding.TARGET, 1, 0), id="few, and yet it may be said"
        ),
    ],
)
def test_what_decides_in_every_order(order, own, last, explanation):
    assert explain(own, last, order=order) == explanation


@pytest.mark.parametrize(
    ("order", "own", "last", "explanation"),
    [
        pytest.param("deadline", [19, 0], [14, 0], Explanation(Deciding.MONTHS_LEFT, 19, 14), id="more months left"),
        pytest.param("straight", [-20, 0], [-31, 0], Explanation(Deciding.MONTHS_SERVED, 20, 31), id="served less"),
        pytest.param("reversed", [0, 30], [0, 6], Explanation(Deciding.MONTHS_SERVED, 30, 6), id="served more"),
        pytest.param("reversed", [0, 3], [-2, 30], Explanation(Deciding.REFUSALS, 0, 2), id="refused less often"),
        pytest.param("reversed", [-8, 3], [-9, 30], Explanation(Deciding.REFUSALS, 8, 9), id="up to nine times"),
    ],
)
def test_what_decides_by_the_order_of_the_course(order, own, last, explanation):
    assert explain([0, 1, 1, *own, 5], [0, 1, 1, *last, 77], order=order) == explanation


@pytest.mark.parametrize(
    ("code", "own", "last", "order", "explanation"),
    [
        pytest.param(
            Outcome.WAITLISTED, [*LAST[:5], 99], LAST, "deadline", Explanation(Deciding.LOTTERY, 99, 77), id="in line"
        ),
        pytest.param(Outcome.ADMITTED, LAST, LAST, "deadline", None, id="admitted"),
        pytest.param(Outcome.CAP, [*LAST[:5], 99], LAST, "deadline", None, id="by one's own wish"),
        pytest.param(Outcome.WAITLISTED, None, LAST, "deadline", None, id="without a key"),
        pytest.param(Outcome.WAITLISTED, LAST, None, "deadline", None, id="nobody of the group admitted"),
        pytest.param(Outcome.WAITLISTED, LAST, LAST, None, None, id="a course that was not in the run"),
    ],
)
def test_only_who_stands_behind_somebody_is_told_what_decided(code, own, last, order, explanation):
    assert explanation_of(code, own, last, order=order) == explanation


@st.composite
def keys(draw, order):
    """A key as the engine makes it in that order."""
    a, b = {
        "deadline": (st.integers(0, 72), st.just(0)),
        "straight": (st.integers(-72, 0), st.just(0)),
        "reversed": (st.integers(-9, 0), st.integers(0, 72)),
    }[order]
    parts = [st.integers(0, 2), st.integers(0, 1), st.integers(0, 1), a, b, st.integers(0, 9)]
    return [draw(part) for part in parts]


WORSE_IS_MORE = {
    Deciding.TARGET: True,
    Deciding.PRECEDENCE: True,
    Deciding.LAST_CHANCE: True,
    Deciding.MONTHS_LEFT: True,
    Deciding.REFUSALS: False,
    Deciding.LOTTERY: True,
}


@given(st.data(), st.sampled_from(ORDERS), st.booleans())
def test_whoever_stands_behind_is_told_something_in_which_they_are_worse(data, order, few):
    last, own = sorted([data.draw(keys(order)), data.draw(keys(order))])
    shown = last[:3] if few else last
    told = explain(own, shown, order=order)
    if told.deciding is Deciding.HIDDEN:
        assert few
        assert own[:3] == last[:3]
    elif own != last:
        worse_is_more = WORSE_IS_MORE.get(told.deciding, order == "reversed")
        assert (told.own > told.last) == worse_is_more
        assert told.own != told.last


@given(st.data(), st.sampled_from(ORDERS))
def test_of_few_admitted_nothing_of_their_own_is_told(data, order):
    told = explain(data.draw(keys(order)), data.draw(keys(order))[:3], order=order)
    assert told.deciding in {Deciding.TARGET, Deciding.PRECEDENCE, Deciding.LAST_CHANCE, Deciding.HIDDEN}
