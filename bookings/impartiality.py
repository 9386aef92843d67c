"""Impartiality: nobody decides over a session of a course that they have a seat in, wait for or have applied for."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bookings import precedence
from bookings.models import Booking
from bookings.states import LIVE, Refusal
from courses.models import CourseDay, CourseSession
from lararportal.clock import day_of
from lararportal.errors import Refused


def insist(db: Session, session: CourseSession, *, now: datetime, by: int | None) -> None:
    """Nobody decides in a case of their own (jäv). What somebody had in sessions that are over is no gain any more.

    Raises:
        Refused: `by` has a seat in the course of the session, waits for one or has applied for it.
    """
    if by is None:
        return
    is_not_over = exists().where(CourseDay.session_id == CourseSession.id, CourseDay.day >= day_of(now))
    has_it = exists().where(
        Booking.person_id == by,
        Booking.state.in_(LIVE),
        CourseSession.id == Booking.session_id,
        CourseSession.course_id == session.course_id,
        is_not_over,
    )
    if db.scalar(select(has_it)) or precedence.wants_course(db, by, session.course_id):
        raise Refused(Refusal.DECIDES_OVER_OWN_SESSION)


def insist_for(db: Session, session: CourseSession, *, person_id: int, now: datetime, by: int | None) -> None:
    """As `insist`, where somebody acts for another; what one does with one's own seat is nobody else's case.

    Raises:
        Refused: `by` is not the person, and has an interest of their own.
    """
    if by != person_id:
        insist(db, session, now=now, by=by)
