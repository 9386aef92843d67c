"""A seat from the line: whoever waited has it now, and gives up for it what their own list says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from auth.models import Person
from bookings import choices, facts, funding, giving_back, letters, noting, seats
from bookings.held import Held
from bookings.letters import Lines
from bookings.models import Booking
from bookings.rules.line import Move
from bookings.seat_calendar import Seat
from bookings.states import ANSWERABLE, IN_LINE, BookingState
from courses.models import COURSE_AND_DAYS, CourseSession
from lararportal import alike


def sessions_left(moves: Iterable[Move]) -> set[int]:
    """The sessions in which a seat would be given up, and that must be locked for it."""
    return {wish.session_id for move in moves for wish in move.left}


def to_leave(db: Session, moves: Sequence[Move]) -> dict[int, list[CourseSession]]:
    """What would be given up for each of these, by booking, in the order the sessions begin; nothing is held."""
    leaves = [booking_id for move in moves for booking_id in move.leaves]
    found = facts.sessions_of(db, leaves)
    return {move.waiter.booking_id: [each for each in found if each.id in sessions_left([move])] for move in moves}


def bookings_of(db: Session, moves: Iterable[Move]) -> dict[int, Booking]:
    """The places in line of these and the seats that they give up, by booking, in one statement."""
    return bookings_by_id(db, {key for move in moves for key in (move.waiter.booking_id, *move.leaves)})


def bookings_by_id(db: Session, ids: Collection[int]) -> dict[int, Booking]:
    """These seats and places in line."""
    return {each.id: each for each in db.scalars(select(Booking).where(Booking.id.in_(ids)))}


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
    [booking] = give_all(db, [move], locked, {person.id: person}, session_id=session_id, now=now, by=by)
    return booking


def give_all(
    db: Session,
    moves: Sequence[Move],
    locked: Mapping[int, CourseSession],
    persons: Mapping[int, Person],
    *,
    session_id: int,
    now: datetime,
    by: int | None,
) -> list[Booking]:
    """As `give`, for many in one session: as many statements as for one."""
    if not moves:
        return []
    session, rows = locked[session_id], bookings_of(db, moves)
    given = [rows[move.waiter.booking_id] for move in moves]
    left = {
        move.waiter.booking_id: [(rows[key], locked[rows[key].session_id]) for key in move.leaves] for move in moves
    }
    for booking in given:
        _take_along(db, booking, session, left[booking.id], now=now)
    alike.write(db, given)
    seats.release_all(db, [seat for old in left.values() for seat in old], to=BookingState.MOVED, now=now)
    seats.take_all(db, [(booking, session) for booking in given], now=now)
    settled = settle_all(db, given, course_id=session.course_id, now=now)
    for booking in given:
        about = {
            "left": [each.id for each, _ in left[booking.id]],
            "struck": [each.id for each in settled[booking.id].struck],
        }
        noting.note(db, "seat.from_line", booking, now=now, by=by, **about)
        person, lines = persons[booking.person_id], settled[booking.id].lines
        letters.seat_from_line(
            db, booking, person=person, session=session, left=left[booking.id], lines=lines, now=now
        )
    choices.settle(db, [booking.person_id for booking in given], now=now)
    return given


def _take_along(
    db: Session, booking: Booking, session: CourseSession, left: Sequence[Seat], *, now: datetime
) -> None:
    """Whether the new seat is bound, and paid for, by what is given up for it."""
    told = booking.asked_at if booking.state in ANSWERABLE and booking.asked_at else now
    booking.bound_days = giving_back.bound_days(db, left, now=told)
    for old, former in left:
        funding.carry_over(old, booking, session=session, left=former)


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
    return settle_all(db, [booking], course_id=course_id, now=now)[booking.id]


def settle_if_waiting(
    db: Session, had: Collection[Held], booking: Booking, *, course_id: int, now: datetime
) -> Settled:
    """As `settle`, for somebody who had these before: most wait for nothing else of the course."""
    if any(each.state in IN_LINE and each.session.course_id == course_id for each in had):
        return settle(db, booking, course_id=course_id, now=now)
    return Settled([], Lines())


def settle_all(db: Session, bookings: Sequence[Booking], *, course_id: int, now: datetime) -> dict[int, Settled]:
    """As `settle`, for the seats of many in a course, by booking."""
    rows = db.scalars(
        select(Booking)
        .join(Booking.session)
        .where(
            Booking.person_id.in_([each.person_id for each in bookings]),
            Booking.state.in_(IN_LINE),
            CourseSession.course_id == course_id,
        )
        .options(contains_eager(Booking.session).options(*COURSE_AND_DAYS))
    )
    waiting: dict[int, list[Booking]] = defaultdict(list)
    for each in rows:
        waiting[each.person_id].append(each)
    return {
        booking.id: settle_among(waiting[booking.person_id], booking, course_id=course_id, now=now)
        for booking in bookings
    }


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
