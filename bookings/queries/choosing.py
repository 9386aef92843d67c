"""Between which seats somebody has still to choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import facts, seats
from bookings.had import Own
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

    again: Mapping[int, str]
    """Until which term precedence holds again that led to what is given up, by session."""


def to_choose(db: Session, held: Sequence[Own], *, now: datetime) -> list[ToChoose]:
    """What somebody with these seats has to choose, the first that must be answered before the others."""
    colliding = [(each, _colliding(each, held)) for each in held if each.state is BookingState.MUST_CHOOSE]
    concerned = {seat.id: seat for each, others in colliding for seat in (each, *others)}
    again = seats.precedences_to_keep(db, concerned.values(), now=now) if concerned else {}
    found = [
        ToChoose(
            booking_id=each.id,
            session=row_of(each.session),
            answer_by=each.answer_by,
            others=[row_of(other.session) for other in others],
            saw=stands_for((other.session_id for other in others), each.session.moved_at),
            again={seat.session_id: again[seat.id] for seat in (each, *others) if seat.id in again},
        )
        for each, others in colliding
        if each.answer_by is not None
    ]
    return sorted(found, key=lambda each: (each.answer_by, each.booking_id))


def chosen_against(held: Sequence[Own]) -> set[int]:
    """Those of the seats (booking ids) that a seat in a moved session is to be chosen or not against."""
    choosing = [each for each in held if each.state is BookingState.MUST_CHOOSE]
    return {other.id for each in choosing for other in _colliding(each, held)}


def _colliding(booking: Own, held: Sequence[Own]) -> list[Own]:
    days = facts.days_of(booking.session)
    return [
        each
        for each in held
        if each.state is BookingState.BOOKED and not facts.days_of(each.session).isdisjoint(days)
    ]
