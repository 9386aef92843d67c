"""What is posted about the funding of a resident's seat."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth.models import Person
from bookings import seat_calendar
from bookings.models import Booking
from courses.models import CourseSession
from lararportal import outbox


def funding_missing(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    released_at: datetime | None,
    now: datetime,
) -> None:
    """Nobody has said yet that your seat is paid for; by when it must be, and when it is released if it ever is."""
    outbox.post(
        db,
        "funding_missing",
        to=person.recipient,
        once=f"funding_missing:{booking.id}:{now:%Y%m%d%H%M%S%f}",
        now=now,
        about=booking.id,
        session=session,
        released_at=released_at,
    )


def seat_unfunded(db: Session, booking: Booking, *, person: Person, session: CourseSession, now: datetime) -> None:
    """Your seat was released, because nobody had said in time that it is paid for."""
    outbox.post(
        db,
        "seat_unfunded",
        to=person.recipient,
        once=f"seat_unfunded:{booking.id}:{now:%Y%m%d%H%M%S%f}",
        now=now,
        about=booking.id,
        calendars=seat_calendar.take_out(db, (booking, session), now=now),
        session=session,
    )
