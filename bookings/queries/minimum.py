"""What coordinators see of sessions that too few have booked: the list, and all that was done about one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from auth.models import Person
from bookings import in_line
from bookings.minimum import cases, forecast
from bookings.models import CourseWish, MinimumCase, MinimumStep
from bookings.queries.rows import SessionRow, row_of, sessions_with_course
from bookings.queries.situation import sisters_of
from bookings.rules.forecast import Expectation
from bookings.rules.line import Waiter, reserves_then, would_come
from bookings.rules.minimum import CaseEnd, CaseStep, last_to_decide, warned_on
from courses.models import CourseSession
from lararportal.errors import NotFound

HORIZON_DAYS = 60
"""So long before its go/no-go day a session stands among those that lack participants."""


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
    """The seats that are reserved for groups today."""
    runs_with: int | None
    """It was decided to run with as few as are booked: so many were."""
    steps: list[StepRow]
    roomy: list[SessionRow]
    """The other sessions of the course with free seats for everybody who is booked: two can become one."""


def below_minimum(db: Session, *, today: date, horizon_days: int = HORIZON_DAYS) -> list[MinimumRow]:
    """The sessions below their minimum whose go/no-go day has come or comes within the horizon, nearest first."""
    case = aliased(MinimumCase)
    warned = select(func.max(MinimumStep.at)).where(
        MinimumStep.case_id == case.id, MinimumStep.step == CaseStep.WARNED
    )
    rows = db.execute(
        sessions_with_course()
        .add_columns(case, cases.stands(case), warned.scalar_subquery())
        .outerjoin(case, cases.is_last(case))
        .where(_is_near(today, horizon_days))
        .order_by(None)
        .order_by(CourseSession.go_no_go_on, CourseSession.id)
    ).all()
    lines = in_line.line(db, [session.id for session, *_ in rows], today=today)
    expected = forecast.expectations(db, [session for session, *_ in rows], today=today)
    return [
        _row(
            session, lines[session.id], last, expected[session.id], runs=bool(runs), warned_at=warned_at, today=today
        )
        for session, last, runs, warned_at in rows
    ]


def undecided_count(db: Session, *, today: date) -> int:
    """About how many of them it is not decided that they run as they are."""
    case = aliased(MinimumCase)
    near = select(func.count()).select_from(CourseSession).outerjoin(case, cases.is_last(case))
    undecided = near.where(_is_near(today, HORIZON_DAYS), cases.stands(case).is_not(True))
    return db.scalar(undecided) or 0


def _is_near(today: date, horizon_days: int) -> ColumnElement[bool]:
    return cases.is_below(today) & (CourseSession.go_no_go_on <= today + timedelta(days=horizon_days))


def _row(
    session: CourseSession,
    line: Sequence[Waiter],
    last: MinimumCase | None,
    expected: Expectation,
    *,
    runs: bool,
    warned_at: datetime | None,
    today: date,
) -> MinimumRow:
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


def minimum_case(db: Session, session_id: int, *, today: date) -> CaseView:
    """One session below its minimum, or that was.

    Raises:
        NotFound: there is no such session.
    """
    last = aliased(MinimumCase)
    found = db.execute(
        sessions_with_course()
        .add_columns(cases.is_below(today), last.booked_then, cases.stands(last))
        .outerjoin(last, cases.is_last(last))
        .where(CourseSession.id == session_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    session, is_below, booked_then, stands = found
    steps = _steps(db, session_id)
    reserves = reserves_then(session.reserves, starts_on=session.starts_on, today=today)
    return CaseView(
        session=row_of(session),
        is_below=is_below,
        expected=forecast.expectations(db, [session], today=today)[session_id],
        warned_on=warned_on(session.go_no_go_on),
        last_day=last_to_decide(session.starts_on),
        was_moved=any(each.step is CaseStep.DAY_MOVED for each in steps),
        reserves={group: count for group, count in reserves.items() if count},
        runs_with=booked_then if stands else None,
        steps=steps,
        roomy=[
            each
            for each in sisters_of(db, session, today=today)
            if session.seats_taken and each.free_seats >= session.seats_taken
        ],
    )


def decided_to_run(db: Session, session_id: int) -> bool:
    """Whether it has been decided that the session runs with as few as are booked."""
    return cases.standing_case(db, session_id) is not None


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
