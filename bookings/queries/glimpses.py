"""A doctor's next seat for the start page, and the days of a seat for a calendar."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bookings import seat_calendar
from bookings.models import Booking
from bookings.queries.rows import SessionRow, row_of, sessions_with_course
from bookings.states import BookingState
from courses.models import CourseSession
from lararportal.clock import day_of
from lararportal.errors import NotFound


def next_seat(db: Session, person_id: int, *, now: datetime) -> SessionRow | None:
    """The session that the person comes to next."""
    session = db.scalars(
        sessions_with_course()
        .join(Booking, Booking.session_id == CourseSession.id)
        .where(
            Booking.person_id == person_id,
            Booking.state == BookingState.BOOKED,
            CourseSession.starts_on >= day_of(now),
        )
        .limit(1)
    ).first()
    return row_of(session) if session is not None else None


def my_calendar(db: Session, *, session_id: int, person_id: int, now: datetime) -> str:
    """The days of the person's seat in a session, as iCalendar; the same events that the letter brought.

    Raises:
        NotFound: they have no seat there.
    """
    booking = db.scalars(
        select(Booking)
        .where(Booking.session_id == session_id, Booking.person_id == person_id, Booking.state == BookingState.BOOKED)
        .options(
            joinedload(Booking.session).options(joinedload(CourseSession.course), selectinload(CourseSession.days))
        )
    ).one_or_none()
    if booking is None:
        raise NotFound
    return seat_calendar.put_in(db, (booking, booking.session), now=now)
