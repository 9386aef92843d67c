"""What a seat costs whose holder was there, was ill or stayed away."""

import pytest

from bookings.rules.absence_fee import difference, no_show_percent, seat_percent


@pytest.mark.parametrize(
    ("is_paid", "fee", "percent"), [(True, 50, 100), (True, None, 100), (False, 50, 50), (False, None, None)]
)
def test_who_stayed_away_pays_the_fee_or_the_seat(is_paid, fee, percent):
    assert no_show_percent(is_paid=is_paid, fee=fee) == percent


@pytest.mark.parametrize(
    ("is_paid", "was_ill", "percent"), [(True, False, 100), (True, True, 0), (False, False, 0), (False, True, 0)]
)
def test_nobody_pays_for_having_been_ill(is_paid, was_ill, percent):
    assert seat_percent(is_paid=is_paid, was_ill=was_ill) == percent


@pytest.mark.parametrize(
    ("before", "after", "more"), [(0, 50, 50), (100, 0, -100), (0, None, None), (None, 0, None), (None, None, None)]
)
def test_what_was_recorded_only_has_no_difference(before, after, more):
    assert difference(before, after) == more
