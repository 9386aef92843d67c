"""Who may take a free seat in the last days: whoever waits before whoever does not, asked or not."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.rules.answer_time import Start
from bookings.rules.last_days import goes_before
from bookings.rules.line import Outlook, Waiter, Wish
from bookings.states import Refusal

START = datetime(2027, 3, 15, 7, 30, tzinfo=UTC)
IN_TIME, TOO_LATE = START - timedelta(days=4), START - timedelta(hours=12)
ME = 9


def waiter(person: int, what: str) -> Waiter:
    """Somebody who is asked, can be asked, does not want to be, or could not come."""
    wish = Wish(
        booking_id=person,
        session_id=1,
        course_id=1,
        days=frozenset({date(2027, 3, 15)}),
        rank=1,
        is_held=False,
        is_asked_about=what == "asked",
    )
    barred = {"unasked": Refusal.NOT_AT_SHORT_NOTICE, "ineligible": Refusal.NOT_IN_TARGET_GROUP}
    return Waiter(booking_id=person, person_id=person, group="ST", wishes=(wish,), cap=1, barred=barred.get(what))


def seen(line: str) -> Outlook:
    """A line as I see it, from my place in it or from its end."""
    before, own, behind = line.partition("me")
    return Outlook(
        before=[waiter(at, what) for at, what in enumerate(before.split(), 10)],
        own=waiter(ME, "unasked") if own else None,
        behind=[waiter(at, what) for at, what in enumerate(behind.split(), 20)],
    )


@pytest.mark.parametrize(
    ("line", "free", "others_first"),
    [
        pytest.param("", 1, False, id="nobody waits"),
        pytest.param("unasked me", 1, False, id="who is not asked has not pressed first"),
        pytest.param("asked me", 1, True, id="who is asked stands before"),
        pytest.param("willing me", 1, True, id="who is about to be asked stands before"),
        pytest.param("asked me", 2, False, id="a seat for each of those before"),
        pytest.param("me asked", 1, False, id="who is asked stands behind"),
        pytest.param("ineligible me", 1, False, id="who may not have it"),
        pytest.param("unasked", 1, True, id="an outsider comes after who waits, asked or not"),
        pytest.param("unasked asked", 2, True, id="and after all of them"),
        pytest.param("unasked asked", 3, False, id="unless there is a seat for each"),
        pytest.param("ineligible", 1, False, id="but not after who may not have it"),
    ],
)
def test_who_goes_before_whoever_books_now(line, free, others_first):
    assert goes_before(seen(line), free_seats=free, start=Start(START), now=IN_TIME) is others_first


@pytest.mark.parametrize(
    "before", [{"before": [waiter(1, "asked"), waiter(2, "asked")]}, {"counted_before": Counter(ST=2)}]
)
@pytest.mark.parametrize("own", [None, waiter(ME, "unasked")])
def test_who_is_only_counted_goes_before_as_who_is_asked(before, own):
    line = Outlook(own=own, **before)
    says = [goes_before(line, free_seats=free, start=Start(START), now=IN_TIME) for free in (1, 2, 3)]
    assert says == [True, True, False]


@pytest.mark.parametrize(("line", "others_first"), [("unasked willing", False), ("unasked asked", True)])
def test_in_the_last_hours_a_seat_is_for_whoever_books_it_once_those_who_were_asked_are_heard(line, others_first):
    assert goes_before(seen(line), free_seats=1, start=Start(START), now=TOO_LATE) is others_first
