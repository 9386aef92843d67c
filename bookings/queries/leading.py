"""A leader's own sessions, each with what there is to do about it now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.preparing import LACKS_A_PART
from bookings.queries.rows import SessionRow, row_of, sessions_with_course
from bookings.states import SEATED
from courses.certificates.content import IS_OWED
from courses.days.half_days import halves_of
from courses.models import Attendance, Certificate, Completion, CourseSession, SessionLeader
from courses.programme import is_of_programme
from courses.rules.days import Key
from courses.rules.desk import Affairs, to_do
from courses.states import CertificateState, Publicity, Todo
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
    noted, seated, unprepared = _noted(db, ids), _counts(db, _SEATED, ids), _counts(db, _UNPREPARED, ids)
    untold, unsigned = _counts(db, _UNTOLD, ids), _counts(db, _UNSIGNED, ids)
    uncertified = _counts(db, _UNCERTIFIED, ids)
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
            each.last_day < today,
        )
        for each in found
    ]


def _noted(db: Session, ids: Sequence[int]) -> dict[int, dict[Key, int]]:
    found: dict[int, dict[Key, int]] = defaultdict(dict)
    for session_id, day, half, count in db.execute(_NOTED, {"ids": ids}):
        found[session_id][(day, half)] = count
    return found


def _counts(db: Session, counted: Select[*tuple[Any, ...]], ids: Sequence[int]) -> dict[int, int]:
    return dict(db.execute(counted, {"ids": ids}).all())


# Each is put together once, which takes as long as to have it answered.
_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_NOTED = (
    select(Attendance.session_id, Attendance.day, Attendance.half, func.count())
    .where(Attendance.session_id.in_(_IDS))
    .group_by(Attendance.session_id, Attendance.day, Attendance.half)
)
_SEATED = (
    select(Booking.session_id, func.count())
    .join(CourseSession, CourseSession.id == Booking.session_id)
    .where(Booking.session_id.in_(_IDS), Booking.state.in_(SEATED))
    .group_by(Booking.session_id)
)
_UNPREPARED = _SEATED.where(LACKS_A_PART)
_told = exists().where(Letter.person_id == Booking.person_id, is_of_programme(Booking.session_id))
_UNTOLD = _SEATED.where(
    CourseSession.programme != [],
    _told.where(Letter.created_at < CourseSession.programme_at),
    ~_told.where(Letter.created_at >= CourseSession.programme_at),
)
_UNCERTIFIED = (
    select(Completion.session_id, func.count())
    .where(Completion.session_id.in_(_IDS), IS_OWED)
    .group_by(Completion.session_id)
)
_UNSIGNED = (
    select(Certificate.session_id, func.count())
    .where(
        Certificate.session_id.in_(_IDS),
        Certificate.state == CertificateState.VALID,
        Certificate.signed_on.is_(None),
    )
    .group_by(Certificate.session_id)
)
