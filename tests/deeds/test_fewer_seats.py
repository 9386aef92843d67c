"""Fewer seats than are taken put nobody out, and let nobody in: the database says so too. More are for the line."""

from datetime import timedelta

import pytest
from bookings_room import AFTER, fill, insist_on_invariants, last_facts, line_of, occasions, place, refused, seat
from session_changes_room import change
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import make
from bookings import answers, cancellation, freed, left_over_seats, putting_right, seats, swap_rings, waitlist
from bookings.models import Booking
from bookings.states import BookingState, CancelGround, Origin, Refusal
from lararportal import clock

LATE = clock.parse("2027-03-01T10:00")
"""After the last day to cancel of a session in the middle of March."""
SOON = clock.parse("2027-02-24T10:00")
"""When seats are offered, not given at once."""


@pytest.fixture
def crowded(db):
    """A session of four, all taken, that has become one of two."""
    session = make.session(db, seats=4)
    session.sitting = [make.person(db) for _ in range(4)]
    for person in session.sitting:
        seat(db, session, person)
    return change(db, session, seats=2)


def counts(session):
    return session.seats, session.seats_taken, session.seats_offered, session.seats_over, session.free_seats


def cancel(db, session, person, now=AFTER):
    about = {"session_id": session.id, "person_id": person.id, "reason": "", "ground": CancelGround.ILLNESS}
    return cancellation.cancel(db, **about, now=now, by=person.id)


def test_everybody_keeps_their_seat_and_nobody_has_a_letter(db, crowded):
    assert counts(crowded) == (2, 4, 0, 2, 0)
    assert occasions(db) == []
    insist_on_invariants(db)


def test_counters_that_say_less_are_put_right_and_let_nobody_in(db, crowded):
    db.execute(text("UPDATE course_sessions SET seats_taken = 2, seats_over = 0"))
    db.refresh(crowded)
    assert putting_right.recount(db, session_id=crowded.id, now=AFTER, by=None)
    db.flush()
    assert counts(crowded) == (2, 4, 0, 2, 0)
    assert last_facts(db)["after"] == {"seats_taken": 4, "seats_offered": 0, "seats_over": 2}
    assert not putting_right.recount(db, session_id=crowded.id, now=AFTER, by=None)
    insist_on_invariants(db)


def test_a_seat_given_back_goes_to_nobody_until_there_is_room(db, crowded):
    waiting = make.person(db)
    place(db, crowded, waiting)
    for person in crowded.sitting[:2]:
        cancel(db, crowded, person)
        assert (freed.to_fill(db, now=AFTER), fill(db, crowded)) == ([], 0)
    assert counts(crowded) == (2, 2, 0, 0, 0)
    cancel(db, crowded, crowded.sitting[2])
    assert fill(db, crowded) == 1
    assert (counts(crowded), line_of(db, crowded)) == ((2, 2, 0, 0, 0), [])
    insist_on_invariants(db)


def test_who_books_meanwhile_comes_into_the_line(db, crowded):
    booking = left_over_seats.book(db, session_id=crowded.id, person_id=make.person(db).id, now=AFTER, by=None)
    assert booking.state is BookingState.WAITING


def test_giving_back_a_seat_there_is_no_room_for_is_never_late(db, crowded):
    late = [cancel(db, crowded, person, now=LATE).ended_late for person in crowded.sitting[:3]]
    assert late == [False, False, True]


def test_an_offer_that_was_made_is_kept_and_can_be_accepted(db):
    session = make.session(db, seats=2)
    offered = make.person(db)
    seat(db, session, make.person(db))
    place(db, session, offered, standing_yes=False)
    fill(db, session, now=SOON)
    change(db, session, seats=1, now=SOON)
    assert counts(session) == (1, 1, 1, 1, 0)
    fill(db, session, now=SOON)
    answers.accept(db, session_id=session.id, person_id=offered.id, now=SOON, by=None)
    assert counts(session) == (1, 2, 0, 1, 0)
    assert occasions(db, offered) == ["seat_offered", "seat_from_line"]
    insist_on_invariants(db)


def test_an_offer_that_lapses_makes_the_session_less_crowded(db):
    session = make.session(db, seats=2)
    seat(db, session, make.person(db))
    for _ in range(2):
        place(db, session, make.person(db), standing_yes=False)
    fill(db, session, now=SOON)
    change(db, session, seats=1, now=SOON)
    answers.decline(db, session_id=session.id, person_id=line_of_offers(db, session)[0], now=SOON, by=None)
    assert counts(session) == (1, 1, 0, 0, 0)
    assert fill(db, session, now=SOON) == 0


def line_of_offers(db, session):
    rows = db.query(Booking).filter_by(session_id=session.id, state=BookingState.OFFERED).all()
    return [each.person_id for each in rows]


def test_more_seats_again_are_first_of_all_those_that_are_taken(db, crowded):
    waiting = [make.person(db) for _ in range(2)]
    for person in waiting:
        place(db, crowded, person)
    change(db, crowded, seats=4)
    assert (counts(crowded), fill(db, crowded)) == ((4, 4, 0, 0, 0), 0)
    change(db, crowded, seats=5)
    assert freed.to_fill(db, now=AFTER) == [crowded.id]
    assert (fill(db, crowded), line_of(db, crowded)) == (1, [waiting[1].id])
    insist_on_invariants(db)


def test_who_sits_in_a_crowded_session_may_change_seats_in_a_ring(db, crowded):
    other = make.session(db, of=crowded.course, seats=1, days=[day.day + timedelta(days=30) for day in crowded.days])
    outside = make.person(db)
    seat(db, other, outside)
    place(db, other, crowded.sitting[0])
    place(db, crowded, outside)
    assert swap_rings.close(db, course_id=crowded.course_id, now=AFTER) == 2
    assert (counts(crowded), counts(other)) == ((2, 4, 0, 2, 0), (1, 1, 0, 0, 0))
    insist_on_invariants(db)


def beside(db, session):
    """Somebody takes a seat without asking whether there is one."""
    person = make.person(db)
    booking = waitlist.place(session, person, rank=1, origin=Origin.DIRECT, key=[], now=AFTER)
    seats.take(db, booking, session, now=AFTER)


@pytest.mark.parametrize("given_back", [0, 1, 2])
def test_the_database_lets_nobody_take_a_seat_beside_those_who_were_there(db, crowded, given_back):
    for person in crowded.sitting[:given_back]:
        cancel(db, crowded, person)
    with pytest.raises(IntegrityError, match="ck_course_sessions_seats_taken"):
        beside(db, crowded)


@pytest.mark.parametrize(
    "change_",
    ["seats_taken = seats_taken - 1", "seats_over = 3", "seats_taken = 5", "seats_offered = 1", "seats = 1"],
)
def test_the_database_refuses_a_count_that_does_not_add_up(db, crowded, change_):
    with pytest.raises(IntegrityError, match="ck_course_sessions_seats_taken"):
        db.execute(text(f"UPDATE course_sessions SET {change_} WHERE id = :id"), {"id": crowded.id})


def test_what_is_violated_is_refused_politely(database, crowded, db):
    with refused(Refusal.SESSION_FULL), database.transaction() as other:
        beside(other, other.get_one(type(crowded), crowded.id))


def test_a_cancellation_is_undone_although_it_left_no_free_seat(db, crowded):
    waiting = make.person(db)
    place(db, crowded, waiting)
    cancel(db, crowded, crowded.sitting[0])
    who = {"session_id": crowded.id, "person_id": crowded.sitting[0].id, "now": AFTER, "by": None}
    assert cancellation.undo(db, **who).state is BookingState.BOOKED
    assert counts(crowded) == (2, 4, 0, 2, 0)
    again = AFTER + timedelta(minutes=1)
    for person in crowded.sitting[:3]:
        cancel(db, crowded, person, now=again)
    assert (fill(db, crowded, now=again), line_of(db, crowded)) == (1, [])
    with refused(Refusal.SEAT_GIVEN_ON):
        cancellation.undo(db, **who | {"now": again})
    insist_on_invariants(db)


def test_seats_that_are_added_again_are_for_the_line_and_not_for_an_undo(db):
    session, leaving = make.session(db, seats=1), make.person(db)
    seat(db, session, leaving)
    places = [place(db, session, make.person(db)) for _ in range(2)]
    cancel(db, session, leaving)
    fill(db, session)
    change(db, session, seats=2)
    with refused(Refusal.SEAT_GIVEN_ON):
        cancellation.undo(db, session_id=session.id, person_id=leaving.id, now=AFTER, by=leaving.id)
    assert (fill(db, session), [each.state for each in places]) == (1, [BookingState.BOOKED] * 2)
