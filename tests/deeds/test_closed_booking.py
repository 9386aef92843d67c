"""Booking of a session is closed before its time: nobody new comes, and who waits goes on waiting."""

from datetime import date

import pytest
from bookings_room import AFTER, fill, last_facts, line_of, noted, occasions, place, refused, seat, set_free, told
from calling_off_room import call_off

import make
from bookings import left_over_seats, rebooking, waitlist
from bookings.minimum import free_seats, invitations
from bookings.rules.minimum import Audience
from bookings.states import BookingState
from bookings.states import Refusal as BookingRefusal
from courses import closing
from courses.states import Publicity, Refusal
from lararportal import clock

WHY = "Vi flyttar deltagarna till ett annat tillfälle."


@pytest.fixture
def closed(db):
    session = make.session(db, seats=2)
    seat(db, session, make.person(db))
    close(db, session)
    return session


def close(db, session, reason=WHY):
    closing.close_booking(db, session_id=session.id, reason=reason, now=AFTER, by=None)
    db.flush()


@pytest.mark.parametrize("way", [left_over_seats.book, waitlist.join])
def test_nobody_new_books_or_joins_and_they_read_why(db, closed, way):
    with refused(BookingRefusal.BOOKING_CLOSED, why=WHY):
        way(db, session_id=closed.id, person_id=make.person(db).id, now=AFTER, by=None)


def test_nobody_changes_a_seat_for_one_there(db, closed):
    elsewhere, person = make.session(db, of=closed.course), make.person(db)
    seat(db, elsewhere, person)
    with refused(BookingRefusal.BOOKING_CLOSED):
        rebooking.rebook(
            db, from_session_id=elsewhere.id, to_session_id=closed.id, person_id=person.id, now=AFTER, by=None
        )


def test_who_waits_keeps_the_place_and_gets_what_comes_free(db, full):
    first, second = make.person(db), make.person(db)
    for person in (first, second):
        place(db, full, person)
    close(db, full)
    assert line_of(db, full) == [first.id, second.id]
    set_free(db, full)
    assert (fill(db, full), line_of(db, full)) == (1, [second.id])


@pytest.mark.parametrize("has_seat_elsewhere", [False, True])
def test_who_waits_takes_what_is_free_in_the_last_days_and_nobody_else_does(db, closed, has_seat_elsewhere):
    person, sister = make.person(db), make.session(db, of=closed.course, days=[date(2027, 5, 3)])
    waiting = place(db, closed, person)
    who = {"person_id": person.id, "now": clock.parse("2027-03-11T10:00"), "by": person.id}
    if has_seat_elsewhere:
        seat(db, sister, person, rank=2)
        rebooking.rebook(db, from_session_id=sister.id, to_session_id=closed.id, **who)
    else:
        left_over_seats.book(db, session_id=closed.id, **who)
    assert waiting.state is BookingState.BOOKED
    with refused(BookingRefusal.BOOKING_CLOSED, why=WHY):
        left_over_seats.book(db, session_id=closed.id, **{**who, "person_id": make.person(db).id})


def test_it_is_noted_with_its_reason_and_opened_again(db, closed):
    assert (noted(db)[-1][0], last_facts(db)) == ("session.booking_closed", {"reason": WHY})
    closing.reopen_booking(db, session_id=closed.id, now=AFTER, by=None)
    booking = left_over_seats.book(db, session_id=closed.id, person_id=make.person(db).id, now=AFTER, by=None)
    assert booking.state is BookingState.BOOKED
    assert closed.booking_closed_reason == ""
    with refused(Refusal.BOOKING_NOT_CLOSED):
        closing.reopen_booking(db, session_id=closed.id, now=AFTER, by=None)


def test_it_is_closed_once_with_a_reason_and_while_it_can_be_booked(db, closed):
    with refused(Refusal.BOOKING_CLOSED_ALREADY):
        close(db, closed)
    with refused(Refusal.CLOSING_WITHOUT_REASON):
        close(db, make.session(db), reason="  ")
    with refused(Refusal.NOT_IN_THIS_STATE):
        close(db, make.session(db, publicity=Publicity.DRAFT))


def test_nobody_is_invited_to_it(db, closed, office):
    closed.minimum, closed.course.objectives_2015 = 2, ["a5"]
    sister = make.session(db, of=closed.course, days=[date(2027, 5, 3)], seats=1)
    place(db, sister, anna := make.person(db))
    free_seats.ask(db, course_id=closed.course_id, person_id=anna.id, now=AFTER, by=anna.id)
    db.flush()
    for audience in Audience:
        assert invitations.reach(db, session_id=closed.id, audience=audience, now=AFTER).persons == []
        with refused(BookingRefusal.BOOKING_CLOSED, why=WHY):
            invitations.invite(db, session_id=closed.id, audience=audience, saw="", now=AFTER, by=office.id)
    assert occasions(db, anna) == []


def test_nobody_is_moved_there_nor_told_of_it_when_another_session_is_called_off(db, closed, office):
    other = make.session(db, of=closed.course, days=[date(2027, 5, 3)])
    seat(db, other, anna := make.person(db))
    place(db, other, sara := make.person(db))
    assert [each.to for each in call_off(db, other, office).fates] == [None]
    assert [f"/tillfallen/{closed.id}" in told(db, each) for each in (anna, sara)] == [False, False]
    assert line_of(db, closed) == []
