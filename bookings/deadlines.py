"""A time to answer, to an offer or about a choice: it is half over, and somebody is reminded; or it has passed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.rules.answer_time import remind_at
from bookings.states import BookingState


def half_way(db: Session, *, state: BookingState, now: datetime) -> list[int]:
    """Those in this state that nobody has answered half-way or been reminded of, by booking."""
    unanswered = db.scalars(
        select(Booking)
        .where(Booking.state == state, Booking.reminded_at.is_(None), Booking.answer_by > now)
        .order_by(Booking.answer_by, Booking.id)
    )
    return [
        each.id
        for each in unanswered
        if each.asked_at and each.answer_by and remind_at(asked_at=each.asked_at, answer_by=each.answer_by) <= now
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
