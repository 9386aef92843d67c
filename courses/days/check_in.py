"""Checking in: a participant reads the code on the screen, and is there."""

from datetime import datetime

from sqlalchemy.orm import Session

from courses.days import attendance, half_days
from courses.days.half_days import Roster
from courses.models import Attendance
from courses.rules import check_in as codes
from courses.rules import days
from courses.rules.days import HalfDay
from courses.sessions import lock
from courses.states import Refusal, Source
from lararportal.errors import Refused
from lararportal.sealing import safe_of


def code_now(db: Session, session_id: int, half: HalfDay, *, now: datetime) -> str:
    """What is on the screen at this moment."""
    return codes.code(_key(db, session_id), session_id, half, codes.step_at(now))


def by_code(db: Session, *, session_id: int, code: str, roster: Roster, now: datetime, by: int) -> Attendance:
    """Whoever asks is there for the half day that is open now, or has come late to it; once, however often they ask.

    Raises:
        Refused: they have no seat, nothing is open, the session is completed, or the code is not that of the moment.
        NotFound: there is no such session.
    """
    [session] = lock(db, [session_id])
    if by not in roster(db, session_id):
        raise Refused(Refusal.NOT_BOOKED_HERE)
    halves = half_days.halves_of(session)
    half = days.open_at(halves, now)
    if half is not None:
        row = half_days.rows_of(db, session_id, [by])[by].get(half.key)
        if row is not None and row.state in days.THERE:
            return row
    fault = codes.fault_of(code, key=_key(db, session_id), session_id=session_id, halves=halves, half=half, now=now)
    if fault is None and session.completed_at is not None:
        fault = Refusal.CHECK_IN_CLOSED
    if fault is not None or half is None:
        raise Refused(fault or Refusal.CHECK_IN_CLOSED)
    noted = {half.key: {by: days.arriving(half, now=now)}}
    attendance.write(db, session, noted, source=Source.SELF, now=now, by=by)
    return half_days.rows_of(db, session_id, [by])[by][half.key]


def _key(db: Session, session_id: int) -> bytes:
    """Made of what only the portal has, so that it is stored nowhere."""
    return safe_of(db).imprint(str(session_id), kind="check_in").encode()
