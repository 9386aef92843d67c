"""Impartiality: nobody decides over a session of a course that they have a seat in, wait for or have applied for."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bookings import precedence
from bookings.models import Booking
from bookings.states import LIVE, Refusal
from courses.models import CourseSession
from lararportal.errors import Refused


def insist(db: Session, session: CourseSession, *, by: int) -> None:
    """Nobody decides in a case of their own (jäv).

    Raises:
        Refused: `by` has a seat in the course of the session, waits for one or has applied for it.
    """
    has_it = exists().where(
        Booking.person_id == by,
        Booking.state.in_(LIVE),
        CourseSession.id == Booking.session_id,
        CourseSession.course_id == session.course_id,
    )
    if db.scalar(select(has_it)) or precedence.wants_course(db, by, session.course_id):
        raise Refused(Refusal.DECIDES_OVER_OWN_SESSION)
