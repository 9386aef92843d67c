"""The objectives that a resident's rules demand a course for, where each stands, and what to ask for next."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from auth.states import Area, Category, Standing
from bookings import facts
from bookings.models import Application, Booking, Choice, Round, RoundSession
from bookings.queries.rows import SessionRow, row_of, sessions_with_course
from bookings.rules import goals as rules
from bookings.rules import seats
from bookings.rules.goals import Chance, Goal, GoalState, GoalWay, Step, Trace
from bookings.rules.register import months_left
from bookings.rules.seats import Participant
from bookings.states import SEATED, ApplicationState, Refusal, RoundState
from courses.models import Completion, Course, CourseReport, CourseSession
from courses.reports import shown
from courses.rules.certificates import FORMS
from courses.states import CourseOutcome, Kind, Publicity, ReportState
from lararportal.clock import day_of
from lararportal.errors import NotFound

COUNTS = {ReportState.CONFIRMED: GoalState.DONE_ELSEWHERE, ReportState.REPORTED: GoalState.REPORTED}
"""What a report is worth; one that was declined is worth nothing."""


@dataclass(frozen=True, kw_only=True)
class GoalRow:
    """An objective: how near it is, by which session, and the courses of ours that have it."""

    objective: str
    state: GoalState
    session: SessionRow | None
    is_over: bool
    """The session is over, and what came of it is not decided."""
    report: CourseReport | None
    """That it rests on."""
    courses: Sequence[tuple[str, str]]
    """Code and title."""


@dataclass(frozen=True, kw_only=True)
class NextRow:
    """A session to ask for, for which objectives, and how."""

    session: SessionRow
    covers: Sequence[str]
    way: GoalWay
    is_in_time: bool
    round: Round | None
    """That gives its seats, if it is not published."""


@dataclass(frozen=True, kw_only=True)
class MyGoals:
    """Everything on `/mina-delmal`; no rows for who is no resident."""

    category: Category | None
    is_confirmed: bool
    planned_end: date | None
    left: int
    """Whole months to the planned end."""
    rows: Sequence[GoalRow] = ()
    next: Sequence[NextRow] = ()
    reports: Sequence[shown.Row] = ()
    """What they say they have done elsewhere, the latest first."""

    @property
    def done(self) -> int:
        """How many are reached."""
        return sum(each.state in (GoalState.DONE, GoalState.DONE_ELSEWHERE) for each in self.rows)


def my_goals(db: Session, person_id: int, *, now: datetime) -> MyGoals:
    """A resident's objectives in a handful of statements, however many courses there are.

    Raises:
        NotFound: there is no such person.
    """
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    today, category = day_of(now), person.category
    mine = MyGoals(
        category=category,
        is_confirmed=person.standing is Standing.CONFIRMED,
        planned_end=person.planned_end,
        left=months_left(planned_end=person.planned_end, on=today),
    )
    if category is None or not category.is_resident:
        return mine
    demanded = FORMS[category][1]
    courses = _courses(db, category, demanded)
    bookings = facts.live_bookings(db, [person_id]).get(person_id, [])
    seen = {each.session_id: each.session for each in bookings}
    passed = _passed(db, person_id)
    seen |= {each.id: each for each in passed}
    reports = shown.of_person(db, person_id)
    traces = [
        *(_trace(GoalState.DONE, each, category) for each in passed),
        *(
            _trace(GoalState.BOOKED if each.state in SEATED else GoalState.WAITING, each.session, category)
            for each in bookings
        ),
        *(_trace(GoalState.WAITING, each, category) for each in _applied_for(db, person_id, seen)),
        *(_of_report(each.report) for each in reports if each.report.state in COUNTS),
    ]
    found = rules.goals(demanded, traces)
    reported = {each.report.id: each.report for each in reports}
    return replace(
        mine,
        rows=[_row(each, seen, courses, reported, category, today=today) for each in found],
        reports=reports,
        next=_next(db, person, found, courses, bookings, now=now),
    )


def reported_count(db: Session, *, areas: Collection[Area] | None) -> int:
    """How many courses taken elsewhere wait to be confirmed in these areas; None is everywhere."""
    return shown.waiting_count(db, areas=areas)


def objectives_of(course: Course, category: Category) -> Sequence[str]:
    """What a course is about, by the rules of whoever asks."""
    return course.objectives_2015 if category is Category.ST_2015 else course.objectives_2021


def _courses(db: Session, category: Category, demanded: Collection[str]) -> list[Course]:
    """The published ones with an objective that demands a course, mandatory ones first."""
    found = db.scalars(select(Course).where(Course.publicity == Publicity.PUBLISHED).order_by(Course.code))
    bearing = (each for each in found if not set(demanded).isdisjoint(objectives_of(each, category)))
    return sorted(bearing, key=lambda each: each.kind is not Kind.MANDATORY)


def _passed(db: Session, person_id: int) -> Sequence[CourseSession]:
    is_passed = (Completion.person_id == person_id) & (Completion.outcome == CourseOutcome.PASSED)
    found = sessions_with_course().join(Completion, Completion.session_id == CourseSession.id)
    return db.scalars(found.where(is_passed)).all()


def _applied_for(db: Session, person_id: int, seen: dict[int, CourseSession]) -> Iterator[CourseSession]:
    """What stands in an application whose round has not answered; it is among what is `seen` afterwards."""
    asked = (
        sessions_with_course()
        .join(Choice, Choice.session_id == CourseSession.id)
        .join(Application, Application.id == Choice.application_id)
        .join(Round, Round.id == Application.round_id)
        .where(
            Application.person_id == person_id,
            Application.state == ApplicationState.SUBMITTED,
            Round.state != RoundState.PUBLISHED,
        )
    )
    for each in db.scalars(asked):
        seen.setdefault(each.id, each)
        yield each


def _trace(state: GoalState, session: CourseSession, category: Category) -> Trace:
    objectives = objectives_of(session.course, category)
    return Trace(state=state, objectives=objectives, on=session.starts_on, number=session.id)


def _of_report(report: CourseReport) -> Trace:
    return Trace(state=COUNTS[report.state], objectives=report.objectives, on=report.finished_on, number=report.id)


def _row(
    goal: Goal,
    seen: Mapping[int, CourseSession],
    courses: Sequence[Course],
    reported: Mapping[int, CourseReport],
    category: Category,
    *,
    today: date,
) -> GoalRow:
    is_report = goal.state in COUNTS.values()
    session = seen.get(goal.trace.number) if goal.trace is not None and not is_report else None
    is_undecided = goal.state is GoalState.BOOKED and session is not None and session.last_day < today
    return GoalRow(
        objective=goal.objective,
        state=goal.state,
        session=row_of(session) if session is not None else None,
        is_over=is_undecided,
        report=reported.get(goal.trace.number) if goal.trace is not None and is_report else None,
        courses=[(each.code, each.title) for each in courses if goal.objective in objectives_of(each, category)],
    )


def _next(
    db: Session,
    person: Person,
    found: Sequence[Goal],
    courses: Sequence[Course],
    bookings: Sequence[Booking],
    *,
    now: datetime,
) -> list[NextRow]:
    missing = [each.objective for each in found if each.state is GoalState.MISSING]
    if not missing or person.category is None:
        return []
    today = day_of(now)
    who = Participant(group=person.category.group, taken_courses=facts.taken_courses(bookings, today=today))
    ahead = sessions_with_course().where(
        CourseSession.course_id.in_([each.id for each in courses]),
        CourseSession.publicity == Publicity.PUBLISHED,
        CourseSession.is_reserve.is_(False),
        CourseSession.starts_on > today,
    )
    sessions = {each.id: each for each in db.scalars(ahead)}
    given = select(RoundSession.session_id, Round).join(Round, Round.id == RoundSession.round_id)
    rounds = dict(db.execute(given.where(RoundSession.session_id.in_(sessions))).all())
    chances = []
    for session_id, each in sessions.items():
        way = _way(who, each, rounds.get(session_id), now=now)
        if way is not None:
            chances.append(_chance(each, way, person.category))
    busy = {day.day for each in bookings if each.state in SEATED for day in each.session.days}
    steps = rules.next_steps(missing, chances, busy=busy, planned_end=person.planned_end)
    return [_as_row(each, sessions, rounds) for each in steps]


def _way(who: Participant, session: CourseSession, round_: Round | None, *, now: datetime) -> GoalWay | None:
    """How the person gets a seat there; None where they do not."""
    target = facts.target(session, round_)
    match seats.may_enter(who, target, now=now, today=day_of(now)):
        case None:
            return GoalWay.BOOK if session.free_seats > 0 else GoalWay.LINE
        case Refusal.SESSION_IN_ROUND if round_ is not None:
            takes = round_.state is RoundState.OPEN and now < round_.closes_at
            return GoalWay.APPLY if takes else GoalWay.LATER
        case Refusal.BOOKING_NOT_YET_OPEN:
            return GoalWay.LATER
    return None


def _chance(session: CourseSession, way: GoalWay, category: Category) -> Chance:
    return Chance(
        session_id=session.id,
        objectives=objectives_of(session.course, category),
        is_mandatory=session.course.kind is Kind.MANDATORY,
        days=[each.day for each in session.days],
        way=way,
    )


def _as_row(step: Step, sessions: Mapping[int, CourseSession], rounds: Mapping[int, Round]) -> NextRow:
    number = step.chance.session_id
    return NextRow(
        session=row_of(sessions[number]),
        covers=step.covers,
        way=step.chance.way,
        is_in_time=step.is_in_time,
        round=rounds.get(number),
    )
