"""Impartiality: nobody decides over a course that they have a seat in, wait for or have applied for."""

from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from bookings.models import Application, Booking, Choice, Round
from bookings.states import LIVE, ApplicationState, Refusal, RoundState
from courses.models import Course, CourseSession
from lararportal.clock import day_of
from lararportal.errors import Refused


def insist(db: Session, decided: Course | CourseSession, *, now: datetime, by: int | None) -> None:
    """Nobody decides in a case of their own (jäv). What somebody had in sessions that are over is no gain any more.

    Raises:
        Refused: `by` has a seat in the course, or that of the session, waits for one or has applied for it.
    """
    course_id = decided.id if isinstance(decided, Course) else decided.course_id
    if by is not None and course_id in _courses_of(db, by, now=now):
        raise Refused(Refusal.DECIDES_OVER_OWN_SESSION)


def insist_for(db: Session, session: CourseSession, *, person_id: int, now: datetime, by: int | None) -> None:
    """As `insist`, where somebody acts for another; what one does with one's own seat is nobody else's case.

    Raises:
        Refused: `by` is not the person, and has an interest of their own.
    """
    if by != person_id:
        insist(db, session, now=now, by=by)


def insist_between(db: Session, *, person_id: int, now: datetime, by: int | None) -> None:
    """As `insist`, where it is about what somebody hears of us or is known as, whatever the course.

    Raises:
        Refused: `by` is somebody else, and both have, want or have applied for the same course.
    """
    if by is None or by == person_id:
        return
    if _courses_of(db, by, now=now) & _courses_of(db, person_id, now=now):
        raise Refused(Refusal.SAME_COURSE_WANTED)


def _courses_of(db: Session, person_id: int, *, now: datetime) -> set[int]:
    """The courses that somebody has a seat in, waits for or has applied for, in sessions that are not over."""
    is_not_over = CourseSession.last_day >= day_of(now)
    has = select(CourseSession.course_id).join(Booking, Booking.session_id == CourseSession.id)
    applies = (
        select(CourseSession.course_id)
        .join(Choice, Choice.session_id == CourseSession.id)
        .join(Application, Application.id == Choice.application_id)
        .join(Round, Round.id == Application.round_id)
    )
    return set(
        db.scalars(
            union(
                has.where(Booking.person_id == person_id, Booking.state.in_(LIVE), is_not_over),
                applies.where(
                    Application.person_id == person_id,
                    Application.state == ApplicationState.SUBMITTED,
                    Round.state != RoundState.PUBLISHED,
                ),
            )
        )
    )
