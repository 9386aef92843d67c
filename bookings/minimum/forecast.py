"""The forecast: who is booked, who waits elsewhere, and how many gave seats back so late in earlier sessions."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from bookings.minimum import prospects
from bookings.models import Booking
from bookings.rules import forecast as rules
from bookings.rules.forecast import Expectation, Past
from bookings.states import BookingState
from courses.models import CourseSession
from lararportal.clock import STOCKHOLM

GIVEN_BACK = (BookingState.CANCELLED, BookingState.MOVED)

Target = aliased(CourseSession)
"""The session that is asked about, where others of its course are looked at."""


def expectations(db: Session, sessions: Collection[CourseSession], *, today: date) -> dict[int, Expectation]:
    """What to expect of each of these sessions, in the same number of statements for many as for one.

    Their course and days are loaded.
    """
    if not sessions:
        return {}
    ids = [each.id for each in sessions]
    past, elsewhere = _past(db, ids, today=today), prospects.waiting_elsewhere(db, sessions, today=today)
    return {
        each.id: rules.expectation(
            booked=each.seats_taken,
            minimum=each.minimum,
            waiting_elsewhere=len(elsewhere[each.id]),
            past=past[each.id],
        )
        for each in sessions
    }


def _past(db: Session, session_ids: Collection[int], *, today: date) -> dict[int, list[Past]]:
    """The earlier sessions of each course: the seats they had as many days before the start, and the lost ones."""
    as_late = CourseSession.starts_on - cast(Target.starts_on - literal(today), Integer)
    rows = db.execute(
        select(
            Target.id,
            func.count(),
            func.count().filter(Booking.state.in_(GIVEN_BACK)),
        )
        .join(CourseSession, and_(CourseSession.course_id == Target.course_id, CourseSession.id != Target.id))
        .join(Booking, Booking.session_id == CourseSession.id)
        .where(
            Target.id.in_(session_ids),
            CourseSession.starts_on <= today,
            CourseSession.takes_place,
            _day(Booking.booked_at) <= as_late,
            Booking.ended_at.is_(None) | (_day(Booking.ended_at) > as_late),
        )
        .group_by(Target.id, CourseSession.id)
    )
    found: dict[int, list[Past]] = defaultdict(list)
    for session_id, seats, lost in rows:
        found[session_id].append(Past(seats, lost))
    return found


def _day(moment: InstrumentedAttribute[Any]) -> ColumnElement[date]:
    return func.date(func.timezone(str(STOCKHOLM), moment))
