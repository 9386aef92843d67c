"""Left-over seats: booked directly, first come, first served; or, when there is none to be had, a place in line."""

from datetime import date, timedelta

import pytest
from bookings_room import (
    AFTER,
    OPENS,
    days_of,
    insist_on_invariants,
    last_facts,
    letter,
    line_of,
    noted,
    occasions,
    place,
    published,
    refused,
    seat,
    states,
)
from sqlalchemy import select

import make
from auth.states import Category, Standing
from bookings import left_over_seats, seats
from bookings.models import Booking, SeatDay
from bookings.rules.allocation import lottery
from bookings.states import LATE, BookingState, Origin, Refusal, RoundState
from courses.models import Course
from courses.states import Publicity
from lararportal.errors import NotFound


def book(db, session, person, now=AFTER) -> Booking:
    return left_over_seats.book(db, session_id=session.id, person_id=person.id, now=now, by=person.id)


def test_a_free_seat_is_booked(db):
    session, person = make.session(db), make.person(db)
    booking = book(db, session, person)
    assert (booking.state, booking.origin, booking.booked_at) == (BookingState.BOOKED, Origin.DIRECT, AFTER)
    assert session.seats_taken == 1
    assert days_of(db, person) == [date(2027, 3, 15), date(2027, 3, 16)]
    assert noted(db) == [("seat.booked", person.id, person.id, session.id)]
    assert last_facts(db) == {"booking": booking.id, "struck": []}
    assert occasions(db) == ["seat_booked"]
    assert len(letter(db, person).calendars) == 1
    insist_on_invariants(db)


def test_a_full_session_gives_a_place_in_line(db):
    session, person = make.session(db, seats=1), make.person(db)
    seat(db, session, make.person(db))
    booking = book(db, session, person)
    assert (booking.state, booking.origin, booking.wave) == (BookingState.WAITING, Origin.LINE, LATE)
    assert (booking.booked_at, booking.joined_at) == (None, AFTER)
    assert days_of(db, person) == []
    assert noted(db) == [("line.joined", person.id, person.id, session.id)]
    assert last_facts(db) == {"booking": booking.id, "position": 1}
    assert occasions(db) == ["place_in_line"]
    assert letter(db, person).calendars == []
    insist_on_invariants(db)


def test_a_free_seat_belongs_to_who_waits_for_it(db):
    session, waiting, person = make.session(db), make.person(db), make.person(db)
    place(db, session, waiting)
    assert book(db, session, person).state is BookingState.WAITING
    assert line_of(db, session) == [waiting.id, person.id]


def test_a_free_seat_that_nobody_in_line_would_take_is_booked(db):
    course = make.course(db)
    session, better = make.session(db, of=course), make.session(db, of=course, days=[date(2027, 5, 3)])
    content, person = make.person(db), make.person(db)
    seat(db, better, content, rank=1)
    place(db, session, content, rank=2)
    assert book(db, session, person).state is BookingState.BOOKED


def test_the_last_seat_is_booked_and_the_next_person_waits(db):
    session, first, second = make.session(db, seats=1), make.person(db), make.person(db)
    assert [book(db, session, person).state for person in (first, second)] == [
        BookingState.BOOKED,
        BookingState.WAITING,
    ]
    assert states(db, session) == {first.id: BookingState.BOOKED, second.id: BookingState.WAITING}


def test_after_a_seat_was_given_back_it_can_be_booked_again_by_the_same_person(db):
    session, person = make.session(db), make.person(db)
    first = book(db, session, person)
    seats.release(db, first, session, to=BookingState.CANCELLED, now=AFTER)
    assert book(db, session, person).id != first.id
    assert occasions(db, person) == ["seat_booked", "seat_booked"]
    insist_on_invariants(db)


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        pytest.param(
            lambda _db, s, _p: setattr(s, "publicity", Publicity.DRAFT), Refusal.SESSION_NOT_OPEN, id="draft"
        ),
        pytest.param(
            lambda _db, s, _p: setattr(s, "publicity", Publicity.ARCHIVED), Refusal.SESSION_NOT_OPEN, id="archived"
        ),
        pytest.param(
            lambda _db, s, _p: setattr(s.course, "publicity", Publicity.DRAFT),
            Refusal.SESSION_NOT_OPEN,
            id="draft of a course",
        ),
        pytest.param(
            lambda _db, _s, p: setattr(p, "standing", Standing.PENDING), Refusal.PROFILE_NOT_CONFIRMED, id="pending"
        ),
        pytest.param(
            lambda _db, _s, p: setattr(p, "category", None), Refusal.PROFILE_NOT_CONFIRMED, id="no participant"
        ),
        pytest.param(
            lambda _db, _s, p: setattr(p, "category", Category.SPECIALIST),
            Refusal.NOT_IN_TARGET_GROUP,
            id="not for specialists",
        ),
        pytest.param(
            lambda db, s, p: seat(db, make.session(db, of=s.course, days=[date(2026, 11, 2)]), p),
            Refusal.COURSE_TAKEN_BEFORE,
            id="taken before",
        ),
        pytest.param(lambda db, s, _p: make.round_of(db, s), Refusal.SESSION_IN_ROUND, id="in an open round"),
        pytest.param(
            lambda db, s, _p: make.round_of(db, s, state=RoundState.ALLOCATED),
            Refusal.SESSION_IN_ROUND,
            id="in a round that is drawn up",
        ),
        pytest.param(seat, Refusal.ALREADY_BOOKED, id="booked"),
        pytest.param(place, Refusal.ALREADY_WAITING, id="waiting"),
        pytest.param(
            lambda db, s, p: seat(db, make.session(db, of=s.course, days=[date(2027, 6, 1)]), p),
            Refusal.COURSE_ALREADY_BOOKED,
            id="booked in the course",
        ),
        pytest.param(
            lambda db, s, p: seat(db, make.session(db, days=[s.starts_on]), p),
            Refusal.DAY_TAKEN,
            id="booked that day",
        ),
        pytest.param(
            lambda db, s, p: place(db, make.session(db, days=[s.starts_on]), p),
            Refusal.DAY_WAITED_FOR,
            id="waiting for that day",
        ),
    ],
)
def test_why_a_seat_is_refused(db, prepare, reason):
    course = make.course(db)
    session, person = make.session(db, of=course), make.person(db)
    session.course = course
    prepare(db, session, person)
    taken = session.seats_taken
    db.flush()
    with refused(reason):
        book(db, session, person)
    assert session.seats_taken == taken
    assert occasions(db, person) == []


@pytest.mark.parametrize(
    ("have", "days", "reason"),
    [
        pytest.param(seat, [date(2027, 3, 16), date(2027, 3, 17)], Refusal.DAY_TAKEN, id="a seat that day"),
        pytest.param(place, [date(2027, 3, 16)], Refusal.DAY_WAITED_FOR, id="a place in line for that day"),
        pytest.param(seat, [date(2027, 6, 1)], Refusal.COURSE_ALREADY_BOOKED, id="a seat in the course"),
    ],
)
def test_what_stands_in_the_way_is_named(db, have, days, reason):
    session, person = make.session(db), make.person(db)
    of = session.course_id if reason is Refusal.COURSE_ALREADY_BOOKED else make.course(db, title="Etik").id
    have(db, make.session(db, days=[date(2027, 9, 1)]), person)
    have(db, make.session(db, course_id=of, days=days), person)
    title = db.get_one(Course, of).title
    with refused(reason, other=title, other_days=days):
        book(db, session, person)


def test_seats_of_a_published_round_are_booked_when_the_respite_is_over(db):
    session, person = make.session(db, seats=2), make.person(db)
    round_ = published(db, {make.person(db): [session]})
    with refused(Refusal.BOOKING_NOT_YET_OPEN, opens=round_.booking_opens_at):
        book(db, session, person, now=round_.booking_opens_at - timedelta(seconds=1))
    assert book(db, session, person, now=round_.booking_opens_at).state is BookingState.BOOKED


def test_a_session_that_begins_today_is_not_booked(db):
    session = make.session(db, days=[date(2027, 1, 15)])
    with refused(Refusal.SESSION_STARTED):
        book(db, session, make.person(db))


def test_a_session_or_a_person_that_does_not_exist_is_not_found(db):
    session, person = make.session(db), make.person(db)
    with pytest.raises(NotFound):
        left_over_seats.book(db, session_id=10**6, person_id=person.id, now=AFTER, by=None)
    with pytest.raises(NotFound):
        left_over_seats.book(db, session_id=session.id, person_id=10**6, now=AFTER, by=None)


def test_who_comes_after_the_round_stands_behind_who_applied_in_it_in_the_same_order(db):
    session = make.session(db, seats=1)
    near, far = make.person(db, planned_end=date(2027, 8, 1)), make.person(db, planned_end=date(2031, 1, 1))
    first, in_time = make.person(db, planned_end=date(2027, 2, 1)), make.person(db, planned_end=date(2031, 9, 1))
    round_ = published(db, {first: [session], in_time: [session]})
    booked = [book(db, session, person) for person in (far, near)]
    assert line_of(db, session) == [in_time.id, near.id, far.id]
    for person, booking in zip((far, near), booked, strict=True):
        lot = lottery.lot(bytes.fromhex(round_.seed), term="2027-1", person=person.pseudonym)
        assert booking.key[5] == lot


def test_without_a_round_equals_stand_in_the_order_they_came(db):
    session = make.session(db, seats=1)
    seat(db, session, make.person(db))
    persons = [make.person(db) for _ in range(3)]
    for number, person in enumerate(reversed(persons)):
        book(db, session, person, now=AFTER + timedelta(seconds=number))
    assert line_of(db, session) == [person.id for person in reversed(persons)]


def test_two_seats_for_one_person_in_a_session_are_refused_by_the_database(db, database):
    session, person = make.session(db), make.person(db)
    seat(db, session, person)
    with refused(Refusal.ALREADY_BOOKED), database.transaction() as own:
        seat(own, own.merge(session, load=False), person)


def test_two_seats_on_one_day_are_refused_by_the_database(db, database):
    session, person = make.session(db), make.person(db)
    seat(db, make.session(db), person)
    with refused(Refusal.DAY_TAKEN_MEANWHILE), database.transaction() as own:
        seat(own, own.merge(session, load=False), person)


def test_more_seats_than_there_are_are_refused_by_the_database(db, database):
    session = make.session(db, seats=1)
    seat(db, session, make.person(db))
    late = make.person(db)
    with refused(Refusal.SESSION_FULL), database.transaction() as own:
        seat(own, own.merge(session, load=False), late)


@pytest.mark.parametrize("booked_before", [0, 3])
def test_how_many_statements_a_booking_takes(db, queries, booked_before):
    """Beside these there is the visitor of the request."""
    person = make.person(db)
    for number in range(booked_before):
        seat(db, make.session(db, days=[date(2027, 6, 1 + number)]), person)
    session = make.session(db)
    db.flush()
    db.expunge_all()
    queries.reset()
    book(db, session, person, now=OPENS)
    db.flush()
    assert queries.count == 5


def test_a_seat_of_a_long_course_has_all_its_days(db):
    days = [date(2027, 4, 1) + timedelta(days=at) for at in range(12)]
    booking = book(db, make.session(db, days=days), make.person(db))
    assert db.scalars(select(SeatDay.day).where(SeatDay.booking_id == booking.id).order_by(SeatDay.day)).all() == days


@pytest.mark.parametrize("waiting", [0, 5])
def test_how_many_statements_a_place_in_line_takes(db, queries, waiting):
    session = make.session(db, seats=1)
    seat(db, session, make.person(db))
    for _ in range(waiting):
        place(db, session, make.person(db))
    person = make.person(db)
    db.flush()
    db.expunge_all()
    queries.reset()
    book(db, session, person, now=OPENS)
    db.flush()
    assert queries.count == 4
