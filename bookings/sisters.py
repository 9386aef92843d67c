"""Sisters: the other sessions of a course that have seats to give now, for whoever wants or needs another one."""

from datetime import date

from sqlalchemy import ColumnElement

from bookings import rounds
from courses.models import CourseSession
from courses.states import Publicity


def of(session: CourseSession, *, today: date) -> tuple[ColumnElement[bool], ...]:
    """What a row is when it is a sister: ahead, published, open to new people, and waiting for no round."""
    return (
        CourseSession.course_id == session.course_id,
        CourseSession.id != session.id,
        CourseSession.publicity == Publicity.PUBLISHED,
        CourseSession.starts_on > today,
        CourseSession.booking_closed_at.is_(None),
        CourseSession.id.not_in(rounds.sessions_to_be_given()),
    )
