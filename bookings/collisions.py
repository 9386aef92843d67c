"""Collisions: where somebody is already on the days of a seat."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bookings import facts
from bookings.models import Booking, SeatDay
from courses.models import CourseSession


def on(
    db: Session, person_ids: Collection[int], days: Collection[date], *conditions: ColumnElement[bool]
) -> dict[int, list[CourseSession]]:
    """The sessions in which these persons are on one of these days, with course and days, by person."""
    found: dict[int, list[CourseSession]] = defaultdict(list)
    if not days or not person_ids:
        return found
    rows = db.execute(
        select(Booking.person_id, CourseSession)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(
            Booking.person_id.in_(person_ids),
            Booking.id.in_(select(SeatDay.booking_id).where(SeatDay.day.in_(days))),
            *conditions,
        )
        .order_by(Booking.person_id, CourseSession.starts_on, CourseSession.id)
        .options(joinedload(CourseSession.course), selectinload(CourseSession.days))
    )
    for person_id, session in rows:
        found[person_id].append(session)
    return found


def elsewhere(
    db: Session, session_id: int, person_ids: Collection[int], days: Collection[date]
) -> dict[int, list[CourseSession]]:
    """As `on`, in other sessions than this one."""
    return on(db, person_ids, days, Booking.session_id != session_id)


def among(found: Iterable[CourseSession], session: CourseSession) -> list[CourseSession]:
    """Those of these sessions that are on a day of this one, in the order they begin."""
    days = facts.days_of(session)
    colliding = (each for each in found if not days.isdisjoint(facts.days_of(each)))
    return sorted(colliding, key=lambda each: (each.starts_on, each.id))
