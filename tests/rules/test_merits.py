"""A key in plain numbers, and one's own beside that of the last admitted."""

import pytest

from bookings.rules.merits import Compared, Merit, merits, side_by_side
from bookings.rules.reasons import Deciding, explain

LOT = 0x7F00000000AA
HEAD = [Merit(Deciding.TARGET, 0), Merit(Deciding.PRECEDENCE, 1), Merit(Deciding.LAST_CHANCE, 0)]


@pytest.mark.parametrize(
    ("order", "a_and_b", "between"),
    [
        ("deadline", [14, 0], [Merit(Deciding.MONTHS_LEFT, 14)]),
        ("straight", [-31, 0], [Merit(Deciding.MONTHS_SERVED, 31)]),
        ("reversed", [-2, 9], [Merit(Deciding.REFUSALS, 2), Merit(Deciding.MONTHS_SERVED, 9)]),
        ("reversed", [0, 0], [Merit(Deciding.REFUSALS, 0), Merit(Deciding.MONTHS_SERVED, 0)]),
    ],
)
def test_a_key_says_what_its_order_counts(order, a_and_b, between):
    assert merits([0, 1, 0, *a_and_b, LOT], order=order) == [*HEAD, *between, Merit(Deciding.LOTTERY, LOT)]


@pytest.mark.parametrize("order", ["deadline", "straight", "reversed"])
def test_a_key_that_is_cut_says_nothing_of_months_and_lots(order):
    assert merits([0, 1, 0], order=order) == HEAD


def test_the_first_part_that_differs_decides_and_no_other():
    parts = side_by_side([0, 1, 1, 0, 30, 99], [0, 1, 1, -2, 9, LOT], order="reversed")

    assert parts == [
        Compared(Deciding.TARGET, 0, 0, decides=False),
        Compared(Deciding.PRECEDENCE, 1, 1, decides=False),
        Compared(Deciding.LAST_CHANCE, 1, 1, decides=False),
        Compared(Deciding.REFUSALS, 0, 2, decides=True),
        Compared(Deciding.MONTHS_SERVED, 30, 9, decides=False),
        Compared(Deciding.LOTTERY, 99, LOT, decides=False),
    ]


def test_what_decides_is_what_the_reason_says():
    for own, last, order in [
        ([1, 1, 1, 19, 0, 5], [0, 1, 1, 14, 0, 9], "deadline"),
        ([0, 1, 1, 19, 0, 5], [0, 0, 1, 30, 0, 9], "deadline"),
        ([0, 1, 1, -19, 0, 5], [0, 1, 1, -31, 0, 9], "straight"),
        ([0, 1, 1, 0, 7, 5], [0, 1, 1, 0, 3, 9], "reversed"),
        ([0, 1, 1, 14, 0, 10], [0, 1, 1, 14, 0, 9], "deadline"),
    ]:
        [part] = [each for each in side_by_side(own, last, order=order) if each.decides]
        why = explain(own, last, order=order)

        assert (part.part, part.own, part.last) == (why.deciding, why.own, why.last)


@pytest.mark.parametrize("last", [None, [0, 1, 0, 14, 0, LOT]])
def test_nothing_decides_where_nobody_else_stands(last):
    parts = side_by_side([0, 1, 0, 14, 0, LOT], last, order="deadline")

    assert [each.decides for each in parts] == [False] * 5
    assert [each.last for each in parts] == [None] * 5 if last is None else [each.own for each in parts]


def test_what_may_not_be_shown_of_few_is_left_open():
    parts = side_by_side([0, 1, 1, 19, 0, 5], [0, 1, 1], order="deadline")

    assert [each.last for each in parts] == [0, 1, 1, None, None]
    assert not any(each.decides for each in parts)
