"""Putting right: a counter, or the days of a seat, is again what the bookings say, should it ever be another."""

from collections import Counter
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from auth import people
from bookings import noting
from bookings.models import Booking, SeatDay
from bookings.states import SEATED, BookingState
from courses import sessions
from lararportal import journal
from lararportal.errors import NotFound

COUNTERS = ("seats_taken", "seats_offered", "seats_over")


def recount(db: Session, *, session_id: int, now: datetime, by: int | None) -> bool:
    """The counters of the session are what its bookings say; whether one was another.

    Where more have a seat than there are, nobody is put out, and nobody comes until there is room.

    Raises:
        NotFound: there is no such session.
    """
    [session] = sessions.lock(db, [session_id])
    counted = Counter(db.scalars(select(Booking.state).where(Booking.session_id == session_id)))
    before = {name: getattr(session, name) for name in COUNTERS}
    taken, offered = sum(counted[each] for each in SEATED), counted[BookingState.OFFERED]
    session.seats_taken, session.seats_offered = taken, offered
    session.set_seats(session.seats)
    after = {name: getattr(session, name) for name in COUNTERS}
    if before == after:
        return False
    journal.note(db, "audit.recounted", now=now, by=by, session=session_id, before=before, after=after)
    return True


def occupy(db: Session, *, booking_id: int, now: datetime, by: int | None) -> bool:
    """The booking occupies the days of its session if it is a seat, and else none; whether it did not.

    Raises:
        NotFound: there is no such booking.
        Refused: when the person is somewhere else on one of the days.
    """
    found = db.get(Booking, booking_id)
    if found is None:
        raise NotFound
    [session] = sessions.lock(db, [found.session_id])
    people.lock(db, [found.person_id])
    booking = db.get_one(Booking, booking_id, populate_existing=True)
    occupied = set(db.scalars(select(SeatDay.day).where(SeatDay.booking_id == booking_id)))
    needed = {each.day for each in session.days} if booking.state is BookingState.BOOKED else set()
    if occupied == needed:
        return False
    db.execute(delete(SeatDay).where(SeatDay.booking_id == booking_id, SeatDay.day.in_(occupied - needed)))
    db.add_all(SeatDay(person_id=booking.person_id, day=day, booking_id=booking_id) for day in needed - occupied)
    db.flush()
    days = {"added": sorted(map(str, needed - occupied)), "removed": sorted(map(str, occupied - needed))}
    noting.note(db, "audit.occupied", booking, now=now, by=by, **days)
    return True
