"""A doctor's next seat and answer for the start page, and the days of a seat for a calendar."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from bookings import seat_calendar
from bookings.models import Booking
from bookings.queries.rows import ROWS, SessionRow, rows_of
from bookings.states import ANSWERABLE, BookingState
from courses.models import COURSE_AND_DAYS, Course, CourseSession
from lararportal import columns
from lararportal.clock import day_of
from lararportal.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something that somebody has still to answer, or to choose, and until when."""

    course_title: str
    state: BookingState
    answer_by: datetime


# Asked by the page that most come to first, and therefore put together once.
_QUESTION = (
    select(Course.title, Booking.state, Booking.answer_by)
    .join(CourseSession, CourseSession.course_id == Course.id)
    .join(Booking, Booking.session_id == CourseSession.id)
    .where(
        Booking.person_id == bindparam("person_id"),
        Booking.state.in_((*ANSWERABLE, BookingState.MUST_CHOOSE)),
        Booking.answer_by >= bindparam("now"),
        or_(Booking.state != BookingState.ASKED, Booking.yes_at.is_(None)),
    )
    .order_by(Booking.answer_by, Booking.id)
    .limit(1)
)
_NEXT_SEAT = (
    ROWS.join(Booking, Booking.session_id == CourseSession.id)
    .where(
        Booking.person_id == bindparam("person_id"),
        Booking.state == BookingState.BOOKED,
        CourseSession.starts_on >= bindparam("today"),
    )
    .limit(1)
)


def next_question(db: Session, person_id: int, *, now: datetime) -> Question | None:
    """What the person has to answer or choose before anything else; a yes in a call-out is an answer."""
    rows = columns.read(db, _QUESTION, {"person_id": person_id, "now": now})
    found = (
        Question(course_title=row.title, state=row.state, answer_by=row.answer_by) for row in rows if row.answer_by
    )
    return next(found, None)


def next_seat(db: Session, person_id: int, *, now: datetime) -> SessionRow | None:
    """The session that the person comes to next."""
    found = rows_of(columns.read(db, _NEXT_SEAT, {"person_id": person_id, "today": day_of(now)}))
    return found[0] if found else None


def my_calendar(db: Session, *, session_id: int, person_id: int, now: datetime) -> str:
    """The days of the person's seat in a session, as iCalendar; the same events that the letter brought.

    Raises:
        NotFound: they have no seat there.
    """
    booking = db.scalars(
        select(Booking)
        .where(Booking.session_id == session_id, Booking.person_id == person_id, Booking.state == BookingState.BOOKED)
        .options(joinedload(Booking.session).options(*COURSE_AND_DAYS))
    ).one_or_none()
    if booking is None:
        raise NotFound
    return seat_calendar.put_in(db, (booking, booking.session), now=now)
