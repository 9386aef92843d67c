"""Collisions: where somebody is already on the days of a seat."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from bookings.models import Booking, SeatDay
from courses.models import BY_START, COURSE_AND_DAYS, CourseDay, CourseSession


def elsewhere(
    db: Session, session_id: int, person_ids: Collection[int], days: Collection[date]
) -> dict[int, list[CourseSession]]:
    """The other sessions in which these persons are on one of these days, with course and days, by person."""
    if not days or not person_ids:
        return defaultdict(list)
    rows = db.execute(
        select(Booking.person_id, CourseSession)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(
            Booking.session_id != session_id,
            Booking.person_id.in_(person_ids),
            Booking.id.in_(select(SeatDay.booking_id).where(SeatDay.day.in_(days))),
        )
        .order_by(Booking.person_id, *BY_START)
        .options(*COURSE_AND_DAYS)
    )
    return _by_first((person_id, session) for person_id, session in rows)


def against(db: Session, booking_ids: Collection[int]) -> dict[int, list[CourseSession]]:
    """As `elsewhere`, on the days of each of these seats of their own: what it collides with, by booking."""
    if not booking_ids:
        return defaultdict(list)
    other = aliased(Booking)
    is_on_a_day = exists().where(
        SeatDay.booking_id == other.id, SeatDay.day == CourseDay.day, CourseDay.session_id == Booking.session_id
    )
    rows = db.execute(
        select(Booking.id, CourseSession)
        .join(other, other.person_id == Booking.person_id)
        .join(CourseSession, CourseSession.id == other.session_id)
        .where(Booking.id.in_(booking_ids), other.session_id != Booking.session_id, is_on_a_day)
        .order_by(Booking.id, *BY_START)
        .options(*COURSE_AND_DAYS)
    )
    return _by_first((booking_id, session) for booking_id, session in rows)


def _by_first(rows: Iterable[tuple[int, CourseSession]]) -> dict[int, list[CourseSession]]:
    found: dict[int, list[CourseSession]] = defaultdict(list)
    for key, session in rows:
        found[key].append(session)
    return found
