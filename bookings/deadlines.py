"""A time to answer, to an offer or about a choice: it is half over, and somebody is reminded; or it has passed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.rules.answer_time import remind_at
from bookings.states import BookingState
from courses.models import CourseSession


def half_way(db: Session, *, state: BookingState, now: datetime) -> list[int]:
    """Those in this state that nobody has answered half-way or been reminded of, by booking.

    Whoever had a letter because the session was moved is reminded half-way between that and the end.
    """
    unanswered = db.execute(
        select(Booking, CourseSession.moved_at)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(Booking.state == state, Booking.reminded_at.is_(None), Booking.answer_by > now)
        .order_by(Booking.answer_by, Booking.id)
    )
    return [
        each.id
        for each, moved_at in unanswered
        if each.asked_at
        and each.answer_by
        and remind_at(asked_at=max(each.asked_at, moved_at or each.asked_at), answer_by=each.answer_by) <= now
    ]


def passed(db: Session, *, state: BookingState, now: datetime) -> list[int]:
    """Those in this state whose time to answer has passed, by booking."""
    return list(
        db.scalars(
            select(Booking.id)
            .where(Booking.state == state, Booking.answer_by < now)
            .order_by(Booking.answer_by, Booking.id)
        )
    )
