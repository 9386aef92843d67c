"""Staff take somebody off a line: by name, with a reason, and the person is told."""

from datetime import timedelta

import pytest
from bookings_room import AFTER, fill, insist_on_invariants, line_of, noted, occasions, place, refused, states, told

import make
from bookings import taken_off
from bookings.models import Booking
from bookings.states import BookingState, Refusal

WHY = "Anna ringde och har slutat."


@pytest.fixture
def anna(db, full):
    person = make.person(db)
    place(db, full, person, standing_yes=False)
    return person


@pytest.fixture
def olle(db):
    return make.coordinator(db)


def take_off(db, session, person, by, reason=WHY) -> Booking:
    return taken_off.take_off(db, session_id=session.id, person_id=person.id, reason=reason, now=AFTER, by=by.id)


def test_the_place_is_gone_and_the_person_is_told_why(db, full, anna, olle):
    place(db, full, other := make.person(db))
    booking = take_off(db, full, anna, olle)
    assert (booking.state, booking.end_reason, line_of(db, full)) == (BookingState.LEFT, WHY, [other.id])
    assert noted(db) == [("line.taken_off", olle.id, anna.id, full.id)]
    assert occasions(db) == ["taken_off_line"]
    assert f"Skäl: {WHY}" in told(db, anna)


def test_a_seat_that_was_kept_for_them_belongs_to_the_next(db, full, anna, olle):
    place(db, full, other := make.person(db))
    full.seats += 1
    assert fill(db, full) == 1
    take_off(db, full, anna, olle)
    assert "Platsen som hölls åt dig hålls inte längre." in told(db, anna)
    assert fill(db, full) == 1
    assert states(db, full)[other.id] is BookingState.BOOKED
    insist_on_invariants(db)


def test_it_takes_a_reason_and_somebody_who_waits(db, full, anna, olle):
    with refused(Refusal.DECISION_WITHOUT_REASON):
        take_off(db, full, anna, olle, reason=" ")
    with refused(Refusal.PERSON_NOT_WAITING):
        take_off(db, full, make.person(db), olle)
    take_off(db, full, anna, olle)
    with refused(Refusal.PERSON_NOT_WAITING):
        take_off(db, full, anna, olle)


def test_nobody_takes_others_off_a_line_that_they_wait_in_but_themselves(db, full, anna, olle):
    place(db, full, olle)
    with refused(Refusal.DECIDES_OVER_OWN_COURSE):
        take_off(db, full, anna, olle)
    assert take_off(db, full, olle, olle).state is BookingState.LEFT


def test_a_line_for_what_is_over_keeps_nobody_from_deciding(db, full, anna, olle):
    place(db, make.session(db, course_id=full.course_id, days=[AFTER.date() - timedelta(days=1)]), olle)
    assert take_off(db, full, anna, olle).state is BookingState.LEFT
