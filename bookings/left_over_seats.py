"""Left-over seats: what no round gives and nobody waits for is booked directly, first come, first served."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings import asking, letters, noting, seats, waitlist
from bookings.asking import Asking
from bookings.models import Booking
from bookings.rules import seats as rules
from bookings.states import Origin


def book(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> Booking:
    """The person has a seat; or, when none is free or somebody waits who would take it, a place in line.

    Raises:
        Refused: the rules of `bookings.rules.seats.may_book` say no.
    """
    asked = asking.hold(db, session_id=session_id, person_id=person_id, now=now)
    asked.insist(rules.may_book)
    session = asked.session
    if session.free_seats < 1 or waitlist.somebody_goes_before(db, session, person_id=person_id, now=now):
        return waitlist.enter(db, asked, by=by)
    return _seat(db, asked, by=by)


def _seat(db: Session, asked: Asking, *, by: int | None) -> Booking:
    session, person, now = asked.session, asked.person, asked.now
    rank = waitlist.next_rank(asked.bookings)
    booking = waitlist.place(session, person, rank=rank, origin=Origin.DIRECT, key=[], now=now)
    seats.take(db, booking, session, now=now)
    noting.note(db, "seat.booked", booking, now=now, by=by)
    letters.seat_booked(db, booking, person=person, session=session, now=now)
    return booking
