"""A call-out: in the last days all who said so are asked at once, and the best placed yes has the seat."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import facts, letters, noting, seats_from_line
from bookings.models import Booking
from bookings.rules.answer_time import Way, call_out_until, way_of
from bookings.rules.line import Move, would_leave
from bookings.states import BookingState
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal.clock import day_of


def go_on(db: Session, *, session_id: int, now: datetime) -> int:
    """Asks everybody, or gives the free seats to the best placed yes when all have answered or the time has passed.

    How many that changed something for. As `waitlist.fill`, it looks once to see what has to be locked.
    """
    foreseen = _moves(db, session_id, now=now)
    asked = _asked(db, session_id)
    if not (foreseen or asked) or not _is_due(asked, now=now):
        return 0
    locked = {each.id: each for each in sessions.lock(db, {session_id, *seats_from_line.sessions_left(db, foreseen)})}
    concerned = {move.waiter.person_id for move in foreseen} | {each.person_id for each in asked}
    persons = {each.id: each for each in people.lock(db, concerned)}
    asked = [each for each in _asked(db, session_id) if each.person_id in persons]
    if not _is_due(asked, now=now):
        return 0
    if asked:
        return _give(db, asked, locked, persons, session_id=session_id, now=now) + _end(
            db, session_id, locked, persons, now=now
        )
    return _ask(db, locked[session_id], persons, now=now)


def _is_due(asked: Sequence[Booking], *, now: datetime) -> bool:
    """Nobody has been asked yet, all have answered, or the time has passed."""
    return all(each.yes_at is not None or (each.answer_by is not None and each.answer_by < now) for each in asked)


def _ask(db: Session, session: CourseSession, persons: Mapping[int, Person], *, now: datetime) -> int:
    way = way_of(facts.start_of(session), has_standing_yes=False, now=now)
    if session.free_seats < 1 or session.publicity is not Publicity.PUBLISHED or way is not Way.CALL_OUT:
        return 0
    until = call_out_until(now=now)
    moves = [move for move in _moves(db, session.id, now=now) if move.waiter.person_id in persons]
    for move in moves:
        booking = db.get_one(Booking, move.waiter.booking_id)
        booking.move_to(BookingState.ASKED, now=now)
        booking.asked_at, booking.answer_by, booking.yes_at = now, until, None
        noting.note(db, "call_out.made", booking, now=now, by=None, answer_by=until.isoformat())
        left = facts.sessions_of(db, move.leaves)
        letters.called_out(db, booking, person=persons[booking.person_id], session=session, left=left, now=now)
    return len(moves)


def _give(
    db: Session,
    asked: Sequence[Booking],
    locked: Mapping[int, CourseSession],
    persons: Mapping[int, Person],
    *,
    session_id: int,
    now: datetime,
) -> int:
    """The free seats are those of the best placed who said yes and would still take one, until the session begins."""
    if facts.start_of(locked[session_id]).moment <= now:
        return 0
    wanting = {each.id for each in asked if each.yes_at is not None}
    given = 0
    for move in _moves(db, session_id, now=now):
        is_held_still = seats_from_line.sessions_left(db, [move]) <= locked.keys()
        if locked[session_id].free_seats < 1 or move.waiter.booking_id not in wanting or not is_held_still:
            continue
        person = persons[move.waiter.person_id]
        seats_from_line.give(db, move, locked, person, session_id=session_id, now=now, by=None)
        given += 1
    return given


def _end(
    db: Session,
    session_id: int,
    locked: Mapping[int, CourseSession],
    persons: Mapping[int, Person],
    *,
    now: datetime,
) -> int:
    """Who said yes in vain waits on, who did not answer leaves the line; both are told."""
    left_over = [each for each in _asked(db, session_id) if each.person_id in persons]
    for booking in left_over:
        said_yes = booking.yes_at is not None
        booking.move_to(BookingState.WAITING if said_yes else BookingState.LEFT, now=now)
        booking.yes_at = None
        noting.note(db, "call_out.ended", booking, now=now, by=None, said_yes=said_yes)
        letters.call_out_over(
            db, booking, person=persons[booking.person_id], session=locked[session_id], said_yes=said_yes, now=now
        )
    return len(left_over)


def _moves(db: Session, session_id: int, *, now: datetime) -> list[Move]:
    """Everybody in line who would take a seat and may be asked, in its order."""
    line = facts.line(db, [session_id], today=day_of(now))[session_id]
    return [Move(waiter, tuple(leaves)) for waiter in line if (leaves := would_leave(waiter)) is not None]


def _asked(db: Session, session_id: int) -> Sequence[Booking]:
    return db.scalars(
        select(Booking)
        .where(Booking.session_id == session_id, Booking.state == BookingState.ASKED)
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    ).all()
