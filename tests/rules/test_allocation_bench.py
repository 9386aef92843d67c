"""A round that the benchmark draws is one round in every shape, so that its ratios compare like with like."""

import numpy as np

import drawn_rounds
from bookings.kernel.ready import Kernel
from bookings.kernel.seats import granted
from bookings.rules.allocation import allocate, check
from bookings.rules.allocation.run import run


def test_a_drawn_round_has_the_same_seats_as_arrays_and_as_a_market():
    drawn = drawn_rounds.draw(400, 20)
    arrays, market = drawn_rounds.arrays(drawn), drawn_rounds.market(drawn)
    person = arrays.order[np.repeat(np.arange(400), np.diff(arrays.people["wishes"]))]
    held = granted(arrays, ())
    seats = set(zip(person[held].tolist(), arrays.wishes["session"][held].tolist(), strict=True))

    assert len(seats) == 400
    assert seats == {(who, wish[0]) for who, wishes in enumerate(run(market, ())) for wish in wishes}


def test_a_drawn_round_is_a_frozen_input_at_both_speeds():
    document = drawn_rounds.document(drawn_rounds.draw(60, 10), seats=6, minimum=5)
    result = allocate(document)

    assert allocate(document, ready=Kernel) == result
    assert check(document, result) == []
