"""A call-out: in the last days all who said so are asked at once, and the best placed yes has the seat."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import facts, in_line, letters, noting, seats_from_line
from bookings.models import Booking
from bookings.rules.answer_time import CallOutEnd, Way, call_out_until, way_of
from bookings.rules.line import Move, Waiter, would_leave
from bookings.states import BookingState
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal.clock import day_of


def go_on(db: Session, *, session_id: int, now: datetime) -> int:
    """Asks everybody, or gives the free seats to the best placed yes when all have answered or the time has passed.

    How many that changed something for. As `waitlist.fill`, it looks once to see what has to be locked.
    """
    foreseen = _foreseen(db, session_id, now=now)
    asked = _asked(db, session_id)
    if not (foreseen or asked) or not _is_due(asked, now=now):
        return 0
    locked = {each.id: each for each in sessions.lock(db, {session_id, *seats_from_line.sessions_left(foreseen)})}
    concerned = {move.waiter.person_id for move in foreseen} | {each.person_id for each in asked}
    persons = {each.id: each for each in people.lock(db, concerned)}
    asked = _asked(db, session_id)
    if not _is_due(asked, now=now) or any(each.person_id not in persons for each in asked):
        return 0
    if not asked:
        return _ask(db, locked[session_id], persons, now=now)
    return _settle(db, asked, locked, persons, session_id=session_id, now=now)


def join(db: Session, booking: Booking, *, now: datetime, by: int | None) -> Booking:
    """Who waits, was not asked, and wants a seat that others before them may say yes to: theirs is a yes as any.

    Where nobody has been asked yet, they are when the others are. Session and person are locked.
    """
    booking.short_notice = True
    asked = _asked(db, booking.session_id)
    if asked:
        booking.move_to(BookingState.ASKED, now=now)
        booking.asked_at, booking.answer_by, booking.yes_at = now, max(_until(each) for each in asked), now
        booking.yes_leaves = []
    noting.note(db, "call_out.joined", booking, now=now, by=by, said_yes=bool(asked))
    return booking


def _until(asked: Booking) -> datetime:
    assert asked.answer_by is not None, "the database sees to it"
    return asked.answer_by


def _is_due(asked: Sequence[Booking], *, now: datetime) -> bool:
    """Nobody has been asked yet, all have answered, or the time has passed."""
    return all(each.yes_at is not None or (each.answer_by is not None and each.answer_by < now) for each in asked)


def _ask(db: Session, session: CourseSession, persons: Mapping[int, Person], *, now: datetime) -> int:
    way = way_of(facts.start_of(session), has_standing_yes=False, now=now)
    if session.free_seats < 1 or session.publicity is not Publicity.PUBLISHED or way is not Way.CALL_OUT:
        return 0
    until = call_out_until(now=now)
    moves = [move for move in _foreseen(db, session.id, now=now) if move.waiter.person_id in persons]
    rows, left = seats_from_line.bookings_of(db, moves), seats_from_line.to_leave(db, moves)
    for move in moves:
        booking = rows[move.waiter.booking_id]
        booking.move_to(BookingState.ASKED, now=now)
        booking.asked_at, booking.answer_by, booking.yes_at = now, until, None
        noting.note(db, "call_out.made", booking, now=now, by=None, answer_by=until.isoformat())
        person = persons[booking.person_id]
        letters.called_out(db, booking, person=person, session=session, left=left[booking.id], now=now)
    return len(moves)


def _settle(
    db: Session,
    asked: Sequence[Booking],
    locked: Mapping[int, CourseSession],
    persons: Mapping[int, Person],
    *,
    session_id: int,
    now: datetime,
) -> int:
    """The free seats are those of the best placed who said yes and would still take one, and it is over for all.

    Where one of them would leave a seat that is not held, nothing is done: the next look holds it.
    """
    session = locked[session_id]
    line = in_line.line(db, [session_id], today=day_of(now))[session_id]
    wanting = {each.id: each for each in asked if each.yes_at is not None}
    moves = [move for move in _moves(line) if _is_meant(wanting.get(move.waiter.booking_id), move)]
    given = moves[: _to_give(session, now=now)]
    if not seats_from_line.sessions_left(given) <= locked.keys():
        return 0
    seats_from_line.give_all(db, given, locked, persons, session_id=session_id, now=now, by=None)
    waiters = {waiter.booking_id: waiter for waiter in line}
    for booking in asked:
        if booking.state is BookingState.ASKED:
            why = _why_not(booking, waiters[booking.id], session, is_given=bool(given), now=now)
            _end(db, booking, session, persons[booking.person_id], why=why, now=now)
    return len(asked)


def _is_meant(said: Booking | None, move: Move) -> bool:
    """Whether somebody said yes to this: it gives up no other seats than those they were told of."""
    return said is not None and (said.yes_leaves is None or set(move.leaves) <= set(said.yes_leaves))


def _to_give(session: CourseSession, *, now: datetime) -> int:
    """How many seats there are to give, until the session begins."""
    is_ahead = session.publicity is Publicity.PUBLISHED and facts.start_of(session).moment > now
    return session.free_seats if is_ahead else 0


def _end(
    db: Session, booking: Booking, session: CourseSession, person: Person, *, why: CallOutEnd, now: datetime
) -> None:
    """Who said yes in vain waits on, who did not answer leaves the line; both are told why."""
    said_yes = booking.yes_at is not None
    booking.move_to(BookingState.WAITING if said_yes else BookingState.LEFT, now=now)
    noting.note(db, "call_out.ended", booking, now=now, by=None, said_yes=said_yes, why=why)
    letters.call_out_over(db, booking, person=person, session=session, why=why, now=now)
    booking.yes_at = booking.yes_leaves = None


def _why_not(
    booking: Booking, waiter: Waiter, session: CourseSession, *, is_given: bool, now: datetime
) -> CallOutEnd:
    """Why somebody who was asked has no seat, though others may have been given one."""
    if booking.yes_at is None:
        return CallOutEnd.SILENCE
    if facts.start_of(session).moment <= now:
        return CallOutEnd.BEGUN
    if waiter.barred is not None:
        return CallOutEnd.NOT_ELIGIBLE
    leaves = would_leave(waiter)
    if leaves is None:
        return CallOutEnd.COLLIDES
    if not _is_meant(booking, Move(waiter, tuple(leaves))):
        return CallOutEnd.MEANS_OTHER
    return CallOutEnd.OVERTAKEN if is_given else CallOutEnd.NO_SEAT


def _foreseen(db: Session, session_id: int, *, now: datetime) -> list[Move]:
    return _moves(in_line.line(db, [session_id], today=day_of(now))[session_id])


def _moves(line: Sequence[Waiter]) -> list[Move]:
    """Everybody in line who would take a seat and may be asked, in its order."""
    return [Move(waiter, tuple(leaves)) for waiter in line if (leaves := would_leave(waiter)) is not None]


def _asked(db: Session, session_id: int) -> Sequence[Booking]:
    return db.scalars(
        select(Booking)
        .where(Booking.session_id == session_id, Booking.state == BookingState.ASKED)
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    ).all()
