"""Who is expected: whoever has a seat in a published session, and so is called to it and reminded to prepare."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.states import SEATED
from courses.models import CourseSession
from courses.states import Publicity


def seats(db: Session, *where: ColumnElement[bool]) -> list[int]:
    """The seats of those who are expected and of whom, or of whose session, all of this is true."""
    return list(
        db.scalars(
            select(Booking.id)
            .join(CourseSession, CourseSession.id == Booking.session_id)
            .where(CourseSession.publicity == Publicity.PUBLISHED, Booking.state.in_(SEATED), *where)
            .order_by(Booking.id)
        )
    )


def is_expected(booking: Booking, session: CourseSession) -> bool:
    """Whether that is so of a booking in its session."""
    return booking.state in SEATED and session.publicity is Publicity.PUBLISHED
