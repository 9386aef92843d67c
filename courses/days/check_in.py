"""Checking in: a participant reads the code on the screen, and is there."""

import hashlib
import secrets
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session, selectinload

from auth import spent_tokens
from courses.days import attendance, half_days
from courses.days.half_days import Roster
from courses.models import Attendance, CourseSession
from courses.rules import check_in as codes
from courses.rules import days, is_public
from courses.rules.check_in import Scan
from courses.rules.days import HalfDay
from courses.sessions import lock
from courses.states import Refusal, Source
from lararportal.errors import NotFound, Refused, insist
from lararportal.sealing import safe_of

SCAN = "scan"
"""What a proof of having read a code is signed as, and remembered when it has been used."""


def code_now(db: Session, session_id: int, half: HalfDay, *, now: datetime) -> str:
    """What is on the screen at this moment."""
    return codes.code(_key(db, session_id), session_id, half, codes.step_at(now))


def proof_of_scan(db: Session, *, session_id: int, code: str, now: datetime) -> str | None:
    """For the browser of whoever has just read the code, so that it is good for them a while longer.

    None where the code is not one to check in with now. It says nothing of who they are, which they need not have
    proved yet.
    """
    session = db.get(CourseSession, session_id, options=[selectinload(CourseSession.days)])
    if session is None or not is_public(session) or _fault_of(db, session, code, at=now) is not None:
        return None
    # The last makes one that is read at the same moment by somebody else another one.
    return _signer(db).dumps([session_id, code, now.timestamp(), secrets.token_hex(8)])


def by_code(
    db: Session, *, session_id: int, code: str, proof: str = "", roster: Roster, now: datetime, by: int
) -> Attendance:
    """Whoever asks is there for the half day that is open, or has come late to it; once, however often they ask.

    The code is that of the moment, or was when it was read, and `proof` shows it. A proof is good for one person.

    Raises:
        Refused: they have no seat, nothing is open, the session is completed, the code is neither, or somebody else
            has used the proof.
        NotFound: there is no such session, or it is not published.
    """
    [session] = lock(db, [session_id])
    at = _read_at(db, session, code=code, proof=proof, now=now)
    row = _already(db, session, code=code, at=at, roster=roster, by=by)
    if row is not None:
        return row
    if at != now:
        _use_up(db, proof, at=at, now=now)
    half = days.open_at(half_days.halves_of(session), at)
    assert half is not None  # A code is good for the half day that is open.
    noted = {half.key: {by: days.arriving(half, now=at)}}
    attendance.write(db, session, noted, source=Source.SELF, now=now, by=by)
    return half_days.rows_of(db, session_id, [by])[by][half.key]


def look(
    db: Session, *, session_id: int, code: str, proof: str = "", roster: Roster, now: datetime, by: int
) -> Attendance | None:
    """What is noted of whoever asks for the half day that is open; None when they can check in to it.

    Raises:
        Refused, NotFound: as `by_code`, but for a proof that was used.
    """
    session = db.get(CourseSession, session_id, options=[selectinload(CourseSession.days)])
    if session is None:
        raise NotFound
    at = _read_at(db, session, code=code, proof=proof, now=now)
    return _already(db, session, code=code, at=at, roster=roster, by=by)


def _already(
    db: Session, session: CourseSession, *, code: str, at: datetime, roster: Roster, by: int
) -> Attendance | None:
    if not is_public(session):
        raise NotFound
    if by not in roster(db, session.id):
        raise Refused(Refusal.NOT_BOOKED_HERE)
    half = days.open_at(half_days.halves_of(session), at)
    row = half_days.rows_of(db, session.id, [by])[by].get(half.key) if half else None
    if row is not None and row.state in days.THERE:
        return row
    insist(_fault_of(db, session, code, at=at))
    return None


def _fault_of(db: Session, session: CourseSession, code: str, *, at: datetime) -> Refusal | None:
    if session.completed_at is not None:
        return Refusal.CHECK_IN_OVER
    halves, key = half_days.halves_of(session), _key(db, session.id)
    half = days.open_at(halves, at)
    return codes.fault_of(code, key=key, session_id=session.id, halves=halves, half=half, now=at)


def _read_at(db: Session, session: CourseSession, *, code: str, proof: str, now: datetime) -> datetime:
    """The moment by which the code is judged; a proof is looked at where the code alone would not do."""
    if not proof or _fault_of(db, session, code, at=now) is None:
        return now
    return codes.read_at(_scan_of(db, proof), session_id=session.id, code=code, now=now)


def _scan_of(db: Session, proof: str) -> Scan | None:
    """What a proof says; None for what the portal has not signed."""
    try:
        session_id, code, at, _ = _signer(db).loads(proof)
    except BadData:
        return None
    return Scan(session_id, code, datetime.fromtimestamp(at, UTC))


def _use_up(db: Session, proof: str, *, at: datetime, now: datetime) -> None:
    try:
        spent_tokens.spend(db, issuer=SCAN, token=proof, until=at + codes.SCAN_LASTS, now=now)
    except Refused as fault:
        raise Refused(Refusal.CODE_USED) from fault


def _signer(db: Session) -> URLSafeSerializer:
    key = safe_of(db).imprint(SCAN, kind="check_in")
    return URLSafeSerializer(key, salt=SCAN, signer_kwargs={"digest_method": hashlib.sha256})


def _key(db: Session, session_id: int) -> bytes:
    """Made of what only the portal has, so that it is stored nowhere."""
    return safe_of(db).imprint(str(session_id), kind="check_in").encode()
