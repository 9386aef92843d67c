"""The line: a freed seat moves who has another seat, as their own ranked list says."""

from datetime import date

import pytest
from bookings_room import (
    AFTER,
    fill,
    insist_on_invariants,
    last_facts,
    letter,
    place,
    seat,
    set_free,
    states,
)
from session_changes_room import changed

import make
from bookings import answers, freed, waitlist
from bookings.states import IN_TIME, BookingState
from lararportal import clock

LATE = clock.parse("2027-02-01T10:00")
"""After the last day to cancel of a session in the middle of February."""


def test_a_move_releases_what_the_persons_own_list_says(db, full):
    """Two seats of the round go for the one that was wanted more: one in the course, one on its day."""
    round_ = make.round_of(db)
    sister = make.session(db, course_id=full.course_id, days=[date(2027, 5, 3)])
    same_day = make.session(db, days=[date(2027, 3, 16)])
    person = make.person(db)
    listed = {"round_id": round_.id, "wave": IN_TIME}
    place(db, full, person, rank=1, **listed)
    left = [seat(db, sister, person, rank=2, **listed), seat(db, same_day, person, rank=3, **listed)]
    set_free(db, full)
    assert fill(db, full) == 1
    assert [each.state for each in left] == [BookingState.MOVED, BookingState.MOVED]
    assert (sister.seats_taken, same_day.seats_taken) == (0, 0)
    assert len(letter(db, person).calendars) == 3
    assert last_facts(db)["left"] == [each.id for each in left]
    insist_on_invariants(db)


def test_a_seat_that_was_booked_directly_is_never_exchanged_behind_ones_back(db, full):
    round_, person = make.round_of(db), make.person(db)
    place(db, full, person, rank=1, round_id=round_.id, wave=IN_TIME)
    held = seat(db, make.session(db), person, rank=2)
    set_free(db, full)
    assert fill(db, full) == 0
    assert held.state is BookingState.BOOKED


def test_a_seat_past_its_last_day_to_cancel_is_kept(db, full):
    sister = make.session(db, course_id=full.course_id, days=[date(2027, 2, 1)])
    person = make.person(db)
    held = seat(db, sister, person, rank=2)
    place(db, full, person, rank=1)
    set_free(db, full)
    assert fill(db, full, now=AFTER) == 0
    assert (sister.cancel_by < AFTER.date(), held.state) == (True, BookingState.BOOKED)


@pytest.mark.parametrize("what", [{"place": "Hus 2"}, {"seats": 1}], ids=["moved", "more people than seats"])
def test_a_seat_that_is_free_to_give_back_keeps_nobody_from_their_turn(db, what):
    held = make.session(db, seats=2, days=[date(2027, 2, 15)])
    wanted = make.session(db, course_id=held.course_id, seats=1)
    first, other, behind = (make.person(db) for _ in range(3))
    left = seat(db, held, first)
    seat(db, held, other)
    waiting = place(db, wanted, first, standing_yes=False)
    place(db, wanted, behind)
    changed(db, held, **what)
    assert fill(db, wanted, now=LATE) == 1
    assert (waiting.state, held.cancel_by < LATE.date()) == (BookingState.OFFERED, True)
    answers.accept(db, session_id=wanted.id, person_id=first.id, saw=str(left.id), now=LATE, by=first.id)
    assert (waiting.is_bound, left.state) == (False, BookingState.MOVED)
    insist_on_invariants(db)


def test_who_has_a_seat_does_not_wait_for_less_wanted_sessions_of_the_course(db, full):
    wished, worse, other = (
        make.session(db, course_id=full.course_id, days=[date(2027, 5, 3)]),
        make.session(db, course_id=full.course_id, days=[date(2027, 6, 7)]),
        make.session(db, days=[date(2027, 6, 8)]),
    )
    person = make.person(db)
    place(db, wished, person, rank=1)
    place(db, full, person, rank=2)
    struck = place(db, worse, person, rank=3)
    place(db, other, person, rank=4)
    wished.seats_taken = wished.seats
    set_free(db, full)
    assert fill(db, full) == 1
    assert [states(db, each)[person.id] for each in (wished, full, worse, other)] == [
        BookingState.WAITING,
        BookingState.BOOKED,
        BookingState.LEFT,
        BookingState.WAITING,
    ]
    assert last_facts(db)["struck"] == [struck.id]


def test_a_seat_that_a_move_frees_goes_on_to_the_next(db, full):
    sister = make.session(db, course_id=full.course_id, days=[date(2027, 5, 3)], seats=1)
    mover, waiting = make.person(db), make.person(db)
    seat(db, sister, mover, rank=2)
    place(db, full, mover, rank=1)
    place(db, sister, waiting)
    set_free(db, full)
    assert freed.to_fill(db, now=AFTER) == [full.id]
    assert fill(db, full) == 1
    assert freed.to_fill(db, now=AFTER) == [sister.id]
    assert fill(db, sister) == 1
    assert freed.to_fill(db, now=AFTER) == []
    insist_on_invariants(db)


@pytest.mark.parametrize("waiting", [1, 6])
def test_how_many_statements_a_move_takes(db, full, queries, waiting):
    for _ in range(waiting):
        place(db, full, make.person(db))
    set_free(db, full)
    db.expunge_all()
    queries.reset()
    assert waitlist.fill(db, session_id=full.id, now=AFTER) == 1
    db.flush()
    assert queries.count == 14  # One of them asks for a precedence that the seat uses up.
