"""Whether somebody may book, wait, cancel or re-book: each reason to say no, and what a yes guarantees."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.seats import (
    GRACE,
    Holding,
    Participant,
    Target,
    is_free,
    is_late,
    may_book,
    may_cancel,
    may_enter,
    may_join,
    may_rebook,
    what_it_is_about,
    why_not_eligible,
)
from bookings.states import Refusal

NOW = datetime(2027, 1, 11, 7, tzinfo=UTC)
TODAY = date(2027, 1, 11)
FIRST = date(2027, 3, 15)
DOCTOR = Participant(group="ST")


def session(session_id: int = 1, *, course: int = 10, day: date = FIRST, **facts) -> Target:
    return Target(
        **{
            "session_id": session_id,
            "course_id": course,
            "days": frozenset({day, day + timedelta(days=1)}),
            "starts_on": day,
            "groups": {"ST": 0},
            "is_published": True,
            **facts,
        }
    )


def seat(session_id: int = 2, *, course: int = 20, day: date = FIRST + timedelta(days=30)) -> Holding:
    return Holding(session_id=session_id, course_id=course, days=frozenset({day}), is_seat=True)


def place(session_id: int = 2, *, course: int = 20, day: date = FIRST + timedelta(days=30)) -> Holding:
    return replace(seat(session_id, course=course, day=day), is_seat=False)


WANTED = session()

DOORS = [
    pytest.param(DOCTOR, WANTED, None, id="open to the person"),
    pytest.param(DOCTOR, session(is_published=False), Refusal.SESSION_NOT_OPEN, id="not published"),
    pytest.param(DOCTOR, session(day=TODAY), Refusal.SESSION_STARTED, id="begins today"),
    pytest.param(DOCTOR, session(day=TODAY - timedelta(days=1)), Refusal.SESSION_STARTED, id="began yesterday"),
    pytest.param(DOCTOR, session(day=TODAY + timedelta(days=1)), None, id="begins tomorrow"),
    pytest.param(Participant(group=None), WANTED, Refusal.PROFILE_NOT_CONFIRMED, id="nobody confirmed the person"),
    pytest.param(Participant(group="SPEC"), WANTED, Refusal.NOT_IN_TARGET_GROUP, id="a course for others"),
    pytest.param(
        Participant(group="ST", taken_courses=frozenset({10})), WANTED, Refusal.COURSE_TAKEN_BEFORE, id="taken before"
    ),
    pytest.param(Participant(group="ST", taken_courses=frozenset({11})), WANTED, None, id="another taken before"),
    pytest.param(DOCTOR, session(is_in_unpublished_round=True), Refusal.SESSION_IN_ROUND, id="a round gives it"),
    pytest.param(
        DOCTOR,
        session(booking_opens_at=NOW + timedelta(seconds=1)),
        Refusal.BOOKING_NOT_YET_OPEN,
        id="a second too early",
    ),
    pytest.param(DOCTOR, session(booking_opens_at=NOW), None, id="the moment it opens"),
]


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        pytest.param(DOCTOR, None, id="of the target group"),
        pytest.param(Participant(group=None), Refusal.PROFILE_NOT_CONFIRMED, id="not confirmed"),
        pytest.param(Participant(group="SPEC"), Refusal.NOT_IN_TARGET_GROUP, id="of another group"),
        pytest.param(
            Participant(group="ST", taken_courses=frozenset({10})), Refusal.COURSE_TAKEN_BEFORE, id="been through it"
        ),
        pytest.param(Participant(group="ST", taken_courses=frozenset({11})), None, id="been through another"),
    ],
)
def test_for_whom_a_course_is(person, refusal):
    assert why_not_eligible(person, course_id=10, groups={"ST": 0, "PRE": 1}) is refusal


@pytest.mark.parametrize(("person", "target", "refusal"), DOORS)
def test_who_may_enter_at_all(person, target, refusal):
    assert may_enter(person, target, now=NOW, today=TODAY) is refusal


@pytest.mark.parametrize(("person", "target", "refusal"), DOORS)
def test_who_may_not_enter_may_neither_book_nor_join_nor_rebook(person, target, refusal):
    old = session(3, day=FIRST + timedelta(days=90))
    mine = [seat(3, course=10, day=FIRST + timedelta(days=90))]
    assert may_book(person, target, [], now=NOW, today=TODAY) is refusal
    assert may_join(person, target, [], now=NOW, today=TODAY) is refusal
    assert may_rebook(person, target, mine, leaving=old, now=NOW, today=TODAY) is refusal


@pytest.mark.parametrize(
    ("holding", "book", "join"),
    [
        pytest.param(seat(), None, None, id="a seat elsewhere"),
        pytest.param(place(), None, None, id="a place in another line"),
        pytest.param(seat(1, course=10), Refusal.ALREADY_BOOKED, Refusal.ALREADY_BOOKED, id="this very seat"),
        pytest.param(place(1, course=10), Refusal.ALREADY_WAITING, Refusal.ALREADY_WAITING, id="in this very line"),
        pytest.param(seat(course=10), Refusal.COURSE_ALREADY_BOOKED, None, id="a seat in the course"),
        pytest.param(
            seat(course=10, day=FIRST), Refusal.COURSE_ALREADY_BOOKED, None, id="a seat in the course, same day"
        ),
        pytest.param(place(course=10), None, None, id="in line for a sister session"),
        pytest.param(place(course=10, day=FIRST), None, None, id="in line for a sister session on the same day"),
        pytest.param(seat(day=FIRST), Refusal.DAY_TAKEN, Refusal.DAY_TAKEN, id="a seat on its first day"),
        pytest.param(
            seat(day=FIRST + timedelta(days=1)), Refusal.DAY_TAKEN, Refusal.DAY_TAKEN, id="a seat on its last day"
        ),
        pytest.param(place(day=FIRST), Refusal.DAY_WAITED_FOR, None, id="in line for another course that day"),
    ],
)
def test_what_one_has_already_decides_over_booking_and_joining(holding, book, join):
    assert may_book(DOCTOR, WANTED, [holding], now=NOW, today=TODAY) is book
    assert may_join(DOCTOR, WANTED, [holding], now=NOW, today=TODAY) is join


@pytest.mark.parametrize(
    ("refusal", "found"),
    [
        pytest.param(Refusal.COURSE_ALREADY_BOOKED, 4, id="the seat in the course"),
        pytest.param(Refusal.DAY_TAKEN, 6, id="the seat on one of the days"),
        pytest.param(Refusal.DAY_WAITED_FOR, 7, id="the line for one of the days"),
        pytest.param(Refusal.SESSION_STARTED, None, id="nothing of one's own"),
    ],
)
def test_what_one_has_that_a_refusal_is_about(refusal, found):
    mine = [
        place(3, course=10),
        seat(4, course=10, day=FIRST),
        seat(5),
        seat(6, day=FIRST),
        place(7, day=FIRST),
        seat(8, day=FIRST),
    ]
    about = what_it_is_about(refusal, WANTED, mine)
    assert (about and about.session_id) == found


OLD = session(3, day=FIRST + timedelta(days=90))
MINE = seat(3, course=10, day=FIRST + timedelta(days=90))


@pytest.mark.parametrize(
    ("holdings", "leaving", "refusal"),
    [
        pytest.param([MINE], OLD, None, id="a seat for another"),
        pytest.param([], OLD, Refusal.NOT_BOOKED, id="without a seat"),
        pytest.param([replace(MINE, is_seat=False)], OLD, Refusal.NOT_BOOKED, id="with a place in line only"),
        pytest.param([MINE], replace(OLD, course_id=11), Refusal.OTHER_COURSE, id="of another course"),
        pytest.param([MINE], replace(OLD, starts_on=TODAY), Refusal.SESSION_STARTED, id="that begins today"),
        pytest.param([MINE, seat(1, course=10)], OLD, Refusal.ALREADY_BOOKED, id="for what one has"),
        pytest.param([MINE, place(1, course=10)], OLD, None, id="for what one waits for"),
        pytest.param([MINE, seat(day=FIRST)], OLD, Refusal.DAY_TAKEN, id="onto a taken day"),
        pytest.param([MINE, place(day=FIRST)], OLD, Refusal.DAY_WAITED_FOR, id="onto a day waited for"),
        pytest.param([MINE, place(4, course=10, day=FIRST)], OLD, None, id="onto a day waited for in the course"),
    ],
)
def test_when_a_seat_may_be_changed_for_another(holdings, leaving, refusal):
    assert may_rebook(DOCTOR, WANTED, holdings, leaving=leaving, now=NOW, today=TODAY) is refusal


def test_a_seat_may_be_changed_for_one_on_its_own_days():
    old = session(3, day=FIRST)
    mine = seat(3, course=10, day=FIRST)
    assert may_rebook(DOCTOR, WANTED, [mine], leaving=old, now=NOW, today=TODAY) is None


def test_nobody_changes_a_seat_for_itself():
    mine = seat(1, course=10, day=FIRST)
    assert may_rebook(DOCTOR, WANTED, [mine], leaving=WANTED, now=NOW, today=TODAY) is Refusal.ALREADY_BOOKED


@pytest.mark.parametrize(
    ("starts_on", "refusal"),
    [
        pytest.param(TODAY + timedelta(days=1), None, id="tomorrow"),
        pytest.param(TODAY, Refusal.SESSION_STARTED, id="today"),
        pytest.param(TODAY - timedelta(days=1), Refusal.SESSION_STARTED, id="yesterday"),
    ],
)
def test_a_seat_can_be_given_back_until_the_day_it_begins(starts_on, refusal):
    assert may_cancel(starts_on=starts_on, today=TODAY) is refusal


@pytest.mark.parametrize(
    ("cancel_by", "booked_before", "late"),
    [
        pytest.param(TODAY, timedelta(days=90), False, id="on the last day to cancel"),
        pytest.param(TODAY - timedelta(days=1), timedelta(days=90), True, id="the day after"),
        pytest.param(TODAY - timedelta(days=1), GRACE, False, id="the day after, but given just now"),
        pytest.param(TODAY - timedelta(days=1), GRACE + timedelta(seconds=1), True, id="given a second too long ago"),
    ],
)
def test_what_counts_as_late(cancel_by, booked_before, late):
    booked_at = NOW - booked_before
    assert is_late(cancel_by=cancel_by, booked_at=booked_at, is_bound=False, now=NOW, today=TODAY) is late


@pytest.mark.parametrize("cancel_by", [TODAY + timedelta(days=90), TODAY - timedelta(days=1)])
@pytest.mark.parametrize("booked_before", [timedelta(0), timedelta(days=90)])
def test_a_seat_that_was_changed_for_too_late_is_late_whatever_its_own_dates_are(cancel_by, booked_before):
    assert is_late(cancel_by=cancel_by, booked_at=NOW - booked_before, is_bound=True, now=NOW, today=TODAY)


@pytest.mark.parametrize(
    ("booked_at", "moved_at", "is_over", "free"),
    [
        (NOW, None, False, False),
        (NOW, NOW, False, True),
        (NOW - timedelta(days=9), NOW, False, True),
        (NOW + timedelta(seconds=1), NOW, False, False),
        (None, NOW, False, False),
        (NOW, None, True, True),
    ],
    ids=["never moved", "moved at once", "moved since", "came afterwards", "no seat yet", "more people than seats"],
)
def test_a_seat_is_free_to_give_back_when_its_session_is_not_what_was_booked(booked_at, moved_at, is_over, free):
    assert is_free(booked_at=booked_at, moved_at=moved_at, is_over=is_over) is free


@pytest.mark.parametrize("is_bound", [True, False])
def test_what_is_free_to_give_back_is_never_late(is_bound):
    long_ago = NOW - timedelta(days=90)
    late = {"cancel_by": TODAY - timedelta(days=30), "booked_at": long_ago, "is_bound": is_bound}
    assert is_late(**late, now=NOW, today=TODAY)
    assert not is_late(**late, is_free=True, now=NOW, today=TODAY)


def test_nobody_new_comes_where_booking_is_closed():
    closed = replace(WANTED, booking_is_closed=True)
    rules = (may_book, may_join)
    assert [rule(DOCTOR, closed, [], now=NOW, today=TODAY) for rule in rules] == [Refusal.BOOKING_CLOSED] * 2


some_days = st.frozensets(st.integers(0, 6).map(lambda n: FIRST + timedelta(days=n)), min_size=1, max_size=3)
some_holdings = st.lists(
    st.builds(
        Holding, session_id=st.integers(1, 9), course_id=st.integers(10, 13), days=some_days, is_seat=st.booleans()
    ),
    max_size=5,
)


@given(some_holdings, some_days, st.integers(10, 13), st.integers(1, 9))
def test_whoever_may_book_is_in_one_place_a_day_and_has_one_seat_in_the_course(holdings, days, course, session_id):
    target = replace(WANTED, session_id=session_id, course_id=course, days=days)
    if may_book(DOCTOR, target, holdings, now=NOW, today=TODAY) is None:
        seats = [mine for mine in holdings if mine.is_seat]
        assert [mine for mine in seats if mine.course_id == course] == []
        assert [mine for mine in seats if mine.days & days] == []
        assert may_join(DOCTOR, target, holdings, now=NOW, today=TODAY) is None


@given(some_holdings, some_days, st.integers(10, 13), st.integers(1, 9))
def test_whoever_may_join_could_take_the_seat_when_it_comes(holdings, days, course, session_id):
    target = replace(WANTED, session_id=session_id, course_id=course, days=days)
    if may_join(DOCTOR, target, holdings, now=NOW, today=TODAY) is None:
        elsewhere = [mine for mine in holdings if mine.is_seat and mine.course_id != course]
        assert [mine for mine in elsewhere if mine.days & days] == []


@given(some_holdings, some_days, st.integers(1, 9))
def test_whoever_may_rebook_is_in_one_place_a_day_afterwards(holdings, days, session_id):
    target = replace(WANTED, session_id=session_id, course_id=10, days=days)
    holdings = [*holdings, seat(99, course=10)]
    leaving = session(99)
    if may_rebook(DOCTOR, target, holdings, leaving=leaving, now=NOW, today=TODAY) is None:
        kept = [mine for mine in holdings if mine.is_seat and mine.course_id != 10]
        assert [mine for mine in kept if mine.days & days] == []
