"""What is posted about a seat that is kept for somebody, and about a call-out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from auth.models import Person
from bookings.models import Booking
from bookings.rules.answer_time import CallOutEnd
from courses.models import CourseSession
from lararportal import outbox


def seat_offered(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    left: Sequence[CourseSession],
    now: datetime,
) -> None:
    """A seat is kept for you until you answer; with what you would give up for it."""
    _about_offer(db, "seat_offered", booking, person=person, session=session, now=now, left=left)


def answer_reminder(db: Session, booking: Booking, *, person: Person, session: CourseSession, now: datetime) -> None:
    """You have not answered yet, and half of the time has passed."""
    _about_offer(db, "answer_reminder", booking, person=person, session=session, now=now)


def offer_lapsed(db: Session, booking: Booking, *, person: Person, session: CourseSession, now: datetime) -> None:
    """You did not answer in time, and the seat goes to the next."""
    _about_offer(db, "offer_lapsed", booking, person=person, session=session, now=now)


def offer_withdrawn(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, goes_on: bool, now: datetime
) -> None:
    """The seat is kept for you no longer: you have another that it collides with, or the session is not held."""
    _about_offer(db, "offer_withdrawn", booking, person=person, session=session, now=now, goes_on=goes_on)


def called_out(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    left: Sequence[CourseSession],
    now: datetime,
) -> None:
    """A seat is free in the last days, and the best placed yes has it; with what you would give up for it."""
    _about_offer(db, "called_out", booking, person=person, session=session, now=now, left=left)


def call_out_over(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, why: CallOutEnd, now: datetime
) -> None:
    """Why your yes gave you no seat; or you did not answer, and are in that line no more."""
    _about_offer(db, "call_out_over", booking, person=person, session=session, now=now, why=why)


def _about_offer(
    db: Session,
    occasion: str,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    now: datetime,
    **facts: Any,
) -> None:
    """One may have an offer, lose it, and have another: the moment tells them apart."""
    outbox.post(
        db,
        occasion,
        to=person.recipient,
        once=f"{occasion}:{booking.id}:{now:%Y%m%d%H%M%S%f}",
        about=booking.id,
        now=now,
        session=session,
        booking=booking,
        **facts,
    )
