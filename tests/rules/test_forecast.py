"""How many will come to a session: the booked, less those who gave seats back so late in earlier sessions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.forecast import Past, Verdict, expectation


def expected(booked: int, minimum: int, elsewhere: int = 0, past: tuple[Past, ...] = ()):
    return expectation(booked=booked, minimum=minimum, waiting_elsewhere=elsewhere, past=past)


@pytest.mark.parametrize(
    ("booked", "past", "drop_outs"),
    [
        pytest.param(0, (), 0, id="nobody is booked"),
        pytest.param(9, (), 0, id="no past: one in twenty of nine is none"),
        pytest.param(10, (), 1, id="a half is rounded up"),
        pytest.param(20, (), 1, id="one in twenty"),
        pytest.param(20, (Past(40, 0),), 1, id="a past without losses halves it"),
        pytest.param(20, (Past(30, 6), Past(30, 12)), 4, id="a fifth of a hundred"),
        pytest.param(12, (Past(960, 238),), 3, id="a long past is nearly all that counts"),
        pytest.param(3, (Past(200, 200),), 3, id="never more than are booked"),
    ],
)
def test_how_many_drop_out(booked, past, drop_outs):
    assert expected(booked, 0, past=past).drop_outs == drop_outs


@pytest.mark.parametrize(
    ("booked", "minimum", "elsewhere", "missing", "verdict"),
    [
        pytest.param(8, 8, 0, 0, Verdict.ENOUGH, id="just enough"),
        pytest.param(10, 10, 0, 1, Verdict.SHORT, id="enough today, not by the start"),
        pytest.param(10, 10, 1, 1, Verdict.WITHIN_REACH, id="one waits elsewhere"),
        pytest.param(2, 8, 5, 6, Verdict.SHORT, id="too few wait elsewhere"),
        pytest.param(2, 8, 6, 6, Verdict.WITHIN_REACH, id="as many as are missing"),
        pytest.param(0, 0, 0, 0, Verdict.ENOUGH, id="needs nobody"),
    ],
)
def test_what_it_amounts_to(booked, minimum, elsewhere, missing, verdict):
    found = expected(booked, minimum, elsewhere)
    assert (found.missing, found.verdict) == (missing, verdict)


def test_the_share_is_of_the_usual_and_of_the_past_together():
    assert expected(1, 1, past=(Past(60, 3),)).lost_share == Fraction(5, 100)


PASTS = st.lists(st.integers(0, 40).flatmap(lambda seats: st.builds(Past, st.just(seats), st.integers(0, seats))))


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), PASTS)
def test_more_booked_and_waiting_never_make_it_worse(booked, minimum, waiting, past):
    found = expected(booked, minimum, waiting, tuple(past))
    more = expected(booked + 1, minimum, waiting + 1, tuple(past))
    assert 0 <= found.comers <= booked
    assert found.comers <= more.comers
    assert found.missing >= more.missing
    assert more.verdict.value <= found.verdict.value
