"""Of the lines: no seat is free that somebody would take, and none is kept for somebody who would not."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from auth.models import Person
from bookings import facts, in_line
from bookings.models import Booking
from bookings.register import group_of
from bookings.rules import line
from bookings.rules.answer_time import Way, way_of
from bookings.states import SEATED, BookingState
from courses.models import CourseSession
from courses.states import Publicity
from lararportal.checks import Check, When
from lararportal.clock import day_of
from lararportal.journal import Entry


def _seats_nobody_took(db: Session, when: When) -> Iterator[Mapping[str, Any]]:
    """Sessions ahead with a free seat, although somebody in the line would take it and is not asked about it."""
    today = day_of(when.now)
    has_moved = exists().where(Entry.session_id == CourseSession.id, Entry.at > when.settled)
    ahead = db.scalars(
        select(CourseSession)
        .where(CourseSession.publicity == Publicity.PUBLISHED, CourseSession.starts_on > today, ~has_moved)
        .order_by(CourseSession.id)
        .options(selectinload(CourseSession.days))
    ).all()
    booked = _booked(db)
    asking = set(db.scalars(select(Booking.session_id).where(Booking.state == BookingState.ASKED)))
    lines = in_line.line(db, [session.id for session in ahead], today=today)
    for session in ahead:
        free = session.seats + session.seats_over - sum(booked[session.id].values())
        way = way_of(facts.start_of(session), has_standing_yes=True, now=when.now)
        if session.id in asking or way is Way.TOO_LATE:
            continue
        if free > 0 and _would_take(session, lines.get(session.id, []), booked[session.id], today):
            yield {"session": session.id, "free": free}


def _would_take(
    session: CourseSession, waiters: list[line.Waiter], booked: dict[str | None, int], today: date
) -> bool:
    move = line.next_in_line(
        waiters, reserves=session.reserves, booked=booked, starts_on=session.starts_on, today=today
    )
    return move is not None


def _booked(db: Session) -> dict[int, Counter[str | None]]:
    """The seats of each session by group, counted one by one, with those that are kept for somebody."""
    counted: dict[int, Counter[str | None]] = {}
    for session_id in db.scalars(select(CourseSession.id)):
        counted[session_id] = Counter()
    rows = db.execute(
        select(Booking.session_id, Person)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.state.in_((*SEATED, BookingState.OFFERED)))
    )
    for session_id, person in rows:
        counted[session_id][group_of(person)] += 1
    return counted


def _offers_in_vain(db: Session, when: When) -> Iterator[Mapping[str, Any]]:
    """Seats that are kept for somebody who has another one by now and would not take them any more."""
    kept = set(db.scalars(select(Booking.session_id).where(Booking.state == BookingState.OFFERED)))
    moving = set(db.scalars(select(Entry.person_id).where(Entry.at > when.settled)))
    for session_id, waiters in in_line.offered(db, kept, today=day_of(when.now)).items():
        for waiter in waiters:
            if waiter.person_id not in moving and line.would_leave(waiter) is None:
                yield {"booking": waiter.booking_id, "person": waiter.person_id, "session": session_id}


CHECKS = (Check("seat_not_given", _seats_nobody_took), Check("offer_in_vain", _offers_in_vain))
