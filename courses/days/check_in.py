"""Checking in: a participant reads the code on the screen, and is there."""

from datetime import datetime

from sqlalchemy.orm import Session, selectinload

from courses.days import attendance, half_days
from courses.days.half_days import Roster
from courses.models import Attendance, CourseSession
from courses.rules import check_in as codes
from courses.rules import days
from courses.rules.days import HalfDay
from courses.sessions import lock
from courses.states import Refusal, Source
from lararportal.errors import NotFound, Refused
from lararportal.sealing import safe_of


def code_now(db: Session, session_id: int, half: HalfDay, *, now: datetime) -> str:
    """What is on the screen at this moment."""
    return codes.code(_key(db, session_id), session_id, half, codes.step_at(now))


def by_code(db: Session, *, session_id: int, code: str, roster: Roster, now: datetime, by: int) -> Attendance:
    """Whoever asks is there for the half day that is open now, or has come late to it; once, however often they ask.

    Raises:
        Refused: they have no seat, nothing is open, the session is completed, or the code is not that of the moment.
        NotFound: there is no such session, or it is not published.
    """
    [session] = lock(db, [session_id])
    row = _already(db, session, code=code, roster=roster, now=now, by=by)
    if row is not None:
        return row
    half = days.open_at(half_days.halves_of(session), now)
    assert half is not None  # A code is good for the half day that is open.
    noted = {half.key: {by: days.arriving(half, now=now)}}
    attendance.write(db, session, noted, source=Source.SELF, now=now, by=by)
    return half_days.rows_of(db, session_id, [by])[by][half.key]


def look(db: Session, *, session_id: int, code: str, roster: Roster, now: datetime, by: int) -> Attendance | None:
    """What is noted of whoever asks for the half day that is open; None when they can check in to it.

    Raises:
        Refused, NotFound: as `by_code`.
    """
    session = db.get(CourseSession, session_id, options=[selectinload(CourseSession.days)])
    if session is None:
        raise NotFound
    return _already(db, session, code=code, roster=roster, now=now, by=by)


def _already(
    db: Session, session: CourseSession, *, code: str, roster: Roster, now: datetime, by: int
) -> Attendance | None:
    if not session.is_public:
        raise NotFound
    if by not in roster(db, session.id):
        raise Refused(Refusal.NOT_BOOKED_HERE)
    halves = half_days.halves_of(session)
    half = days.open_at(halves, now)
    row = half_days.rows_of(db, session.id, [by])[by].get(half.key) if half else None
    if row is not None and row.state in days.THERE:
        return row
    fault = codes.fault_of(code, key=_key(db, session.id), session_id=session.id, halves=halves, half=half, now=now)
    if fault is None and session.completed_at is not None:
        fault = Refusal.CHECK_IN_CLOSED
    if fault is not None:
        raise Refused(fault)
    return None


def _key(db: Session, session_id: int) -> bytes:
    """Made of what only the portal has, so that it is stored nowhere."""
    return safe_of(db).imprint(str(session_id), kind="check_in").encode()
