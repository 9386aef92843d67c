"""What pages read of evaluations: whom they still ask, and what came of those that have closed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from auth.models import Person
from courses.evaluations import box
from courses.models import COURSE_AND_DAYS, AnswerBox, Asked, CourseSession, Evaluation, Masking
from courses.rules import mix as of_groups
from courses.rules import reading
from courses.rules.evaluations import Question, Tallies
from courses.rules.reading import Closed
from lararportal import clock


@dataclass(frozen=True)
class Unit:
    """What can be read of a course at once: a session, or several that had few answers."""

    sessions: Sequence[int]
    asked: int
    mix: Mapping[str, int] | None
    """Of those asked, how many of each category; None where it was never written down."""
    tallies: Tallies
    masked: frozenset[str]
    """The imprints of the texts that are not to be read."""

    @property
    def begins_with(self) -> int:
        """The session that it is known by."""
        return self.sessions[0]


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
        .options(*COURSE_AND_DAYS)
        .order_by(Evaluation.closes_on, CourseSession.id)
    )
    return [ToAnswer(session, closes_on) for session, closes_on in db.execute(found).all()]


def leader_names(db: Session, questions: Iterable[Question]) -> dict[int, str]:
    """What the leaders are called whom questions are about."""
    people = {each.about for each in questions if each.about is not None}
    found = select(Person).where(Person.id.in_(people)) if people else None
    return {} if found is None else {each.id: each.name for each in db.scalars(found)}


def units_of_courses(db: Session, course_ids: Collection[int]) -> dict[int, list[Unit]]:
    """What can be read of each course, in the order in which it came to be readable.

    All of it follows from evaluations that have closed, so that it never changes what could be read before. Texts
    that are masked are counted there and not said.
    """
    found = as_written(db, course_ids)
    return {course: [_to_be_read(db, each) for each in units] for course, units in found.items()}


def as_written(db: Session, course_ids: Collection[int]) -> dict[int, list[Unit]]:
    """The same with the texts that are masked, for whoever masks them and for nobody else."""
    masked = select(func.array_agg(Masking.imprint)).where(Masking.session_id == Evaluation.session_id)
    rows = db.execute(
        select(CourseSession.course_id, Evaluation, AnswerBox, masked.scalar_subquery())
        .join(AnswerBox, AnswerBox.session_id == Evaluation.session_id)
        .join(CourseSession, CourseSession.id == Evaluation.session_id)
        .where(CourseSession.course_id.in_(course_ids), Evaluation.closed_at.is_not(None))
    ).all()
    return {course: _units(db, [tuple(row) for of, *row in rows if of == course]) for course in course_ids}


def _units(db: Session, rows: Sequence[tuple[Any, ...]]) -> list[Unit]:
    closed = [
        Closed(each.session_id, each.closed_at, each.answered)
        for each, *_ in rows
        if each.closed_at is not None and each.answered is not None
    ]
    by_session = {each.session_id: (each, found, frozenset(masked or ())) for each, found, masked in rows}
    made = []
    for unit in reading.units(closed):
        of_unit, boxes, masked = zip(*(by_session[each] for each in unit), strict=True)
        made.append(
            Unit(
                sessions=unit,
                asked=sum(each.asked or 0 for each in of_unit),
                mix=_mix([each.mix for each in of_unit]),
                tallies=reading.of_unit(
                    ({said["key"] for said in of.questions}, box.opened(db, each))
                    for of, each in zip(of_unit, boxes, strict=True)
                ),
                masked=masked[0],
            )
        )
    return made


def _to_be_read(db: Session, unit: Unit) -> Unit:
    if not unit.masked:
        return unit

    def is_masked(question: str, text: str) -> bool:
        return box.imprint(db, unit.begins_with, question, text) in unit.masked

    return replace(unit, tallies=reading.without(unit.tallies, is_masked))


def _mix(mixes: Sequence[Mapping[str, int] | None]) -> Mapping[str, int] | None:
    written = [each for each in mixes if each is not None]
    return of_groups.together(written) if len(written) == len(mixes) else None
