"""Taking and releasing a seat: the only code that changes how many seats of a session are taken."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bookings.models import Booking, SeatDay
from bookings.states import BookingState
from courses.models import CourseSession


def take(db: Session, booking: Booking, session: CourseSession, *, now: datetime) -> None:
    """The booking is a seat, and its days are occupied. The session is locked by the caller.

    Raises:
        Refused: at commit, when the person is somewhere else on one of the days or no seat is free: the database
            is the last guard.
    """
    take_all(db, [(booking, session)], now=now)


def take_all(db: Session, pairs: Sequence[tuple[Booking, CourseSession]], *, now: datetime) -> None:
    """As `take`, for many at once: a round gives hundreds of seats in a few statements."""
    for booking, session in pairs:
        booking.move_to(BookingState.BOOKED, now=now)
        session.seats_taken += 1
        db.add(booking)
    db.flush()
    db.add_all(
        SeatDay(person_id=booking.person_id, day=each.day, booking_id=booking.id)
        for booking, session in pairs
        for each in session.days
    )
    db.flush()


def release(db: Session, booking: Booking, session: CourseSession, *, to: BookingState, now: datetime) -> None:
    """The seat is free and its days too; the booking ends in the given state. The session is locked by the caller."""
    booking.move_to(to, now=now)
    session.seats_taken -= 1
    db.execute(delete(SeatDay).where(SeatDay.booking_id == booking.id))
