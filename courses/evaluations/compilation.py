"""The compilation: what came of the evaluations of a course, together and unit by unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from courses.evaluations import questions, reflecting, shown
from courses.evaluations.reflecting import Reflected
from courses.models import Course, CourseSession, Evaluation, SessionLeader
from courses.rules import evaluations, mix
from courses.rules.evaluations import Question, Shown
from lararportal.errors import NotFound


@dataclass(frozen=True)
class Part:
    """What is said of one unit, or of several together."""

    days: Mapping[int, Sequence[date]]
    """The days of each of its sessions."""
    asked: int
    answers: int
    shown: Sequence[Shown]
    mix: Mapping[str, int]
    """Of one unit: how many of each group were asked; empty where it is not said."""


@dataclass(frozen=True)
class Compilation:
    """What somebody may read of a course."""

    course: Course
    whole: Part | None
    """Of everything that is chosen; None where it is the same as the only part."""
    parts: Sequence[Part]
    """The newest first."""
    terms: list[str]
    """Those that can be chosen, the newest first."""
    term: str
    """The one that is chosen; empty for all of them."""
    names: Mapping[int, str]
    reflections: Mapping[int, Reflected]
    """What the leaders of its sessions think of them, where they have said so."""


def of_course(db: Session, *, code: str, by: int, sees_all: bool, term: str = "") -> Compilation:
    """What can be read of a course: all units, or those in which `by` has led a session; of one term, if it is said.

    Raises:
        NotFound: there is no such course, `by` leads nothing of it, or nothing of it is of that term.
    """
    course = db.scalars(select(Course).where(Course.code == code)).one_or_none()
    if course is None:
        raise NotFound
    rows = db.execute(
        select(CourseSession, Evaluation)
        .join(Evaluation, Evaluation.session_id == CourseSession.id)
        .where(CourseSession.course_id == course.id, Evaluation.closed_at.is_not(None))
        .options(selectinload(CourseSession.days))
    ).all()
    of_sessions = select(CourseSession.id).where(CourseSession.course_id == course.id)
    led = select(SessionLeader.session_id).where(
        SessionLeader.person_id == by, SessionLeader.session_id.in_(of_sessions)
    )
    own = set() if sees_all else set(db.scalars(led))
    if not (sees_all or own):
        raise NotFound
    asked = {session.id: questions.read(evaluation.questions) for session, evaluation in rows}
    days = {session.id: [each.day for each in session.days] for session, _ in rows}
    units = [each for each in shown.units_of(db, course.id) if sees_all or own & set(each.sessions)]
    of_term = [evaluations.term(max(days[each]) for each in unit.sessions) for unit in units]
    if term and term not in of_term:
        raise NotFound
    units = [unit for unit, its_term in zip(units, of_term, strict=True) if term in ("", its_term)]
    parts = [_part([unit], asked, days) for unit in units]
    everything = [each for questions_ in asked.values() for each in questions_]
    return Compilation(
        course=course,
        whole=_part(units, asked, days) if len(units) > 1 else None,
        parts=parts[::-1],
        terms=sorted(set(of_term), reverse=True),
        term=term,
        names=shown.leader_names(db, everything),
        reflections=reflecting.of_sessions(db, [each for unit in units for each in unit.sessions]),
    )


def _part(
    units: Sequence[shown.Unit], asked: Mapping[int, Sequence[Question]], days: Mapping[int, Sequence[date]]
) -> Part:
    sessions = [each for unit in units for each in unit.sessions]
    different = dict.fromkeys(question for each in sessions for question in asked[each])
    return Part(
        days={each: days[each] for each in sessions},
        asked=sum(unit.asked for unit in units),
        answers=sum(unit.tallies.answers for unit in units),
        shown=evaluations.compiled(different, [unit.tallies for unit in units]),
        mix=mix.said(units[0].mix) if len(units) == 1 and units[0].mix is not None else {},
    )
