"""What coordinators see of sessions that too few have booked: the list, and all that was done about one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from auth.models import Person
from bookings import facts
from bookings.minimum import forecast
from bookings.models import CourseWish, MinimumCase, MinimumStep
from bookings.queries.rows import SessionRow, row_of, sessions_with_course
from bookings.queries.situation import sisters
from bookings.rounds import sessions_to_be_given
from bookings.rules.forecast import Expectation
from bookings.rules.line import Waiter, would_come
from bookings.rules.minimum import CaseEnd, CaseStep, last_to_decide, warned_on
from courses.models import CourseSession
from courses.states import Publicity
from lararportal.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class MinimumRow:
    """A session that lacks participants."""

    session: SessionRow
    waiting: int
    would_come: int
    """Of those who wait: who would take a seat now, or have one offered."""
    missing: int
    warned_on: date
    """When those who decide are warned."""
    warned_at: datetime | None
    """When they were."""
    asked_at: datetime | None
    end: CaseEnd | None
    """That it was decided to run all the same, as long as that stands."""
    is_due: bool
    """Its go/no-go day has come, and nothing is decided."""
    expected: Expectation


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """Something that was done, by whom and why."""

    step: CaseStep
    at: datetime
    by: str
    """Empty for the portal itself."""
    reason: str
    count: int | None


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """A session and all that was ever done because too few had booked it."""

    session: SessionRow
    is_below: bool
    """It is ahead, published, and below its minimum."""
    expected: Expectation
    warned_on: date
    last_day: date
    """The last that the go/no-go day can be moved to."""
    was_moved: bool
    reserves: Mapping[str, int]
    """The seats that are reserved for groups."""
    case: MinimumCase | None
    """The last one."""
    steps: list[StepRow]
    sisters: list[SessionRow]
    """The other sessions of the course that have seats to give now."""


def below_minimum(db: Session, *, today: date, horizon_days: int = 60) -> list[MinimumRow]:
    """The sessions below their minimum whose go/no-go day has come or comes within the horizon, nearest first."""
    earlier, case = aliased(MinimumCase), aliased(MinimumCase)
    latest = select(func.max(earlier.id)).where(earlier.session_id == CourseSession.id).scalar_subquery()
    warned = select(func.max(MinimumStep.at)).where(
        MinimumStep.case_id == case.id, MinimumStep.step == CaseStep.WARNED
    )
    rows = db.execute(
        sessions_with_course()
        .add_columns(case, warned.scalar_subquery())
        .outerjoin(case, case.id == latest)
        .where(
            CourseSession.publicity == Publicity.PUBLISHED,
            CourseSession.seats_taken < CourseSession.minimum,
            CourseSession.starts_on > today,
            CourseSession.go_no_go_on <= today + timedelta(days=horizon_days),
            CourseSession.id.not_in(sessions_to_be_given()),
        )
        .order_by(None)
        .order_by(CourseSession.go_no_go_on, CourseSession.id)
    ).all()
    lines = facts.line(db, [session.id for session, *_ in rows], today=today)
    expected = forecast.expectations(db, [session for session, *_ in rows], today=today)
    return [
        _row(session, lines[session.id], last, expected[session.id], warned_at=warned_at, today=today)
        for session, last, warned_at in rows
    ]


def _row(
    session: CourseSession,
    line: Sequence[Waiter],
    last: MinimumCase | None,
    expected: Expectation,
    *,
    warned_at: datetime | None,
    today: date,
) -> MinimumRow:
    runs = last is not None and _stands(last, session)
    counts = last if last is not None and (last.ended_at is None or runs) else None
    return MinimumRow(
        session=row_of(session),
        waiting=len(line) + session.seats_offered,
        would_come=would_come(line) + session.seats_offered,
        missing=session.minimum - session.seats_taken,
        warned_on=warned_on(session.go_no_go_on),
        warned_at=warned_at if counts is not None else None,
        asked_at=counts.asked_at if counts is not None else None,
        end=CaseEnd.RUNS_ANYWAY if runs else None,
        is_due=session.go_no_go_on <= today and not runs,
        expected=expected,
    )


def _stands(case: MinimumCase, session: CourseSession) -> bool:
    """Whether it was decided to run with as few as are booked."""
    return case.end is CaseEnd.RUNS_ANYWAY and session.seats_taken >= (case.booked_then or 0)


def minimum_case(db: Session, session_id: int, *, today: date) -> CaseView:
    """One session below its minimum, or that was.

    Raises:
        NotFound: there is no such session.
    """
    session = db.scalar(sessions_with_course().where(CourseSession.id == session_id))
    if session is None:
        raise NotFound
    last = db.scalar(
        select(MinimumCase).where(MinimumCase.session_id == session_id).order_by(MinimumCase.id.desc()).limit(1)
    )
    steps = _steps(db, session_id)
    is_ahead = session.publicity is Publicity.PUBLISHED and session.starts_on > today
    to_be_given = session_id in db.scalars(sessions_to_be_given()).all()
    return CaseView(
        session=row_of(session),
        is_below=is_ahead and session.seats_taken < session.minimum and not to_be_given,
        expected=forecast.expectations(db, [session], today=today)[session_id],
        warned_on=warned_on(session.go_no_go_on),
        last_day=last_to_decide(session.starts_on),
        was_moved=any(each.step is CaseStep.DAY_MOVED for each in steps),
        reserves={group: count for group, count in session.reserves.items() if count},
        case=last,
        steps=steps,
        sisters=sisters(db, session, today=today),
    )


def decided_to_run(db: Session, session: CourseSession) -> bool:
    """Whether it has been decided that the session runs with as few as are booked."""
    last = db.scalar(
        select(MinimumCase).where(MinimumCase.session_id == session.id).order_by(MinimumCase.id.desc()).limit(1)
    )
    return last is not None and _stands(last, session)


def _steps(db: Session, session_id: int) -> list[StepRow]:
    rows = db.execute(
        select(MinimumStep, Person)
        .join(MinimumCase, MinimumCase.id == MinimumStep.case_id)
        .outerjoin(Person, Person.id == MinimumStep.by)
        .where(MinimumCase.session_id == session_id)
        .order_by(MinimumStep.id)
    )
    return [
        StepRow(
            step=each.step,
            at=each.at,
            by=person.name if person is not None else "",
            reason=each.reason,
            count=each.count,
        )
        for each, person in rows
    ]


def asks_to_be_told(db: Session, course_id: int, person_id: int) -> bool:
    """Whether somebody wants to know when the course has free seats."""
    return db.get(CourseWish, (person_id, course_id)) is not None
