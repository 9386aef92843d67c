"""What giving a seat back means today: what it costs, what a change takes along, and whether it can be undone."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bookings import facts
from bookings.models import Booking
from bookings.rules import late_fee
from bookings.rules import seats as rules
from bookings.rules.late_fee import FeeSteps
from bookings.states import CancelGround, Refusal
from courses.models import CourseSession
from lararportal.clock import day_of


def fee_percent(
    booking: Booking, session: CourseSession, *, ground: CancelGround | None, steps: FeeSteps, now: datetime
) -> int | None:
    """What it would cost to give the seat back now, for this reason; None where nothing is charged for anything."""
    return late_fee.fee_percent(
        steps,
        is_late=facts.is_late(booking, session, now=now),
        ground=ground,
        starts_on=session.starts_on,
        bound_days=booking.bound_days,
        today=day_of(now),
    )


def bound_days(left: Collection[tuple[Booking, CourseSession]], *, now: datetime) -> int | None:
    """How a seat is bound that these are left for now: by the nearest start among those that it is late to leave."""
    return min(
        (
            late_fee.days_left(starts_on=session.starts_on, bound_days=booking.bound_days, today=day_of(now))
            for booking, session in left
            if facts.is_late(booking, session, now=now)
        ),
        default=None,
    )


def why_not_undo(
    booking: Booking, session: CourseSession, live: Sequence[Booking], *, asked: Collection[int], now: datetime
) -> Refusal | None:
    """Why a cancellation stands; `live` is all that the person has, `asked` are sessions with a call-out."""
    today = day_of(now)
    if booking.ended_at is None:
        return Refusal.NOTHING_TO_UNDO
    return rules.may_undo(
        facts.target(session, session.course, None),
        facts.holdings(live, today=today),
        ended_at=booking.ended_at,
        free_seats=session.free_seats,
        is_asked_about=session.id in asked,
        now=now,
        today=today,
    )
