"""Swap rings: doctors who have seats in a course and wait for each other's sessions change, all at one moment."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from auth import people
from auth.models import Person
from bookings import facts, funding, giving_back, letters, noting, seats, seats_from_line
from bookings.models import Booking
from bookings.rules import swap_rings as rules
from bookings.rules.swap_rings import Ring, Venue
from bookings.states import BookingState, Origin
from courses import sessions
from courses.models import Course, CourseSession
from courses.states import Publicity
from lararportal.clock import day_of


def due(db: Session, *, now: datetime) -> list[int]:
    """The courses in which somebody can change seats now, unless that is switched off there."""
    wanted, held = aliased(CourseSession), aliased(CourseSession)
    place, seat = aliased(Booking), aliased(Booking)
    courses = (
        select(Course.id)
        .join(wanted, wanted.course_id == Course.id)
        .join(place, (place.session_id == wanted.id) & (place.state == BookingState.WAITING))
        .join(held, held.course_id == Course.id)
        .join(seat, (seat.session_id == held.id) & (seat.person_id == place.person_id))
        .where(Course.swap_rings, wanted.starts_on > day_of(now), seat.state == BookingState.BOOKED)
        .group_by(Course.id)
        .having(func.count(seat.person_id.distinct()) > 1)
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
    lines = facts.holders_in_line(db, course_id, today=day_of(now))
    held = people.lock(db, {waiter.person_id for line in lines.values() for waiter in line})
    persons = {each.id: each for each in held}
    moved = 0
    for ring in _found(db, course_id, locked.values(), now=now):
        if all(change.mover.person_id in persons for change in ring):
            _change(db, ring, locked, persons, now=now)
            moved += len(ring)
    return moved


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
            .options(joinedload(CourseSession.course), selectinload(CourseSession.days))
            .order_by(CourseSession.id)
        )
    )


def _found(db: Session, course_id: int, among: Iterable[CourseSession], *, now: datetime) -> list[Ring]:
    today = day_of(now)
    lines = facts.holders_in_line(db, course_id, today=today)
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
    db: Session, ring: Ring, locked: dict[int, CourseSession], persons: dict[int, Person], *, now: datetime
) -> None:
    """Everybody has the seat of the next, and a letter that says so."""
    given = []
    for change in ring:
        old = db.get_one(Booking, change.mover.seat.booking_id)
        new = db.get_one(Booking, change.wish.booking_id)
        new.bound_days = giving_back.bound_days([(old, locked[old.session_id])], now=now)
        new.origin = Origin.SWAP
        funding.carry_over(old, new, session=locked[new.session_id], left=locked[old.session_id])
        given.append((new, old))
    seats.exchange(db, [(old, new) for new, old in given], locked, now=now)
    together = [new.id for new, _ in given]
    for new, old in given:
        _tell(db, new, (old, locked[old.session_id]), locked[new.session_id], persons, together=together, now=now)


def _tell(
    db: Session,
    new: Booking,
    left: tuple[Booking, CourseSession],
    session: CourseSession,
    persons: dict[int, Person],
    *,
    together: Collection[int],
    now: datetime,
) -> None:
    settled = seats_from_line.settle(db, new, course_id=session.course_id, now=now)
    person = persons[new.person_id]
    noting.note(
        db,
        "seat.swapped",
        new,
        now=now,
        by=None,
        left=[left[0].id],
        struck=[each.id for each in settled.struck],
        ring=together,
    )
    letters.seat_swapped(db, new, person=person, session=session, left=[left], lines=settled.lines, now=now)
