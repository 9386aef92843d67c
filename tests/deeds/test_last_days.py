"""The last days: whoever waits takes a free seat themselves, before outsiders, and not before those who are asked."""

import pytest
from bookings_room import fill, insist_on_invariants, noted, occasions, place, refused, seat, set_free, states

import make
from bookings import answers, freed, left_over_seats, rebooking
from bookings.states import BookingState, Refusal
from lararportal import clock

NOW = clock.parse("2027-03-11T10:00")
"""Four days before the start."""
LAST_HOURS = clock.parse("2027-03-14T21:00")


def book(db, session, person, now=NOW) -> str:
    booking = left_over_seats.book(db, session_id=session.id, person_id=person.id, now=now, by=person.id)
    db.flush()
    return booking.state.value


def waits(db, session, *, short_notice=False):
    person = make.person(db)
    place(db, session, person, short_notice=short_notice)
    return person


@pytest.fixture
def one_free(db, full):
    """A session that begins soon, with one seat that is free."""
    set_free(db, full)
    return full


def test_who_waits_and_is_not_asked_takes_the_free_seat_before_somebody_from_outside(db, one_free):
    first, second = waits(db, one_free), waits(db, one_free)
    outsider = make.person(db)
    assert fill(db, one_free, now=NOW) == 0
    assert book(db, one_free, outsider) == "waiting"
    assert fill(db, one_free, now=NOW) == 1
    assert book(db, one_free, second) == "booked"
    assert occasions(db, second) == ["seat_booked"]
    assert noted(db)[-1] == ("seat.booked", second.id, second.id, one_free.id)
    answers.accept(db, session_id=one_free.id, person_id=outsider.id, now=NOW, by=None)
    fill(db, one_free, now=NOW)
    assert states(db, one_free)[first.id] is BookingState.WAITING
    assert states(db, one_free)[outsider.id] is BookingState.WAITING
    assert occasions(db, outsider) == ["place_in_line", "called_out", "call_out_over"]
    insist_on_invariants(db)


def test_where_others_before_them_are_asked_it_is_a_yes_as_theirs(db, one_free):
    first = waits(db, one_free, short_notice=True)
    unasked = waits(db, one_free)
    last = waits(db, one_free, short_notice=True)
    fill(db, one_free, now=NOW)
    assert book(db, one_free, unasked) == "asked"
    answers.accept(db, session_id=one_free.id, person_id=last.id, now=NOW, by=None)
    assert fill(db, one_free, now=NOW) == 0
    answers.decline(db, session_id=one_free.id, person_id=first.id, now=NOW, by=None)
    assert fill(db, one_free, now=NOW) == 2
    assert [states(db, one_free)[each.id].value for each in (first, unasked, last)] == ["left", "booked", "waiting"]
    insist_on_invariants(db)


def test_before_anybody_has_been_asked_they_are_asked_with_the_others(db, one_free):
    waits(db, one_free, short_notice=True)
    unasked = waits(db, one_free)
    assert book(db, one_free, unasked) == "waiting"
    assert fill(db, one_free, now=NOW) == 2
    assert states(db, one_free)[unasked.id] is BookingState.ASKED


def test_with_a_seat_for_each_of_those_before_one_is_theirs_at_once(db):
    session = make.session(db, seats=2)
    waits(db, session, short_notice=True)
    unasked = waits(db, session)
    fill(db, session, now=NOW)
    assert (book(db, session, unasked), session.free_seats) == ("booked", 1)
    assert book(db, session, make.person(db)) == "waiting"


def test_in_the_last_hours_whoever_books_has_the_seat_waiting_or_not(db):
    session = make.session(db, seats=2)
    asked, waiting = waits(db, session, short_notice=True), waits(db, session)
    assert fill(db, session, now=LAST_HOURS) == 0
    assert book(db, session, make.person(db), now=LAST_HOURS) == "booked"
    assert book(db, session, asked, now=LAST_HOURS) == "booked"
    with refused(Refusal.ALREADY_WAITING):
        book(db, session, waiting, now=LAST_HOURS)


def test_while_a_call_out_of_the_evening_runs_nobody_goes_past_it(db, one_free):
    asked = waits(db, one_free, short_notice=True)
    fill(db, one_free, now=clock.parse("2027-03-14T19:00"))
    assert book(db, one_free, make.person(db), now=LAST_HOURS) == "waiting"
    answers.accept(db, session_id=one_free.id, person_id=asked.id, now=LAST_HOURS, by=None)
    fill(db, one_free, now=LAST_HOURS)
    assert states(db, one_free)[asked.id] is BookingState.BOOKED


def test_a_seat_in_the_course_is_changed_for_it_and_not_left_unsaid(db, one_free):
    sister = make.session(db, course_id=one_free.course_id, days=[clock.parse("2027-05-10T08:00").date()])
    anna = waits(db, one_free)
    old = seat(db, sister, anna, rank=2)
    with refused(Refusal.COURSE_ALREADY_BOOKED):
        book(db, one_free, anna)
    rebooking.rebook(db, from_session_id=sister.id, to_session_id=one_free.id, person_id=anna.id, now=NOW, by=anna.id)
    assert (old.state, states(db, one_free)[anna.id]) == (BookingState.MOVED, BookingState.BOOKED)


def test_earlier_the_line_has_its_seats_given_and_nobody_takes_one(db, one_free):
    anna = waits(db, one_free)
    with refused(Refusal.ALREADY_WAITING):
        book(db, one_free, anna, now=clock.parse("2027-03-09T10:00"))
    assert freed.to_fill(db, now=NOW) == [one_free.id]
