"""Taking, releasing and holding a seat: the only code that changes how many seats of a session are free."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bookings import noting
from bookings.models import Booking, Precedence, SeatDay
from bookings.rules.history import precedence_holds, term_of
from bookings.states import BookingState
from courses.models import CourseSession
from lararportal.clock import day_of


def take(db: Session, booking: Booking, session: CourseSession, *, now: datetime) -> None:
    """The booking is a seat, its days are occupied, and precedence for the course is used up.

    The session and the person are locked by the caller.

    Raises:
        Refused: at commit, when the person is somewhere else on one of the days or no seat is free: the database
            is the last guard.
    """
    take_all(db, [(booking, session)], now=now)


def take_all(db: Session, pairs: Sequence[tuple[Booking, CourseSession]], *, now: datetime) -> None:
    """As `take`, for many at once: a round gives hundreds of seats in a few statements."""
    for booking, session in pairs:
        session.seats_offered -= booking.state is BookingState.OFFERED
        session.seats_taken += 1
        booking.move_to(BookingState.BOOKED, now=now)
        db.add(booking)
    db.flush()
    db.add_all(
        SeatDay(person_id=booking.person_id, day=each.day, booking_id=booking.id)
        for booking, session in pairs
        for each in session.days
    )
    _use_up_precedence(db, {booking.id for booking, _ in pairs}, now=now)
    db.flush()


def _use_up_precedence(db: Session, booking_ids: Collection[int], *, now: datetime) -> None:
    """Whoever has a seat needs no precedence for the course any more, wherever the seat came from."""
    rows = db.execute(
        select(Precedence, Booking)
        .join(CourseSession, CourseSession.course_id == Precedence.course_id)
        .join(Booking, (Booking.session_id == CourseSession.id) & (Booking.person_id == Precedence.person_id))
        .where(Booking.id.in_(booking_ids), Precedence.used_by.is_(None), Precedence.revoked_at.is_(None))
        .order_by(Precedence.id)
    )
    this_term = term_of(day_of(now))
    for precedence, booking in rows:
        if not precedence_holds(since=precedence.term, in_term=this_term):
            continue
        precedence.used_by = booking.id
        noting.note(db, "precedence.used", booking, now=now, by=None, precedence=precedence.id)


def release(db: Session, booking: Booking, session: CourseSession, *, to: BookingState, now: datetime) -> None:
    """The seat is free and its days too; the booking ends in the given state. The session is locked by the caller."""
    booking.move_to(to, now=now)
    booking.calendar_sequence += 1
    session.seats_taken -= 1
    db.execute(delete(SeatDay).where(SeatDay.booking_id == booking.id))


def restore(db: Session, booking: Booking, session: CourseSession, *, now: datetime) -> None:
    """The seat that was released is theirs again, since when it was first. Session and person are locked."""
    take(db, booking, session, now=now)
    booking.calendar_sequence += 1


def hold(booking: Booking, session: CourseSession, *, until: datetime, now: datetime) -> None:
    """A seat is kept for who waits until they answer, and nobody else can have it. The session is locked."""
    booking.move_to(BookingState.OFFERED, now=now)
    booking.asked_at, booking.answer_by, booking.reminded_at = now, until, None
    session.seats_offered += 1


def let_go(booking: Booking, session: CourseSession, *, to: BookingState, now: datetime) -> None:
    """The seat is kept no longer; the booking goes on, or ends, in the given state. The session is locked."""
    booking.move_to(to, now=now)
    session.seats_offered -= 1
