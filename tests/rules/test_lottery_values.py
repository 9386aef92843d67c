"""How secrets, commitments and public values are written, and the numbers of drand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.lottery_values import DRAND_BEGAN, LONGEST_VALUE, drand_round, hex_of, public_value
from bookings.states import PublicKind

DIGITS = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text", [DIGITS, DIGITS.upper(), f"  {DIGITS}\n", " ".join(DIGITS[at : at + 8] for at in range(0, 64, 8))]
)
def test_digits_are_read_however_they_were_copied(text):
    assert hex_of(text) == DIGITS


@pytest.mark.parametrize(
    "text", ["", DIGITS[:-1], DIGITS + "0", "g" + DIGITS[1:], "0x" + DIGITS[2:], "²" + DIGITS[1:]]
)
def test_what_is_not_32_bytes_in_hex_is_refused(text):
    assert hex_of(text) is None


def test_a_value_of_drand_is_32_bytes_in_hex():
    assert public_value(DIGITS.upper(), kind=PublicKind.DRAND) == DIGITS
    assert public_value("3 7 12 19", kind=PublicKind.DRAND) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 7 12 19 24 31 35", "371219243135"),
        ("3, 7, 12, 19, 24, 31, 35.", "371219243135"),
        ("03 07", "0307"),
        ("  2\N{NO-BREAK SPACE}543,17\r\n", "254317"),
        ("2.543,17", "254317"),
        ("\N{FULLWIDTH DIGIT TWO}543\N{MINUS SIGN}17", "254317"),
        ("Ma\N{COMBINING RING ABOVE}l", "mål"),
        ("STRAẞE", "strasse"),
        ("7\N{ZERO WIDTH SPACE}7", "77"),
        ("7\x007", "77"),
        ("7" * LONGEST_VALUE, "7" * LONGEST_VALUE),
        ("7" * (LONGEST_VALUE + 1), None),
        (" \t ", None),
        ("-", None),
    ],
)
def test_another_value_is_its_letters_and_digits_however_it_was_set(text, value):
    assert public_value(text, kind=PublicKind.NAMED) == value


@given(st.text(), st.sampled_from(PublicKind))
def test_a_value_that_was_read_is_read_the_same_again(text, kind):
    value = public_value(text, kind=kind)

    assert value is None or public_value(value, kind=kind) == value


@pytest.mark.parametrize(
    ("after", "number"),
    [(-100, 1), (0, 1), (1, 2), (3, 2), (4, 3), (2.5, 2), (3.000001, 3), (300, 101)],
)
def test_the_number_of_drand_is_the_first_that_comes_at_or_after_the_moment(after, number):
    assert drand_round(DRAND_BEGAN + timedelta(seconds=after)) == number


def test_the_first_number_of_drand_came_when_its_chain_says():
    assert datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC) == DRAND_BEGAN
