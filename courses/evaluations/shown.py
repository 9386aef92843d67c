"""What pages read of evaluations: whom they still ask, and what came of those that have closed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, selectinload

from auth.models import Person
from courses.evaluations import box
from courses.models import AnswerBox, Asked, CourseSession, Evaluation
from courses.rules import evaluations
from courses.rules import mix as of_groups
from courses.rules.evaluations import Closed, Question, Tallies
from lararportal import clock


@dataclass(frozen=True)
class Unit:
    """What can be read of a course at once: a session, or several that had few answers."""

    sessions: Sequence[int]
    asked: int
    mix: Mapping[str, int] | None
    """Of those asked, how many of each category; None where it was never written down."""
    tallies: Tallies


@dataclass(frozen=True)
class ToAnswer:
    """A session that somebody is asked about, and the last day to answer."""

    session: CourseSession
    closes_on: date


def session_of(db: Session, session_id: int) -> ToAnswer:
    """The session of an evaluation."""
    return _to_answer(db, Evaluation.session_id == session_id)[0]


def to_answer(db: Session, *, person_id: int, now: datetime) -> list[ToAnswer]:
    """What somebody is asked about and has not answered, the shortest time first."""
    theirs = exists().where(
        Asked.session_id == Evaluation.session_id, Asked.person_id == person_id, ~Asked.has_answered
    )
    return _to_answer(db, theirs, Evaluation.closed_at.is_(None), Evaluation.closes_on >= clock.day_of(now))


def _to_answer(db: Session, *where: ColumnElement[bool]) -> list[ToAnswer]:
    found = (
        select(CourseSession, Evaluation.closes_on)
        .join(Evaluation, Evaluation.session_id == CourseSession.id)
        .where(*where)
        .options(selectinload(CourseSession.course), selectinload(CourseSession.days))
        .order_by(Evaluation.closes_on, CourseSession.id)
    )
    return [ToAnswer(session, closes_on) for session, closes_on in db.execute(found).all()]


def leader_names(db: Session, questions: Iterable[Question]) -> dict[int, str]:
    """What the leaders are called whom questions are about."""
    people = {each.about for each in questions if each.about is not None}
    found = select(Person).where(Person.id.in_(people)) if people else None
    return {} if found is None else {each.id: each.name for each in db.scalars(found)}


def units_of(db: Session, course_id: int) -> list[Unit]:
    """What can be read of a course, in the order in which it came to be readable.

    All of it follows from evaluations that have closed, so that it never changes what could be read before.
    """
    return units_of_courses(db, [course_id])[course_id]


def units_of_courses(db: Session, course_ids: Collection[int]) -> dict[int, list[Unit]]:
    """The same of several courses at once, by course."""
    rows = db.execute(
        select(CourseSession.course_id, Evaluation, AnswerBox)
        .join(AnswerBox, AnswerBox.session_id == Evaluation.session_id)
        .join(CourseSession, CourseSession.id == Evaluation.session_id)
        .where(CourseSession.course_id.in_(course_ids), Evaluation.closed_at.is_not(None))
    ).all()
    return {course: _units(db, [(each, found) for of, each, found in rows if of == course]) for course in course_ids}


def _units(db: Session, rows: Sequence[tuple[Evaluation, AnswerBox]]) -> list[Unit]:
    closed = [
        Closed(each.session_id, each.closed_at, each.answered)
        for each, _ in rows
        if each.closed_at is not None and each.answered is not None
    ]
    boxes = {each.session_id: found for each, found in rows}
    asked = {each.session_id: each.asked or 0 for each, _ in rows}
    mixes = {each.session_id: each.mix for each, _ in rows}
    return [
        Unit(
            sessions=unit,
            asked=sum(asked[each] for each in unit),
            mix=_mix([mixes[each] for each in unit]),
            tallies=evaluations.together(box.opened(db, boxes[each]) for each in unit),
        )
        for unit in evaluations.units(closed)
    ]


def _mix(mixes: Sequence[Mapping[str, int] | None]) -> Mapping[str, int] | None:
    written = [each for each in mixes if each is not None]
    return of_groups.together(written) if len(written) == len(mixes) else None
