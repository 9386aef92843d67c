"""In place of the leader: a coordinator completes a session that its leader has not, and says why."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from courses.concerned import Impartial, everybody
from courses.days import attendance, completion, half_days
from courses.days.half_days import Roster
from courses.models import CourseSession
from courses.rules.days import Mark, Verdict
from courses.states import Presence, Refusal, Source
from lararportal.errors import Refused


def complete(
    db: Session,
    *,
    session_id: int,
    verdicts: Mapping[int, Verdict],
    reason: str,
    saw: str | None = None,
    roster: Roster,
    impartial: Impartial = everybody,
    now: datetime,
    by: int,
) -> int:
    """As `completion.complete`, whenever the last half day has begun: also when the leader's time is over.

    Raises:
        Refused: as there, or there is no reason, `by` is not impartial, or it is completed: then one person at a
            time is corrected.
        NotFound: there is no such session, or it does not take place.
    """
    session = _held(db, session_id=session_id, reason=reason, impartial=impartial, now=now, by=by)
    booked = roster(db, session_id)
    why = {"reason": reason.strip()}
    return completion.decide(db, session, verdicts, booked=booked, saw=saw, now=now, by=by, **why)


def note_rest(
    db: Session,
    *,
    session_id: int,
    reason: str,
    roster: Roster,
    impartial: Impartial = everybody,
    now: datetime,
    by: int,
) -> int:
    """Everybody was there for each half day of which nothing is noted of them; of how many people that was none.

    Raises:
        Refused: as for `complete`, or `by` was one of them.
        NotFound: there is no such session, or it does not take place.
    """
    session = _held(db, session_id=session_id, reason=reason, impartial=impartial, now=now, by=by)
    booked = roster(db, session_id)
    if by in booked:
        raise Refused(Refusal.NOTES_ONESELF)
    rows = half_days.rows_of(db, session_id, booked)
    noted = {
        half.key: {each: Mark(Presence.PRESENT) for each in sorted(booked) if half.key not in rows[each]}
        for half in half_days.halves_of(session)
    }
    changed = attendance.write(db, session, noted, source=Source.OFFICE, now=now, by=by, reason=reason.strip())
    return len(set(changed))


def _held(
    db: Session, *, session_id: int, reason: str, impartial: Impartial, now: datetime, by: int
) -> CourseSession:
    if not reason.strip():
        raise Refused(Refusal.COMPLETED_WITHOUT_REASON)
    session = half_days.held(db, session_id)
    impartial(db, session, now=now, by=by)
    if session.completed_at is not None:
        raise Refused(Refusal.COMPLETED_ALREADY)
    if now < half_days.halves_of(session)[-1].begins:
        raise Refused(Refusal.SESSION_STILL_GOES_ON)
    return session
