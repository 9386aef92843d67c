"""How long the columns and bars of a distribution are."""

import pytest

from courses.rules.plots import HEIGHT, columns, share


@pytest.mark.parametrize(
    ("counts", "heights"),
    [
        ([], []),
        ([0, 0], [0, 0]),
        ([3], [HEIGHT]),
        ([2, 4, 0], [HEIGHT // 2, HEIGHT, 0]),
        ([1, 1000], [1, HEIGHT]),
    ],
    ids=str,
)
def test_the_most_chosen_fills_the_room_and_whatever_was_chosen_is_seen(counts: list[int], heights: list[int]):
    drawn = columns({str(place): count for place, count in enumerate(counts, 1)})

    assert [each.height for each in drawn] == heights
    assert [each.count for each in drawn] == counts
    assert len({each.left for each in drawn}) == len(counts)


@pytest.mark.parametrize(("count", "per_cent"), [(0, 0), (1, 20), (4, 80)])
def test_a_bar_is_as_long_as_the_share(count: int, per_cent: int):
    assert share(count, {"no": 1, "yes": 4}) == per_cent
    assert share(0, {"no": 0, "yes": 0}) == 0
