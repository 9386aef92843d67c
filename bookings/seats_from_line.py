"""A seat from the line: whoever waited has it now, and gives up for it what their own list says."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import facts, letters, seats
from bookings.models import Booking
from bookings.rules.line import Move
from bookings.states import IN_LINE, BookingState
from courses.models import CourseSession
from lararportal import journal


def sessions_left(db: Session, moves: Iterable[Move]) -> set[int]:
    """The sessions in which a seat would be given up, and that must be locked for it."""
    return {db.get_one(Booking, booking_id).session_id for move in moves for booking_id in move.leaves}


def give(
    db: Session,
    move: Move,
    locked: Mapping[int, CourseSession],
    person: Person,
    *,
    session_id: int,
    now: datetime,
    by: int | None,
) -> Booking:
    """The seat is theirs, what they leave for it is free, and a letter says both. All of it is locked."""
    left = []
    for booking_id in move.leaves:
        old = db.get_one(Booking, booking_id)
        seats.release(db, old, locked[old.session_id], to=BookingState.MOVED, now=now)
        left.append((old, locked[old.session_id]))
    booking = db.get_one(Booking, move.waiter.booking_id)
    booking.ended_late = any(facts.is_late(old, session, now=now) for old, session in left)
    seats.take(db, booking, locked[session_id], now=now)
    struck = strike_less_wanted(db, booking, course_id=locked[session_id].course_id, now=now)
    journal.note(
        db,
        "seat.from_line",
        now=now,
        by=by,
        person=person.id,
        session=session_id,
        booking=booking.id,
        left=[old.id for old, _ in left],
        struck=[each.id for each in struck],
    )
    letters.seat_from_line(db, booking, person=person, session=locked[session_id], left=left, now=now)
    return booking


def strike_less_wanted(db: Session, booking: Booking, *, course_id: int, now: datetime) -> Sequence[Booking]:
    """Whoever has a seat no longer waits for sessions of the course that they wanted less (section 2.9).

    What was wished for later is wanted less, where ranks do not say otherwise. A seat that is kept for them in one
    of those is let go when its line is looked at next, under its own lock.
    """
    struck = db.scalars(
        select(Booking)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(
            Booking.person_id == booking.person_id,
            Booking.state.in_(IN_LINE),
            tuple_(Booking.rank, Booking.id) > (booking.rank, booking.id),
            CourseSession.course_id == course_id,
        )
        .order_by(Booking.id)
    ).all()
    for each in struck:
        each.move_to(BookingState.LEFT, now=now)
    return struck
