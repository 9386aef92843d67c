"""Where a free seat is to be given to the line: asked after each deed and each minute, of all sessions at once."""

from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from bookings import in_line
from bookings.models import Booking
from bookings.rules.answer_time import needs_short_notice
from bookings.rules.line import would_leave
from bookings.states import IN_LINE, BookingState
from courses.models import CourseSession
from courses.states import Publicity
from lararportal.clock import day_of

SOMEBODY_WAITS = exists().where(Booking.session_id == CourseSession.id, Booking.state.in_(IN_LINE))
SOMEBODY_IS_ASKED = exists().where(Booking.session_id == CourseSession.id, Booking.state == BookingState.ASKED)
"""Of a session."""


def to_fill(db: Session, *, now: datetime) -> list[int]:
    """The sessions ahead with a free seat that somebody in line would take, or where somebody has still to answer.

    A call-out of the evening before ends on the first day, and is looked at whatever day it is. In the last days
    whoever waits is asked, and what comes of it is looked at one by one.
    """
    today = day_of(now)
    is_ahead = CourseSession.starts_on > today
    is_open = or_(and_(is_ahead, CourseSession.seats_offered > 0), SOMEBODY_IS_ASKED)
    rows = db.execute(
        select(CourseSession.id, CourseSession.starts_on, is_open)
        .where(
            CourseSession.publicity == Publicity.PUBLISHED,
            or_(and_(is_ahead, CourseSession.free_seats > 0, SOMEBODY_WAITS), is_open),
        )
        .order_by(CourseSession.id)
    ).all()
    by_itself = {key for key, starts, open_ in rows if open_ or needs_short_notice(starts_on=starts, today=today)}
    lines = {key for key, _, _ in rows} - by_itself
    # Most free seats that somebody waits for are wanted by nobody: a place is kept where it would not be taken.
    waiters = in_line.line(db, lines, today=today) if lines else {}
    wanted = {key for key in lines if any(would_leave(each) is not None for each in waiters.get(key, []))}
    return [key for key, _, _ in rows if key in by_itself or key in wanted]
