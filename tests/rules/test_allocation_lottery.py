"""The lottery, against the test vectors of the allocation rules, section 2.7."""

import pytest

from bookings.rules.allocation.lottery import commitment, lot, seed_from

ZEROS = bytes(32)


@pytest.mark.parametrize(
    ("person", "course", "number"),
    [
        ("p0001", "", 156098657607440),
        ("p0002", "", 278011107650344),
        ("å", "", 174538221479358),
        ("p0001", "M01", 178425274172500),
    ],
)
def test_everybody_can_recompute_their_number(person, course, number):
    assert lot(ZEROS, term="2027-1", person=person, course=course) == number


def test_the_seed_comes_out_of_three_values_the_term_and_the_frozen_input():
    seed = seed_from(b"\1" * 32, b"\2" * 32, b"\3" * 32, term="2027-1", frozen_hash=b"\4" * 32)

    assert seed.hex() == "c3607527e2e79fc27b16b7c465b00c1e4d446ced1e01d812def509a2612996ce"


@pytest.mark.parametrize(
    ("secret", "published"),
    [
        (b"\1" * 32, "72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793"),
        (b"\2" * 32, "75877bb41d393b5fb8455ce60ecd8dda001d06316496b14dfa7f895656eeca4a"),
    ],
)
def test_a_secret_is_bound_by_its_hash(secret, published):
    assert commitment(secret) == published


def test_a_byte_moved_from_one_part_to_the_next_makes_another_seed():
    one = seed_from(b"ab", b"c", b"", term="T", frozen_hash=b"")
    other = seed_from(b"a", b"bc", b"", term="T", frozen_hash=b"")

    assert one != other
