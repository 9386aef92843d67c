"""The order of the sessions of a course that somebody waits for is theirs to change."""

from datetime import date

import pytest
from bookings_room import AFTER, fill, last_facts, noted, place, refused, seat

import make
from bookings import own_order, seats_from_line
from bookings.states import BookingState, Refusal
from courses.models import CourseSession

DAYS = [date(2027, 5, day) for day in (3, 10, 17)]


@pytest.fixture
def anna(db):
    return make.person(db)


@pytest.fixture
def sessions(db):
    """Three sessions of one course, all full."""
    course = make.course(db, seats=1)
    made = [make.session(db, of=course, days=[day]) for day in DAYS]
    for each in made:
        seat(db, each, make.person(db))
    return made


def more(db, session: CourseSession, person) -> None:
    own_order.want_more(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)
    db.flush()


def less(db, session: CourseSession, person) -> None:
    own_order.want_less(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)
    db.flush()


def in_order(*bookings) -> list[int]:
    return [each.session_id for each in sorted(bookings, key=lambda each: (each.rank, each.id))]


@pytest.mark.parametrize("ranks", [(1, 1, 1), (2, 4, 9)])
def test_a_place_moves_one_step_at_a_time(db, sessions, anna, ranks):
    wishes = [place(db, each, anna, rank=rank) for each, rank in zip(sessions, ranks, strict=True)]
    first, second, third = (each.id for each in sessions)
    more(db, sessions[2], anna)
    assert in_order(*wishes) == [first, third, second]
    assert noted(db) == [("line.reordered", anna.id, anna.id, second)]
    assert last_facts(db) == {"booking": wishes[1].id, "after": wishes[2].id}
    less(db, sessions[0], anna)
    assert in_order(*wishes) == [third, first, second]
    more(db, sessions[2], anna)
    less(db, sessions[1], anna)
    assert in_order(*wishes) == [third, first, second]
    assert len(noted(db)) == 2


def test_nothing_else_changes_its_place(db, sessions, anna):
    other = make.session(db, days=[DAYS[0]])
    held = seat(db, make.session(db, course_id=sessions[0].course_id, days=[date(2027, 6, 1)]), anna, rank=2)
    elsewhere = place(db, other, anna, rank=2)
    wishes = [place(db, each, anna, rank=2) for each in sessions[:2]]
    more(db, sessions[1], anna)
    assert in_order(*wishes, held, elsewhere) == [other.id, sessions[1].id, sessions[0].id, held.session_id]


@pytest.mark.parametrize("moves", ["up", "down"])
def test_none_is_raised_past_a_seat_in_another_course(db, sessions, anna, moves):
    held = seat(db, make.session(db, days=[DAYS[1]]), anna, rank=2)
    first, last = (place(db, each, anna, rank=rank) for each, rank in zip(sessions[:2], (1, 3), strict=True))
    if moves == "up":
        more(db, sessions[1], anna)
    else:
        less(db, sessions[0], anna)
    assert in_order(first, held, last) == [held.session_id, last.session_id, first.session_id]
    sessions[1].seats += 1
    fill(db, sessions[1])
    assert (held.state, last.state) == (BookingState.BOOKED, BookingState.WAITING)


def test_it_decides_which_lines_are_left_when_a_seat_comes(db, sessions, anna):
    wishes = [place(db, each, anna) for each in sessions]
    more(db, sessions[2], anna)
    sessions[2].seats += 1
    assert fill(db, sessions[2]) == 1
    assert [each.state for each in wishes] == [BookingState.WAITING, BookingState.LEFT, BookingState.BOOKED]
    assert seats_from_line.settle(db, wishes[2], course_id=sessions[0].course_id, now=AFTER).lines.still_wanted == [
        sessions[0]
    ]


def test_only_who_waits_there_has_an_order(db, sessions, anna):
    for deed in (more, less):
        with refused(Refusal.NOT_WAITING):
            deed(db, sessions[0], anna)
    assert noted(db) == []
