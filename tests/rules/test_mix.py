"""What is said of who was at a course, and that nobody can reckon out the rest of it."""

from collections import defaultdict
from itertools import product

import pytest

from courses.rules.mix import COARSE, said, together
from courses.rules.reading import FEWEST


def mixed(*counts: int) -> dict[str, int]:
    return dict(zip(COARSE, counts, strict=True))


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((5, 20, 9, 6), mixed(5, 20, 9, 6)),
        ((0, 20, 9, 0), mixed(0, 20, 9, 0)),
        ((4, 20, 9, 0), {"resident": 24, "other": 9}),
        ((4, 20, 3, 2), {"resident": 24, "other": 5}),
        ((4, 20, 0, 0), {"resident": 24, "other": 0}),
        ((0, 20, 4, 0), {}),
        ((0, 20, 3, 1), {}),
        ((1, 1, 1, 1), {}),
    ],
    ids=str,
)
def test_groups_are_said_all_or_none_and_none_of_fewer_than_five(counts: tuple, shown: dict[str, int]):
    assert said(mixed(*counts), sum(counts)) == shown


@pytest.mark.parametrize(("without", "is_said"), [(0, True), (1, False), (4, False), (5, True)])
def test_nothing_is_said_where_what_is_left_are_a_few_of_no_category(without: int, is_said: bool):  # noqa: FBT001
    assert bool(said(mixed(0, 6, 5, 0), 11 + without)) is is_said


def test_whoever_knows_the_rule_and_the_sum_cannot_tell_how_many_a_small_group_has():
    """Of every mix of so many: which others would have been shown as it was."""
    most = 10
    alike = defaultdict(list)
    for counts in product(range(most + 1), repeat=5):
        if FEWEST <= sum(counts) <= most:
            alike[tuple(said(mixed(*counts[:4]), sum(counts)).items()), sum(counts)].append(counts)

    could_be = [{each[place] for each in mixes} for mixes in alike.values() for place in range(5)]
    assert [sizes for sizes in could_be if sizes & {1, 2, 3, 4} and len(sizes) < 3] == []


def test_sessions_are_taken_together_before_it_is_said():
    assert together([{"st_2015": 3}, {"st_2015": 4, "specialist": 1}]) == mixed(7, 0, 1, 0)
