"""Rescues: what a coordinator can do for a session that too few have booked, each looked at before it is done.

Calling off and merging are in `calling_off`, and `invitations` tell others of its free seats; here
a session runs all the same, has more time to find participants, or reserves no seats for anybody any more.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import impartiality, letters
from bookings.minimum import cases
from bookings.models import Booking, MinimumCase, MinimumStep
from bookings.precedence import insist_on_reason, name_of
from bookings.rules import minimum as rules
from bookings.rules.minimum import CaseEnd, CaseStep
from bookings.states import BookingState, Refusal
from courses import sessions
from courses.models import CourseSession, SessionLeader
from lararportal.clock import day_of
from lararportal.errors import Refused


def run_anyway(db: Session, *, session_id: int, reason: str, now: datetime, by: int) -> None:
    """The session is given with those who come; its leaders are told. Only if fewer are left it is a case again.

    Raises:
        NotFound: there is no such session.
        Refused: no reason is given, `by` has something to do with the course, or enough have booked.
    """
    insist_on_reason(reason)
    session = _hold(db, session_id, now=now, by=by)
    case = cases.end(db, session, CaseEnd.RUNS_ANYWAY, reason=reason.strip(), now=now, by=by)
    assert case is not None, "it was opened a line ago, if it was not open"
    letters.session_runs(db, case, session=session, reason=reason.strip(), decided_by=name_of(db, by), now=now)


def move_day(db: Session, *, session_id: int, to: date, reason: str, now: datetime, by: int) -> None:
    """It is decided later whether the session runs, and everybody who is booked or leads it is told; once.

    Raises:
        NotFound: there is no such session.
        Refused: as `run_anyway`; the day was moved before; or it cannot be that day.
    """
    insist_on_reason(reason)
    session = _hold(db, session_id, now=now, by=by)
    refusal = rules.may_move_day(
        old=session.go_no_go_on,
        new=to,
        starts_on=session.starts_on,
        was_moved=was_moved(db, session_id),
        today=day_of(now),
    )
    if refusal is not None:
        raise Refused(refusal, until=rules.last_to_decide(session.starts_on))
    old, concerned = session.go_no_go_on, _booked_and_leading(db, session_id)
    case = cases.note_step(
        db,
        session,
        CaseStep.DAY_MOVED,
        reason=reason.strip(),
        now=now,
        by=by,
        former=old.isoformat(),
        day=to.isoformat(),
        told=[each.id for each in concerned],
    )
    session.go_no_go_on, case.asked_at = to, None
    letters.decision_day_moved(
        db, case, persons=concerned, session=session, former=old, reason=reason.strip(), now=now
    )


def open_reserves(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    """No seats of the session are reserved for a group any more; its line is filled by who stands first.

    Raises:
        NotFound: there is no such session.
        Refused: `by` has something to do with the course, enough have booked, or nothing is reserved.
    """
    session = _hold(db, session_id, now=now, by=by)
    if not any(session.reserves.values()):
        raise Refused(Refusal.NOTHING_RESERVED)
    former, session.reserves = session.reserves, {}
    cases.note_step(db, session, CaseStep.RESERVES_OPENED, count=sum(former.values()), now=now, by=by, former=former)


def was_moved(db: Session, session_id: int) -> bool:
    """Whether the go/no-go day of the session has been moved, in this case or an earlier one."""
    moved = exists().where(
        MinimumStep.step == CaseStep.DAY_MOVED,
        MinimumCase.id == MinimumStep.case_id,
        MinimumCase.session_id == session_id,
    )
    return bool(db.scalar(select(moved)))


def _booked_and_leading(db: Session, session_id: int) -> Sequence[Person]:
    booked = select(Booking.person_id).where(Booking.session_id == session_id, Booking.state == BookingState.BOOKED)
    leading = select(SessionLeader.person_id).where(SessionLeader.session_id == session_id)
    concerned = Person.id.in_(booked) | Person.id.in_(leading)
    return db.scalars(select(Person).where(concerned).order_by(Person.id)).all()


def _hold(db: Session, session_id: int, *, now: datetime, by: int) -> CourseSession:
    """The session, locked, with an open case."""
    [session] = sessions.lock(db, [session_id])
    impartiality.insist(db, session, by=by)
    cases.case_of(db, session, now=now)
    return session
