"""Cancellation: a seat is given back, and belongs to the next in line."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from bookings import facts, letters, seats, waitlist
from bookings.models import Booking
from bookings.rules import seats as rules
from bookings.states import BookingState, Refusal
from courses import sessions
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import Refused


def cancel(db: Session, *, session_id: int, person_id: int, reason: str, now: datetime, by: int | None) -> Booking:
    """The seat is free, and the person has a letter about it; whether it was late is recorded with the reason.

    Raises:
        NotFound: there is no such session or person.
        Refused: the person has no seat there, or the session has begun.
    """
    [session] = sessions.lock(db, [session_id])
    [person] = people.lock(db, [person_id])
    booking = waitlist.live(db, session_id=session_id, person_id=person_id)
    if booking is None or booking.state is not BookingState.BOOKED:
        raise Refused(Refusal.NOT_BOOKED)
    refusal = rules.may_cancel(starts_on=session.starts_on, today=day_of(now))
    if refusal is not None:
        raise Refused(refusal)
    booking.ended_late = facts.is_late(booking, session, now=now)
    booking.end_reason = reason
    seats.release(db, booking, session, to=BookingState.CANCELLED, now=now)
    journal.note(
        db,
        "seat.cancelled",
        now=now,
        by=by,
        person=person_id,
        session=session_id,
        booking=booking.id,
        late=booking.ended_late,
    )
    letters.seat_cancelled(db, booking, person=person, session=session, by=by, now=now)
    return booking
