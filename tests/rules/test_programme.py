"""The programme as it is typed."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.programme import Item, is_time, items_in, kept, typed

WORDS = st.text("abcåäö -", min_size=1, max_size=12).map(lambda text: f"x{' '.join(text.split())}")
ITEMS = st.builds(
    Item,
    st.integers(1, 30),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    WORDS,
    st.just("") | WORDS,
)


@given(st.lists(ITEMS, max_size=6, unique_by=lambda each: (each.day, each.at)))
def test_what_is_read_is_what_was_typed_in_the_order_of_the_day(items):
    in_order = sorted(items, key=lambda each: (each.day, each.at))
    assert items_in(typed(in_order, days=30), days=30) == in_order
    assert kept([each.as_kept for each in items]) == items


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8.30 Start / Bo\n\nDag 2\n09:00 Slut", [Item(1, time(8, 30), "Start", "Bo"), Item(2, time(9), "Slut", "")]),
        ("Start", 1),
        ("08.30 Start\n25.00 Slut", 2),
        ("08.30 Start\n08.75 Slut", 2),
        ("Dag 3\n08.30 Start", 1),
        ("", []),
    ],
)
def test_a_line_that_cannot_be_read_is_named(text, found):
    assert items_in(text, days=2) == found


def test_what_was_on_a_day_that_is_no_more_is_found_and_goes_to_no_other_day():
    items = [Item(1, time(8), "Start", ""), Item(2, time(9), "Slut", "")]
    assert items_in(typed(items, days=1), days=1) == 4


@pytest.mark.parametrize(("day", "due"), [("2027-02-28", False), ("2027-03-01", True), ("2027-03-15", True)])
def test_it_is_told_from_two_weeks_before_until_it_begins(day, due):
    assert is_time(starts_on=date(2027, 3, 15), today=date.fromisoformat(day)) is due
