"""Between which seats somebody has still to choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings import facts
from bookings.models import Booking
from bookings.queries.rows import SessionRow, row_of
from bookings.rules.line import stands_for
from bookings.states import BookingState


@dataclass(frozen=True, kw_only=True)
class ToChoose:
    """A seat in a session that was moved to a day on which the person has others."""

    booking_id: int
    session: SessionRow
    answer_by: datetime
    others: list[SessionRow]
    """What is given up with a yes, and kept with a no and without an answer."""

    saw: str
    """What stands for them in a yes, and for the session as it is shown."""


def to_choose(held: Sequence[Booking]) -> list[ToChoose]:
    """What somebody with these seats has to choose, the first that must be answered before the others."""
    found = [
        ToChoose(
            booking_id=each.id,
            session=row_of(each.session),
            answer_by=each.answer_by,
            others=[row_of(other.session) for other in others],
            saw=stands_for((other.session_id for other in others), each.session.moved_at),
        )
        for each in held
        for others in [_colliding(each, held)]
        if each.state is BookingState.MUST_CHOOSE and each.answer_by is not None
    ]
    return sorted(found, key=lambda each: (each.answer_by, each.booking_id))


def chosen_against(held: Sequence[Booking]) -> set[int]:
    """Those of the seats (booking ids) that a seat in a moved session is to be chosen or not against."""
    choosing = [each for each in held if each.state is BookingState.MUST_CHOOSE]
    return {other.id for each in choosing for other in _colliding(each, held)}


def _colliding(booking: Booking, held: Sequence[Booking]) -> list[Booking]:
    days = facts.days_of(booking.session)
    return [
        each
        for each in held
        if each.state is BookingState.BOOKED and not facts.days_of(each.session).isdisjoint(days)
    ]
