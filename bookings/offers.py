"""An offer: a free seat is kept for who is next in line, until they answer or the time for it has passed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from auth.models import Person
from bookings import asking, facts, in_line, letters, noting, seats, seats_from_line
from bookings.rules.answer_time import answer_by
from bookings.rules.line import Move, Waiter, would_leave
from bookings.states import BookingState
from courses.models import CourseSession
from courses.rules import is_working_day
from lararportal import alike
from lararportal.clock import day_of


def make(
    db: Session, moves: Sequence[Move], session: CourseSession, persons: Mapping[int, Person], *, now: datetime
) -> None:
    """A seat is kept for each who is next, and a letter says until when. Session and persons are locked."""
    if not moves:
        return
    until = answer_by(facts.start_of(session), now=now, is_working_day=is_working_day)
    rows, left = seats_from_line.bookings_of(db, moves), seats_from_line.to_leave(db, moves)
    for move in moves:
        booking = rows[move.waiter.booking_id]
        seats.hold(booking, session, until=until, now=now)
        noting.note(db, "offer.made", booking, now=now, by=None, answer_by=until.isoformat())
        person = persons[booking.person_id]
        letters.seat_offered(db, booking, person=person, session=session, left=left[booking.id], now=now)


def outlived(db: Session, session: CourseSession, *, now: datetime) -> list[Waiter]:
    """Those for whom a seat is kept that they would not take any more: they have another one, or are not eligible."""
    if not session.seats_offered:
        return []
    offered = in_line.offered(db, [session.id], today=day_of(now))[session.id]
    return [waiter for waiter in offered if would_leave(waiter) is None]


def withdraw(
    db: Session, session: CourseSession, persons: Collection[Person], waiters: Collection[Waiter], *, now: datetime
) -> int:
    """The seats kept for these are free again; how many. Session and persons are locked.

    They wait on in their places, unless they have a seat in the course that they wanted as much.
    """
    by_id = {each.id: each for each in persons}
    found = [waiter for waiter in waiters if waiter.person_id in by_id]
    if not found:
        return 0
    rows = seats_from_line.bookings_by_id(db, [waiter.booking_id for waiter in found])
    for waiter in found:
        booking, to = rows[waiter.booking_id], afterwards(waiter)
        seats.let_go(booking, session, to=to, now=now)
        noting.note(db, "offer.withdrawn", booking, now=now, by=None, goes_on=to is BookingState.WAITING)
        letters.offer_withdrawn(
            db,
            booking,
            person=by_id[waiter.person_id],
            session=session,
            goes_on=to is BookingState.WAITING,
            now=now,
        )
    alike.write(db, rows.values())
    return len(found)


def afterwards(waiter: Waiter) -> BookingState:
    """What becomes of somebody whose offer is withdrawn: they wait on, unless they have it as good or better."""
    wanted = waiter.wanted
    has_it_better = any(
        wish.is_held and wish.course_id == wanted.course_id and wish.rank <= wanted.rank for wish in waiter.wishes
    )
    return BookingState.LEFT if has_it_better else BookingState.WAITING


def remind(db: Session, booking_id: int, *, now: datetime, by: int | None) -> None:
    """The person is told once more that a seat is kept for them, and until when; once for each offer."""
    booking, session, person = asking.held_still(db, booking_id)
    if booking.state is not BookingState.OFFERED or booking.reminded_at is not None:
        return
    booking.reminded_at = now
    noting.note(db, "offer.reminded", booking, now=now, by=by)
    letters.answer_reminder(db, booking, person=person, session=session, now=now)


def lapse(db: Session, booking_id: int, *, now: datetime, by: int | None) -> None:
    """Nobody answered in time: the seat is free for the next, and the person is told. An answer that came stands."""
    booking, session, person = asking.held_still(db, booking_id)
    if booking.state is not BookingState.OFFERED or booking.answer_by is None or now <= booking.answer_by:
        return
    seats.let_go(booking, session, to=BookingState.LAPSED, now=now)
    noting.note(db, "offer.lapsed", booking, now=now, by=by)
    letters.offer_lapsed(db, booking, person=person, session=session, now=now)
