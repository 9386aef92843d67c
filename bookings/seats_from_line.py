"""A seat from the line: whoever waited has it now, and gives up for it what their own list says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from auth.models import Person
from bookings import choices, funding, giving_back, letters, noting, seats
from bookings.letters import Lines
from bookings.models import Booking
from bookings.rules.line import Move
from bookings.states import ANSWERABLE, IN_LINE, BookingState
from courses.models import CourseSession


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
    """The seat is theirs, what they leave for it is free, and a letter says both. All of it is locked.

    Whether it is late to leave something is judged by when the seat was offered, or they were asked.
    """
    held = [db.get_one(Booking, booking_id) for booking_id in move.leaves]
    left = [(old, locked[old.session_id]) for old in held]
    booking = db.get_one(Booking, move.waiter.booking_id)
    told = booking.asked_at if booking.state in ANSWERABLE and booking.asked_at else now
    booking.bound_days = giving_back.bound_days(left, now=told)
    for old, session in left:
        seats.release(db, old, session, to=BookingState.MOVED, now=now)
        funding.carry_over(old, booking, session=locked[session_id], left=session)
    seats.take(db, booking, locked[session_id], now=now)
    settled = settle(db, booking, course_id=locked[session_id].course_id, now=now)
    noting.note(
        db,
        "seat.from_line",
        booking,
        now=now,
        by=by,
        left=[old.id for old, _ in left],
        struck=[each.id for each in settled.struck],
    )
    letters.seat_from_line(
        db, booking, person=person, session=locked[session_id], left=left, lines=settled.lines, now=now
    )
    choices.settle(db, [person.id], now=now)
    return booking


@dataclass(frozen=True)
class Settled:
    """What somebody waited for in a course in which they have a seat now."""

    struck: list[Booking]
    lines: Lines


def settle(db: Session, booking: Booking, *, course_id: int, now: datetime) -> Settled:
    """Whoever has a seat no longer waits for sessions of the course that they wanted less (section 2.9).

    What was wished for later is wanted less, where ranks do not say otherwise. A seat that is kept for them in one
    of a lower rank is let go when its line is looked at next, under its own lock.
    """
    waiting = db.scalars(
        select(Booking)
        .join(Booking.session)
        .where(
            Booking.person_id == booking.person_id,
            Booking.state.in_(IN_LINE),
            Booking.id != booking.id,
            CourseSession.course_id == course_id,
        )
        .options(
            contains_eager(Booking.session).options(
                joinedload(CourseSession.course), selectinload(CourseSession.days)
            )
        )
    ).all()
    return settle_among(waiting, booking, course_id=course_id, now=now)


def settle_among(bookings: Iterable[Booking], booking: Booking, *, course_id: int, now: datetime) -> Settled:
    """As `settle`, where what the person has and waits for has been looked at already."""
    waiting = sorted(
        (each for each in bookings if each.state in IN_LINE and each.session.course_id == course_id),
        key=lambda each: (each.rank, each.id),
    )
    struck = [each for each in waiting if (each.rank, each.id) > (booking.rank, booking.id)]
    for each in struck:
        each.move_to(BookingState.LEFT, now=now)
    still = [each.session for each in waiting if each not in struck]
    return Settled(struck, Lines(still_wanted=still, struck=[each.session for each in struck]))
