"""Nobody waits for a session that takes nobody any more: the portal ends its line, and says so."""

from datetime import date

import pytest
from bookings_room import AFTER, last_facts, line_of, noted, occasions, place, seat, states
from sqlalchemy import select

import make
from auth.states import Category
from bookings import left_over_seats, queries, waitlist
from bookings.models import Booking
from bookings.states import BookingState
from courses import sessions
from courses.states import Publicity
from lararportal import tick

TAKES_NOBODY = [Publicity.ARCHIVED, Publicity.CALLED_OFF]


def end(db, session) -> int:
    db.flush()
    return waitlist.end(db, session.id, now=AFTER, by=None)


@pytest.mark.parametrize("publicity", TAKES_NOBODY)
def test_whoever_waits_for_a_session_that_was_withdrawn_waits_no_more(db, publicity):
    session, other = make.session(db, publicity=publicity), make.session(db)
    persons = [make.person(db) for _ in range(2)]
    waiting = [place(db, session, person) for person in persons]
    place(db, other, persons[0])
    assert waitlist.to_end(db, now=AFTER) == [session.id]
    assert end(db, session) == 2
    assert (line_of(db, session), line_of(db, other)) == ([], [persons[0].id])
    assert states(db, session) == {person.id: BookingState.LEFT for person in persons}
    assert [each.ended_at for each in waiting] == [AFTER, AFTER]
    assert noted(db) == [("line.ended", None, person.id, session.id) for person in persons]
    assert last_facts(db) == {"booking": waiting[1].id, "was_offered": False, "was_asked": False}
    assert occasions(db) == []


def test_who_has_a_seat_keeps_it(db):
    session, person = make.session(db, publicity=Publicity.CALLED_OFF), make.person(db)
    seat(db, session, person)
    assert (waitlist.to_end(db, now=AFTER), end(db, session)) == ([], 0)
    assert states(db, session) == {person.id: BookingState.BOOKED}


@pytest.mark.parametrize("publicity", [Publicity.PUBLISHED, Publicity.DRAFT])
def test_a_line_that_still_means_something_goes_on(db, publicity):
    session, person = make.session(db, publicity=publicity), make.person(db)
    place(db, session, person)
    assert (waitlist.to_end(db, now=AFTER), end(db, session)) == ([], 0)
    assert line_of(db, session) == [person.id]


def test_the_tick_ends_the_line_of_an_archived_session_once_and_the_day_is_free_again(db, database):
    session, person = make.session(db), make.person(db)
    place(db, session, person)
    sessions.archive(db, session_id=session.id, now=AFTER, by=None)
    db.flush()
    done = [tick.run_due(database, now=AFTER)["lines ended"] for _ in range(2)]
    assert done == [1, 0]
    there = make.session(db, days=[session.starts_on])
    booking = left_over_seats.book(db, session_id=there.id, person_id=person.id, now=AFTER, by=person.id)
    assert booking.state is BookingState.BOOKED


@pytest.mark.parametrize(
    ("publicity", "reason"),
    [
        (Publicity.ARCHIVED, "kurstillfället går inte längre att söka"),
        (Publicity.CALLED_OFF, "kurstillfället är inställt"),
    ],
)
def test_ones_page_says_what_happened(db, publicity, reason):
    session, person = make.session(db, publicity=publicity), make.person(db)
    place(db, session, person)
    end(db, session)
    mine = queries.my_courses(db, person.id, now=AFTER)
    assert (mine.places, [(each.state, each.end_reason) for each in mine.past]) == ([], [(BookingState.LEFT, reason)])


def test_a_line_that_outlived_its_session_is_ended_without_a_word(db):
    """Archiving what is over is housekeeping, and nobody was told a place in that line before."""
    session = make.session(db, days=[date(2026, 11, 2)], publicity=Publicity.ARCHIVED)
    person = make.person(db)
    place(db, session, person)
    assert end(db, session) == 1
    assert queries.my_courses(db, person.id, now=AFTER).past == []


def test_who_left_the_line_by_themselves_is_not_told_that_it_ended(db):
    session, person = make.session(db), make.person(db)
    place(db, session, person)
    waitlist.leave(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)
    session.publicity = Publicity.ARCHIVED
    assert end(db, session) == 0
    assert queries.my_courses(db, person.id, now=AFTER).past == []


def test_a_place_that_is_dormant_ends_as_well(db):
    session, person = make.session(db, publicity=Publicity.ARCHIVED), make.person(db, category=Category.SPECIALIST)
    place(db, session, person)
    assert end(db, session) == 1
    assert db.scalars(select(Booking.state)).all() == [BookingState.LEFT]
