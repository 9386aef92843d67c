"""A leader's own sessions, each with what there is to do about it now."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from auth.models import Person
from bookings.models import Booking
from bookings.preparing import LACKS_A_PART
from bookings.queries.rows import SessionRow, row_of, sessions_with_course
from bookings.states import SEATED
from courses.certificates.content import LIVE
from courses.days.half_days import halves_of
from courses.models import Attendance, Certificate, Completion, CourseSession, SessionLeader
from courses.programme import is_of_programme
from courses.rules.days import Key
from courses.rules.desk import Affairs, to_do
from courses.states import CertificateState, CourseOutcome, Publicity, Todo
from lararportal.clock import day_of
from lararportal.outbox import Letter

SHOWN_AFTERWARDS = timedelta(days=90)
"""How long a session stays on its leader's list after it began."""


@dataclass(frozen=True)
class Led:
    """A session that somebody leads."""

    row: SessionRow
    todo: dict[Todo, int]
    """What there is to do, and how much of it."""
    is_over: bool


def led_by(db: Session, person_id: int, *, now: datetime) -> list[Led]:
    """The sessions that the person leads, in the order they begin; as many statements however many they are."""
    today = day_of(now)
    led = select(SessionLeader.session_id).where(SessionLeader.person_id == person_id)
    since = CourseSession.starts_on >= today - SHOWN_AFTERWARDS
    found = db.scalars(sessions_with_course().where(CourseSession.id.in_(led), since)).all()
    ids = [each.id for each in found]
    seated, unprepared = _seated(db, ids), _unprepared(db, ids)
    noted, unsigned, untold = _noted(db, ids), _unsigned(db, ids), _untold(db, ids)
    uncertified = _uncertified(db, ids)
    return [
        Led(
            row_of(each),
            {}
            if each.publicity is Publicity.CALLED_OFF
            else to_do(
                halves_of(each),
                Affairs(
                    seated=seated.get(each.id, 0),
                    noted=noted[each.id],
                    is_completed=each.completed_at is not None,
                    unsigned=unsigned.get(each.id, 0),
                    unprepared=unprepared.get(each.id, 0),
                    uncertified=uncertified.get(each.id, 0),
                    untold=untold.get(each.id, 0),
                ),
                now=now,
            ),
            each.days[-1].day < today,
        )
        for each in found
    ]


def _seated(db: Session, ids: Sequence[int]) -> dict[int, int]:
    has_seat = (Booking.session_id.in_(ids), Booking.state.in_(SEATED))
    counted = select(Booking.session_id, func.count()).where(*has_seat).group_by(Booking.session_id)
    return dict(db.execute(counted).all())


def _unprepared(db: Session, ids: Sequence[int]) -> dict[int, int]:
    lacking = (Booking.session_id.in_(ids), Booking.state.in_(SEATED), LACKS_A_PART)
    counted = select(Booking.session_id, func.count()).join(CourseSession, CourseSession.id == Booking.session_id)
    counted = counted.where(*lacking).group_by(Booking.session_id)
    return dict(db.execute(counted).all())


def _untold(db: Session, ids: Sequence[int]) -> dict[int, int]:
    has_seat = (Booking.session_id.in_(ids), Booking.state.in_(SEATED), CourseSession.programme != [])
    told = exists().where(Letter.person_id == Booking.person_id, is_of_programme(Booking.session_id))
    late = told.where(Letter.created_at >= CourseSession.programme_at)
    counted = select(Booking.session_id, func.count()).join(CourseSession, CourseSession.id == Booking.session_id)
    counted = counted.where(*has_seat, told.where(Letter.created_at < CourseSession.programme_at), ~late)
    return dict(db.execute(counted.group_by(Booking.session_id)).all())


def _noted(db: Session, ids: Collection[int]) -> dict[int, dict[Key, int]]:
    columns = (Attendance.session_id, Attendance.day, Attendance.half)
    counted = select(*columns, func.count()).where(Attendance.session_id.in_(ids)).group_by(*columns)
    found: dict[int, dict[Key, int]] = defaultdict(dict)
    for session_id, day, half, count in db.execute(counted):
        found[session_id][(day, half)] = count
    return found


def _uncertified(db: Session, ids: Collection[int]) -> dict[int, int]:
    has_one = exists().where(
        Certificate.session_id == Completion.session_id,
        Certificate.person_id == Completion.person_id,
        Certificate.state.in_(LIVE),
    )
    passed = (Completion.session_id.in_(ids), Completion.outcome == CourseOutcome.PASSED, Person.erased_at.is_(None))
    counted = select(Completion.session_id, func.count()).join(Person, Person.id == Completion.person_id)
    return dict(db.execute(counted.where(*passed, ~has_one).group_by(Completion.session_id)).all())


def _unsigned(db: Session, ids: Collection[int]) -> dict[int, int]:
    waits = (
        Certificate.session_id.in_(ids),
        Certificate.state == CertificateState.VALID,
        Certificate.signed_on.is_(None),
    )
    counted = select(Certificate.session_id, func.count()).where(*waits).group_by(Certificate.session_id)
    return dict(db.execute(counted).all())
