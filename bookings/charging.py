"""Charging: what can be invoiced for a seat is put down when it happens, and stays as it was then.

A late cancellation is, at the moment it is made. A seat is once the session is over: who was there, as what, and from
which workplace. Whoever was there after all, or whose session is called off, has a late cancellation of it credited.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import noting
from bookings.models import Booking
from bookings.rules.late_fee import EXCUSED
from bookings.states import BookingState
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import journal
from lararportal.clock import day_of

OUTSTANDING = (
    (Booking.state == BookingState.CANCELLED) & Booking.charged_on.is_not(None) & Booking.credited_on.is_(None)
)
"""Of a booking: a late cancellation that is charged for."""


def charge_late(db: Session, booking: Booking, person: Person, *, now: datetime) -> list[Booking]:
    """The late cancellation counts from today, instead of earlier ones of the seat, which come back.

    Who is excused owes nothing.
    """
    credited = _credit(db, booking.session_id, Booking.person_id == person.id, on=day_of(now))
    if booking.cancel_ground not in EXCUSED:
        _put_down(booking, person, on=day_of(now))
    return credited


def take_back(booking: Booking) -> None:
    """A late cancellation that is undone is none."""
    booking.charged_on, booking.charged_category, booking.charged_workplace = None, None, None


def not_over_yet(seats: Iterable[Booking]) -> None:
    """Nobody has been to a session that was over and is moved to days to come: the seats are put down after those."""
    for each in seats:
        take_back(each)


def due(db: Session, *, now: datetime) -> list[int]:
    """The sessions that are over and whose seats are still to be put down, or called off with something charged."""
    is_called_off, today = CourseSession.publicity == Publicity.CALLED_OFF, day_of(now)
    is_over = (CourseSession.starts_on < today) & (CourseSession.last_day < today)
    is_to_put_down = (Booking.state == BookingState.BOOKED) & Booking.charged_on.is_(None)
    return list(
        db.scalars(
            select(CourseSession.id)
            .join(Booking, Booking.session_id == CourseSession.id)
            .where(or_(is_to_put_down & ~is_called_off & is_over, OUTSTANDING & is_called_off))
            .distinct()
            .order_by(CourseSession.id)
        )
    )


def settle(db: Session, session_id: int, *, now: datetime, by: int | None) -> int:
    """Who was there is put down, with the last day of the session; late cancellations of theirs cost nothing more.

    Raises:
        NotFound: there is no such session.
    """
    [session] = sessions.lock(db, [session_id])
    if session.publicity is Publicity.CALLED_OFF:
        credited = _credit(db, session_id, on=day_of(now))
        stands = noting.as_they_stand(credited)
        journal.note(db, "seats.credited", now=now, by=by, session=session_id, stands=stands)
        return 1
    if session.last_day >= day_of(now):
        return 0
    rows = db.execute(
        select(Booking, Person)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.session_id == session_id, Booking.state == BookingState.BOOKED, Booking.charged_on.is_(None))
        .order_by(Booking.id)
    ).all()
    for booking, person in rows:
        _put_down(booking, person, on=session.last_day)
    credited = _credit(db, session_id, Booking.person_id.in_([person.id for _, person in rows]), on=session.last_day)
    stands = noting.as_they_stand([*(booking for booking, _ in rows), *credited])
    journal.note(db, "seats.charged", now=now, by=by, session=session_id, seats=len(rows), stands=stands)
    return len(rows)


def _put_down(booking: Booking, person: Person, *, on: date) -> None:
    booking.charged_on = on
    booking.charged_category, booking.charged_workplace = person.category, person.workplace


def _credit(db: Session, session_id: int, *whose: ColumnElement[bool], on: date) -> list[Booking]:
    outstanding = select(Booking).where(Booking.session_id == session_id, OUTSTANDING, *whose).order_by(Booking.id)
    credited = list(db.scalars(outstanding.execution_options(populate_existing=True)))
    for each in credited:
        each.credited_on = on
    return credited
