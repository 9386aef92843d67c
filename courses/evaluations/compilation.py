"""The compilation: what came of the evaluations of a course, together and unit by unit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from courses.evaluations import questions, reflecting, shown
from courses.evaluations.reflecting import Reflected
from courses.evaluations.shown import Unit
from courses.models import Course, CourseSession, Evaluation, SessionLeader
from courses.rules import mix, reading
from courses.rules.evaluations import USUAL, Question
from courses.rules.reading import Shown
from lararportal.errors import NotFound

OVERALL = USUAL[0]
"""What one question says of a course, where there is room for one only."""


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
    over_time: Mapping[str, Shown]
    """What was said of the course as a whole in every term, the oldest first."""


@dataclass(frozen=True)
class _Said:
    """All that has been said of some courses."""

    units: Mapping[int, Sequence[Unit]]
    """By course, in the order in which they came to be readable."""
    asked: Mapping[int, Sequence[Question]]
    days: Mapping[int, Sequence[date]]
    names: Mapping[int, str]
    reflections: Mapping[int, Reflected]

    def term(self, unit: Unit) -> str:
        """The one that a unit belongs to."""
        return reading.term(max(self.days[each]) for each in unit.sessions)


def of_course(db: Session, *, code: str, by: int, sees_all: bool, term: str = "") -> Compilation:
    """What can be read of a course: all units, or those in which `by` has led a session; of one term, if it is said.

    Raises:
        NotFound: there is no such course, `by` leads nothing of it, or nothing of it is of that term.
    """
    course = db.scalars(select(Course).where(Course.code == code)).one_or_none()
    if course is None:
        raise NotFound
    of_sessions = select(CourseSession.id).where(CourseSession.course_id == course.id)
    led = select(SessionLeader.session_id).where(
        SessionLeader.person_id == by, SessionLeader.session_id.in_(of_sessions)
    )
    own = set() if sees_all else set(db.scalars(led))
    if not (sees_all or own):
        raise NotFound
    said = _said(db, [course.id])
    units = [each for each in said.units[course.id] if sees_all or own & set(each.sessions)]
    if term and term not in {said.term(each) for each in units}:
        raise NotFound
    return _compiled(course, units, said, term)


def of_courses(db: Session, courses: Collection[Course], *, term: str) -> dict[int, Compilation]:
    """The same of several courses and one term, by course, for who sees all; without parts if nothing is said."""
    said = _said(db, [each.id for each in courses])
    return {each.id: _compiled(each, said.units[each.id], said, term) for each in courses}


def _said(db: Session, course_ids: Collection[int]) -> _Said:
    rows = db.execute(
        select(CourseSession, Evaluation)
        .join(Evaluation, Evaluation.session_id == CourseSession.id)
        .where(CourseSession.course_id.in_(course_ids), Evaluation.closed_at.is_not(None))
        .options(selectinload(CourseSession.days))
    ).all()
    asked = {session.id: questions.read(evaluation.questions) for session, evaluation in rows}
    return _Said(
        units=shown.units_of_courses(db, course_ids),
        asked=asked,
        days={session.id: [each.day for each in session.days] for session, _ in rows},
        names=shown.leader_names(db, [each for of_session in asked.values() for each in of_session]),
        reflections=reflecting.of_sessions(db, list(asked)),
    )


def _compiled(course: Course, readable: Sequence[Unit], said: _Said, term: str) -> Compilation:
    by_term: dict[str, list[Unit]] = {}
    for each in readable:
        by_term.setdefault(said.term(each), []).append(each)
    units = by_term.get(term, []) if term else readable
    return Compilation(
        course=course,
        whole=_part(units, said) if len(units) > 1 else None,
        parts=[_part([unit], said) for unit in units][::-1],
        terms=sorted(by_term, reverse=True),
        term=term,
        names=said.names,
        reflections={
            each: said.reflections[each] for unit in units for each in unit.sessions if each in said.reflections
        },
        over_time=overall(by_term),
    )


def overall(by_term: Mapping[str, Sequence[Unit]]) -> dict[str, Shown]:
    """What was said of the course as a whole, term after term, where enough have said it."""
    found = {
        term: reading.compiled([OVERALL], [unit.tallies for unit in units])[0]
        for term, units in sorted(by_term.items())
    }
    return {term: each for term, each in found.items() if each.answers}


def _part(units: Sequence[Unit], said: _Said) -> Part:
    sessions = [each for unit in units for each in unit.sessions]
    different = dict.fromkeys(question for each in sessions for question in said.asked[each])
    return Part(
        days={each: said.days[each] for each in sessions},
        asked=sum(unit.asked for unit in units),
        answers=sum(unit.tallies.answers for unit in units),
        shown=reading.compiled(different, [unit.tallies for unit in units]),
        mix=mix.said(units[0].mix, units[0].asked) if len(units) == 1 and units[0].mix is not None else {},
    )
