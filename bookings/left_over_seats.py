"""Left-over seats: what no round gives and nobody waits for is booked directly, first come, first served."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import facts, letters, seats, waitlist
from bookings.models import Booking
from bookings.rules import seats as rules
from bookings.states import Origin
from courses import sessions
from courses.models import CourseSession
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import Refused


def book(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> Booking:
    """The person has a seat; or, when none is free or somebody waits who would take it, a place in line.

    Raises:
        Refused: the rules of `bookings.rules.seats.may_book` say no.
    """
    [session] = sessions.lock(db, [session_id])
    [person] = people.lock(db, [person_id])
    bookings = facts.live_bookings(db, [person_id])[person_id]
    round_ = facts.round_of(db, session_id)
    target = facts.target(session, session.course, round_)
    today = day_of(now)
    refusal = rules.may_book(
        facts.participant(person, bookings, today=today),
        target,
        facts.holdings(bookings, today=today),
        now=now,
        today=today,
    )
    if refusal is not None:
        raise Refused(refusal, opens=target.booking_opens_at)
    if session.free_seats < 1 or waitlist.somebody_goes_before(db, session, person_id=person_id, now=now):
        return waitlist.enter(db, session, person, bookings, round_, now=now, by=by)
    return _seat(db, session, person, rank=waitlist.next_rank(bookings), now=now, by=by)


def _seat(
    db: Session, session: CourseSession, person: Person, *, rank: int, now: datetime, by: int | None
) -> Booking:
    booking = waitlist.place(session, person, rank=rank, origin=Origin.DIRECT, key=[], now=now)
    seats.take(db, booking, session, now=now)
    journal.note(db, "seat.booked", now=now, by=by, person=person.id, session=session.id, booking=booking.id)
    letters.seat_booked(db, booking, person=person, session=session, now=now)
    return booking
