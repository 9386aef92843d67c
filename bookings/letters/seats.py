"""What is posted about a seat, or a place in line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from auth.models import Person
from bookings import seat_calendar
from bookings.models import Booking
from bookings.seat_calendar import Seat
from courses.models import CourseSession
from lararportal import outbox


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What somebody who has a seat waited for in its course."""

    still_wanted: Sequence[CourseSession] = ()
    """What they want more, and go on waiting for."""
    struck: Sequence[CourseSession] = ()
    """What they want less, and do not wait for any more."""


def seat_booked(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, lines: Lines, now: datetime
) -> None:
    """You took a seat that was free."""
    _about_seat(db, "seat_booked", booking, person=person, session=session, lines=lines, now=now)


def place_in_line(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, position: int | None, now: datetime
) -> None:
    """There was no seat; this is your place. It has no number while you would be passed over."""
    outbox.post(
        db,
        "place_in_line",
        to=person.recipient,
        once=f"line:{booking.id}",
        about=booking.id,
        now=now,
        session=session,
        position=position,
    )


def taken_off_line(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, was_offered: bool, now: datetime
) -> None:
    """Somebody took your place in line away; with the reason."""
    outbox.post(
        db,
        "taken_off_line",
        to=person.recipient,
        once=f"taken_off:{booking.id}",
        about=booking.id,
        now=now,
        session=session,
        booking=booking,
        was_offered=was_offered,
    )


def seat_from_line(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    left: Sequence[Seat],
    lines: Lines,
    now: datetime,
) -> None:
    """You were next, and the seat is yours; with what you gave up for it, and which lines you stand in still."""
    _about_seat(
        db,
        "seat_from_line",
        booking,
        person=person,
        session=session,
        now=now,
        left=left,
        lines=lines,
    )


def seat_cancelled(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    until: str | None = None,
    by: int | None,
    now: datetime,
) -> None:
    """You gave the seat back in time, or somebody did so for you; until when you go before others because of it."""
    calendars = seat_calendar.take_out(db, (booking, session), now=now)
    _about_end(db, "seat_cancelled", booking, calendars, person=person, session=session, by=by, now=now, until=until)


def seat_cancelled_late(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, by: int | None, now: datetime
) -> None:
    """You gave the seat back, or somebody did so for you, when it was late, and that is recorded."""
    calendars = seat_calendar.take_out(db, (booking, session), now=now)
    _about_end(db, "seat_cancelled_late", booking, calendars, person=person, session=session, by=by, now=now)


def cancellation_undone(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    lines: Lines,
    since: datetime,
    by: int | None,
    now: datetime,
) -> None:
    """You have the seat after all, or somebody saw to it; and who had none since then has not heard of a change."""
    _about_end(
        db,
        "cancellation_undone",
        booking,
        [seat_calendar.put_in(db, (booking, session), now=now)],
        person=person,
        session=session,
        by=by,
        now=now,
        lines=lines,
        is_changed=session.moved_at is not None and session.moved_at >= since,
    )


def seat_moved(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    left: Sequence[Seat],
    lines: Lines,
    now: datetime,
) -> None:
    """You changed one seat for another."""
    _about_seat(db, "seat_moved", booking, person=person, session=session, now=now, left=left, lines=lines)


def seat_swapped(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    left: Sequence[Seat],
    lines: Lines,
    now: datetime,
) -> None:
    """You changed seats with others of the course who wanted yours, and nobody in line lost by it."""
    _about_seat(db, "seat_swapped", booking, person=person, session=session, now=now, left=left, lines=lines)


def _about_end(
    db: Session,
    occasion: str,
    booking: Booking,
    calendars: list[str],
    *,
    person: Person,
    session: CourseSession,
    by: int | None,
    now: datetime,
    **facts: Any,
) -> None:
    """What was undone can be done again: the moment tells the letters apart."""
    outbox.post(
        db,
        occasion,
        to=person.recipient,
        once=f"{occasion}:{booking.id}:{now:%Y%m%d%H%M%S%f}",
        about=booking.id,
        now=now,
        calendars=calendars,
        session=session,
        booking=booking,
        cancel_by=session.cancel_by_since(booking.booked_at),
        is_own=by == person.id,
        **facts,
    )


def _about_seat(
    db: Session,
    occasion: str,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    now: datetime,
    left: Sequence[Seat] = (),
    lines: Lines,
) -> None:
    outbox.post(
        db,
        occasion,
        to=person.recipient,
        once=f"seat:{booking.id}",
        about=booking.id,
        now=now,
        calendars=[
            seat_calendar.put_in(db, (booking, session), now=now),
            *(each for old in left for each in seat_calendar.take_out(db, old, now=now)),
        ],
        session=session,
        is_bound=booking.is_bound,
        left=[place for _, place in left],
        lines=lines,
    )
