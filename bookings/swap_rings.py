"""Swap rings: doctors who have seats in a course and wait for each other's sessions change, all at one moment."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import funding, giving_back, in_line, letters, noting, seats, seats_from_line
from bookings.models import Booking
from bookings.rules import swap_rings as rules
from bookings.rules.swap_rings import Ring, Venue
from bookings.states import BookingState, Origin
from courses import sessions
from courses.models import COURSE_AND_DAYS, Course, CourseSession
from courses.states import Publicity
from lararportal import alike
from lararportal.clock import day_of


def due(db: Session, *, now: datetime) -> list[int]:
    """The courses in which somebody can change seats now, unless that is switched off there."""
    waits = (Booking.state == BookingState.WAITING) & (CourseSession.starts_on > day_of(now))
    sits = Booking.state == BookingState.BOOKED
    # One walk through what is live: a join of those who wait with those who sit is a hundred times as slow in the
    # minute after a publication, when PostgreSQL does not know yet how many they have become.
    both = (
        select(CourseSession.course_id)
        .join(Booking, Booking.session_id == CourseSession.id)
        .where(waits | sits)
        .group_by(CourseSession.course_id, Booking.person_id)
        .having(func.bool_or(waits) & func.bool_or(sits))
        .subquery()
    )
    courses = (
        select(Course.id)
        .join(both, both.c.course_id == Course.id)
        .where(Course.swap_rings)
        .group_by(Course.id)
        .having(func.count() > 1)
        .order_by(Course.id)
    )
    return [each for each in db.scalars(courses) if _found(db, each, _ahead(db, each, now=now), now=now)]


def close(db: Session, *, course_id: int, now: datetime) -> int:
    """Everybody in a ring of the course has the seat of the next, and one letter; how many they are.

    As many have a seat in each session as before, and nobody without one took part. A ring is looked for once without
    holding anything, and again when all sessions of the course and those who may move are held.
    """
    foreseen = _ahead(db, course_id, now=now)
    if not db.get_one(Course, course_id).swap_rings or not _found(db, course_id, foreseen, now=now):
        return 0
    locked = {each.id: each for each in sessions.lock(db, [each.id for each in foreseen])}
    lines = in_line.holders(db, course_id, today=day_of(now))
    held = people.lock(db, {waiter.person_id for line in lines.values() for waiter in line})
    persons = {each.id: each for each in held}
    found = _found(db, course_id, locked.values(), now=now)
    closed = [ring for ring in found if all(change.mover.person_id in persons for change in ring)]
    if closed:
        _change(db, closed, locked, persons, course_id=course_id, now=now)
    return sum(len(ring) for ring in closed)


def _ahead(db: Session, course_id: int, *, now: datetime) -> list[CourseSession]:
    """The sessions of the course that seats can be changed between."""
    return list(
        db.scalars(
            select(CourseSession)
            .where(
                CourseSession.course_id == course_id,
                CourseSession.publicity == Publicity.PUBLISHED,
                CourseSession.starts_on > day_of(now),
            )
            .options(*COURSE_AND_DAYS)
            .order_by(CourseSession.id)
        )
    )


def _found(db: Session, course_id: int, among: Iterable[CourseSession], *, now: datetime) -> list[Ring]:
    today = day_of(now)
    lines = in_line.holders(db, course_id, today=today)
    waiting = {waiter.booking_id for line in lines.values() for waiter in line}
    rows = db.execute(select(Booking.id, Booking.wave, Booking.key, Booking.joined_at).where(Booking.id.in_(waiting)))
    places = {number: (wave, tuple(key), joined_at, number) for number, wave, key, joined_at in rows}
    venues = [
        Venue(
            session_id=each.id,
            is_published=each.publicity is Publicity.PUBLISHED,
            free_seats=each.free_seats,
            starts_on=each.starts_on,
            has_reserves=bool(each.reserves),
        )
        for each in among
    ]
    return rules.rings(rules.movers(lines.values(), places=places), venues=venues, today=today)


def _change(
    db: Session,
    rings: Collection[Ring],
    locked: Mapping[int, CourseSession],
    persons: Mapping[int, Person],
    *,
    course_id: int,
    now: datetime,
) -> None:
    """Everybody has the seat of the next, and a letter that says so; many rings take as many statements as one."""
    ids = [key for ring in rings for each in ring for key in (each.mover.seat.booking_id, each.wish.booking_id)]
    rows = seats_from_line.bookings_by_id(db, ids)
    given = [[(rows[each.mover.seat.booking_id], rows[each.wish.booking_id]) for each in ring] for ring in rings]
    changes = [change for ring in given for change in ring]
    for old, new in changes:
        new.bound_days = giving_back.bound_days(db, [(old, locked[old.session_id])], now=now)
        new.origin = Origin.SWAP
        funding.carry_over(old, new, session=locked[new.session_id], left=locked[old.session_id])
    alike.write(db, [new for _, new in changes])
    seats.exchange(db, changes, locked, now=now)
    settled = seats_from_line.settle_all(db, [new for _, new in changes], course_id=course_id, now=now)
    for ring in given:
        together = [new.id for _, new in ring]
        for old, new in ring:
            about = {"left": [old.id], "struck": [each.id for each in settled[new.id].struck], "ring": together}
            noting.note(db, "seat.swapped", new, now=now, by=None, **about)
            letters.seat_swapped(
                db,
                new,
                person=persons[new.person_id],
                session=locked[new.session_id],
                left=[(old, locked[old.session_id])],
                lines=settled[new.id].lines,
                now=now,
            )
