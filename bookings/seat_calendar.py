"""A seat in somebody's calendar: its days are put there by the letter or the file that brings it, and taken out."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings.models import Booking
from courses.models import CourseSession
from lararportal import calendars
from lararportal.calendars import CourseEvent

Seat = tuple[Booking, CourseSession]
"""A booking with its session, whose course and days are loaded."""


def put_in(db: Session, *seats: Seat, now: datetime) -> str:
    """The days of these seats as something to put into a calendar."""
    return calendars.invitation([day for seat in seats for day in _days(db, seat)], now=now)


def take_out(db: Session, seat: Seat, *, now: datetime) -> str:
    """The days of a seat that was given up: a calendar that knows them removes them."""
    return calendars.cancellation(_days(db, seat), now=now)


def _days(db: Session, seat: Seat) -> list[CourseEvent]:
    booking, session = seat
    url = f"{db.info['portal_url']}/tillfallen/{session.id}"
    return [
        CourseEvent(
            uid=f"seat-{booking.id}-{each.day:%Y%m%d}@lararportal",
            day=each.day,
            starts=each.starts,
            ends=each.ends,
            title=session.course.title,
            place=session.place,
            url=url,
            sequence=booking.calendar_sequence,
        )
        for each in session.days
    ]
