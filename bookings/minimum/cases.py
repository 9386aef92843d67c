"""Minimum enrolment: a session that too few have booked is a case, from its warning day until it has ended.

Two weeks before its go/no-go day those who decide are warned, on that day they are asked. What they can do is told in
`rescues` and `calling_off`. When enough have booked the case ends by itself; falls the session below again, it begins
anew.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from bookings import letters, rounds
from bookings.deciders import deciders
from bookings.minimum import forecast
from bookings.models import MinimumCase, MinimumStep
from bookings.rules.forecast import Expectation
from bookings.rules.minimum import WARNED_BEFORE, CaseEnd, CaseStep
from bookings.states import Refusal
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import Refused


def open_case(db: Session, session_id: int) -> MinimumCase | None:
    """The case of a session that has not ended."""
    return db.scalar(
        select(MinimumCase)
        .where(MinimumCase.session_id == session_id, MinimumCase.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )


def standing_case(db: Session, session_id: int) -> MinimumCase | None:
    """The case of a session in which it was decided to run with as few as are booked."""
    return db.scalar(_STANDING, {"session_id": session_id})


def to_warn(db: Session, *, now: datetime) -> list[int]:
    """The sessions below their minimum whose warning day has come, and their go/no-go day not; each case once.

    Somebody who acts before that day has opened the case by it, and nobody has been warned.
    """
    today = day_of(now)
    in_time = CourseSession.go_no_go_on - WARNED_BEFORE <= today, CourseSession.go_no_go_on > today
    told = exists().where(
        MinimumStep.case_id == MinimumCase.id, MinimumStep.step.in_((CaseStep.WARNED, CaseStep.ASKED))
    )
    acted = (
        _below(today)
        .join(MinimumCase, MinimumCase.session_id == CourseSession.id)
        .where(MinimumCase.ended_at.is_(None), ~told)
    )
    found = {*db.scalars(_without_case(today).where(*in_time)), *db.scalars(acted.where(*in_time))}
    return sorted(found)


def due(db: Session, *, now: datetime) -> list[int]:
    """The sessions ahead below their minimum, whose go/no-go day has come and about which nobody has been asked."""
    today = day_of(now)
    warned = (
        _below(today)
        .join(MinimumCase, MinimumCase.session_id == CourseSession.id)
        .where(MinimumCase.ended_at.is_(None), MinimumCase.asked_at.is_(None), CourseSession.go_no_go_on <= today)
    )
    found = {*db.scalars(warned), *db.scalars(_without_case(today).where(CourseSession.go_no_go_on <= today))}
    return sorted(found)


def to_end(db: Session, *, now: datetime) -> list[int]:
    """The sessions whose open case has ended by itself: enough have booked, it was withdrawn, or it has begun."""
    return list(
        db.scalars(
            select(CourseSession.id)
            .join(MinimumCase, MinimumCase.session_id == CourseSession.id)
            .where(
                MinimumCase.ended_at.is_(None),
                (CourseSession.seats_taken >= CourseSession.minimum)
                | (CourseSession.publicity != Publicity.PUBLISHED)
                | (CourseSession.starts_on <= day_of(now)),
            )
            .order_by(CourseSession.id)
        )
    )


def warn(db: Session, session_id: int, *, now: datetime, by: int | None) -> None:
    """Leaders and coordinators have a letter: it is two weeks to the decision; once for each case."""
    [session] = sessions.lock(db, [session_id])
    if session_id not in to_warn(db, now=now):
        return
    case = open_case(db, session_id) or _open(db, session, now=now)
    told = deciders(db, session)
    _note(db, case, CaseStep.WARNED, session, now=now, by=by, told=[each.id for each in told])
    letters.few_booked(db, case, persons=told, session=session, expected=_expected(db, session, now=now), now=now)


def ask_for_decision(db: Session, session_id: int, *, now: datetime, by: int | None) -> None:
    """Leaders and coordinators have a letter that asks whether the session runs; once for each day it is asked."""
    [session] = sessions.lock(db, [session_id])
    if session_id not in due(db, now=now):
        return
    case = open_case(db, session_id) or _open(db, session, now=now)
    case.asked_at = now
    told = deciders(db, session)
    ids, day = [each.id for each in told], session.go_no_go_on.isoformat()
    _note(db, case, CaseStep.ASKED, session, now=now, by=by, day=day, told=ids)
    expected = _expected(db, session, now=now)
    letters.too_few_booked(db, case, persons=told, session=session, expected=expected, now=now)


def end_by_itself(db: Session, session_id: int, *, now: datetime, by: int | None) -> None:
    """The case is over, and nobody had to decide anything."""
    [session] = sessions.lock(db, [session_id])
    if session_id not in to_end(db, now=now):
        return
    if session.publicity is not Publicity.PUBLISHED:
        end(db, session, CaseEnd.WITHDRAWN, reason="", now=now, by=by)
    elif session.starts_on <= day_of(now):
        end(db, session, CaseEnd.BEGUN, reason="", now=now, by=by)
    else:
        end(db, session, CaseEnd.ENOUGH, reason="", now=now, by=by)


def end(
    db: Session, session: CourseSession, how: CaseEnd, *, reason: str, now: datetime, by: int | None, **more: Any
) -> MinimumCase | None:
    """The case of a locked session is over; what there is no case for ends none."""
    case = open_case(db, session.id)
    if case is None:
        return None
    case.end, case.ended_at, case.booked_then = how, now, session.seats_taken
    _note(db, case, CaseStep(how.value), session, now=now, by=by, reason=reason, **more)
    return case


def end_by_move(db: Session, session: CourseSession, *, now: datetime, by: int | None) -> None:
    """The case of a locked session is over, for it is given on other days: it is warned of and asked about anew."""
    end(db, session, CaseEnd.MOVED, reason="", now=now, by=by)


def case_of(db: Session, session: CourseSession, *, now: datetime) -> MinimumCase:
    """The open case of a locked session; somebody may act before they are warned, and then it is opened for that.

    Where it was decided to run, what is done for more participants belongs to that case, and nobody is asked anew.

    Raises:
        Refused: the session is not below its minimum, or not ahead for everybody to see.
    """
    if not db.scalar(select(_below(day_of(now)).where(CourseSession.id == session.id).exists())):
        raise Refused(Refusal.ENOUGH_BOOKED)
    return open_case(db, session.id) or standing_case(db, session.id) or _open(db, session, now=now)


def note_step(
    db: Session,
    session: CourseSession,
    step: CaseStep,
    *,
    reason: str = "",
    count: int | None = None,
    now: datetime,
    by: int,
    **more: Any,
) -> MinimumCase:
    """Somebody has done something in the case of a locked session.

    Raises:
        Refused: as `case_of`.
    """
    case = case_of(db, session, now=now)
    _note(db, case, step, session, now=now, by=by, reason=reason, count=count, **more)
    return case


def _open(db: Session, session: CourseSession, *, now: datetime) -> MinimumCase:
    made = MinimumCase(session_id=session.id, opened_at=now, booked=session.seats_taken)
    db.add(made)
    db.flush()
    return made


def is_below(today: date) -> ColumnElement[bool]:
    """Of a session: it is ahead, fewer have booked it than it needs, and no round has still to give its seats."""
    return and_(
        CourseSession.publicity == Publicity.PUBLISHED,
        CourseSession.starts_on > today,
        CourseSession.seats_taken < CourseSession.minimum,
        CourseSession.id.not_in(rounds.sessions_to_be_given()),
    )


def is_last(case: type[MinimumCase]) -> ColumnElement[bool]:
    """Of a session and a case: it has had no later one."""
    each = aliased(MinimumCase)
    return case.id == select(func.max(each.id)).where(each.session_id == CourseSession.id).scalar_subquery()


def stands(case: type[MinimumCase]) -> ColumnElement[bool]:
    """Of a session and its last case: it was decided to run with as few as are booked; NULL where nothing ended."""
    return and_(case.end == CaseEnd.RUNS_ANYWAY, CourseSession.seats_taken >= case.booked_then)


_STANDING = (
    select(MinimumCase)
    .join(CourseSession, CourseSession.id == MinimumCase.session_id)
    .where(CourseSession.id == bindparam("session_id"), is_last(MinimumCase), stands(MinimumCase))
)


def _below(today: date) -> Select[int]:
    return select(CourseSession.id).where(is_below(today)).order_by(CourseSession.id)


def _without_case(today: date) -> Select[int]:
    """Those of them that are a case and have none: where it was decided to run, only when even fewer are left."""
    last = aliased(MinimumCase)
    begins = last.id.is_(None) | (last.ended_at.is_not(None) & ~stands(last))
    return _below(today).outerjoin(last, is_last(last)).where(begins)


def _expected(db: Session, session: CourseSession, *, now: datetime) -> Expectation:
    return forecast.expectations(db, [session], today=day_of(now))[session.id]


def _note(
    db: Session,
    case: MinimumCase,
    step: CaseStep,
    session: CourseSession,
    *,
    now: datetime,
    by: int | None,
    reason: str = "",
    count: int | None = None,
    **more: Any,
) -> None:
    db.add(MinimumStep(case_id=case.id, step=step, at=now, by=by, reason=reason, count=count))
    facts = {"case": case.id, "booked": session.seats_taken, "reason": reason, "count": count, **more}
    journal.note(db, f"minimum.{step}", now=now, by=by, session=session.id, **facts)
