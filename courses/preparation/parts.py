"""The parts of the preparation: those of a course, by a coordinator, and those that a session has beside."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from courses import reach
from courses.catalogue import lock_course
from courses.materials import keeping
from courses.models import Course, CourseSession, PreparationPart
from courses.rules.preparation import Question
from lararportal import journal
from lararportal.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class PartFacts:
    """All that is said of a part."""

    place: int
    title: str
    about: str
    address: str
    minutes: int
    questions: Sequence[Question]

    @property
    def columns(self) -> dict[str, Any]:
        """As the row keeps them."""
        said = {name: getattr(self, name) for name in ("place", "title", "about", "address", "minutes")}
        asked = [{**asdict(each), "choices": list(each.choices)} for each in self.questions]
        return {**said, "questions": asked}


def add(db: Session, *, course_id: int, facts: PartFacts, now: datetime, by: int) -> PreparationPart:
    """The course has one more part.

    Raises:
        NotFound: there is no such course.
    """
    course = lock_course(db, course_id)
    part = PreparationPart(course_id=course.id, **facts.columns)
    db.add(part)
    db.flush()
    _note(db, "preparation.part_added", part, course, now=now, by=by)
    return part


def add_to_session(
    db: Session, *, session_id: int, facts: PartFacts, content: bytes = b"", now: datetime, by: int
) -> PreparationPart:
    """The session has one more part, which no other session of the course has; with a file if there is content.

    Raises:
        NotFound: there is no such session, or `by` neither leads it nor is a coordinator.
        Refused: the file is too large, or of no kind that is taken.
    """
    session = reach.session_of(db, session_id=session_id, by=by)
    part = PreparationPart(course_id=session.course_id, session_id=session_id, **facts.columns)
    db.add(part)
    db.flush()
    _note(db, "preparation.part_added", part, session.course, now=now, by=by)
    if content:
        keeping.put_on_part(db, part, content=content, now=now, by=by)
    return part


def remove_from_session(db: Session, *, session_id: int, part_id: int, now: datetime, by: int) -> PreparationPart:
    """Nobody is asked any more for a part that the session alone has.

    Raises:
        NotFound: as for `add_to_session`, or the session has no such part of its own.
    """
    session = reach.session_of(db, session_id=session_id, by=by)
    part = db.get(PreparationPart, part_id, populate_existing=True)
    if part is None or part.session_id != session_id or part.removed_at is not None:
        raise NotFound
    _remove(db, part, session.course, now=now, by=by)
    return part


def change(db: Session, *, course_id: int, part_id: int, facts: PartFacts, now: datetime, by: int) -> bool:
    """This is said of the part; who has done it has done it still. Returns whether it is something else than before.

    Raises:
        NotFound: the course has no such part.
    """
    course, part = _held(db, course_id, part_id)
    wanted = facts.columns
    if {name: getattr(part, name) for name in wanted} == wanted:
        return False
    for name, value in wanted.items():
        setattr(part, name, value)
    _note(db, "preparation.part_changed", part, course, now=now, by=by)
    return True


def put_file(db: Session, *, course_id: int, part_id: int, content: bytes, now: datetime, by: int) -> None:
    """The part has this file, instead of the one before; without content it has none.

    Raises:
        NotFound: the course has no such part.
        Refused: the file is too large, or of no kind that is taken.
    """
    _, part = _held(db, course_id, part_id)
    if content:
        keeping.put_on_part(db, part, content=content, now=now, by=by)
    else:
        keeping.take_off_part(db, part, now=now, by=by)


def remove(db: Session, *, course_id: int, part_id: int, now: datetime, by: int) -> None:
    """Nobody is asked for the part any more.

    Raises:
        NotFound: the course has no such part.
    """
    course, part = _held(db, course_id, part_id)
    _remove(db, part, course, now=now, by=by)


def _remove(db: Session, part: PreparationPart, course: Course, *, now: datetime, by: int) -> None:
    keeping.take_off_part(db, part, now=now, by=by)
    part.removed_at = now
    deed, of, title = "preparation.part_removed", part.session_id, part.title
    journal.note(db, deed, now=now, by=by, session=of, course=course.code, part=part.id, title=title)


def parts_of(db: Session, course_id: int) -> list[PreparationPart]:
    """The parts that every session of a course has, in order."""
    of_course = (PreparationPart.course_id == course_id, PreparationPart.session_id.is_(None))
    return _in_order(db, *of_course)


def parts_for(db: Session, session: CourseSession) -> list[PreparationPart]:
    """The parts that a session has, those of its course and its own, in order."""
    return _in_order(db, is_for(session.course_id, session.id))


def is_for(course_id: Any, session_id: Any) -> ColumnElement[bool]:
    """Of a part: that a session of this course has it; the ids or their columns."""
    own = or_(PreparationPart.session_id.is_(None), PreparationPart.session_id == session_id)
    return and_(PreparationPart.course_id == course_id, own)


def _in_order(db: Session, *of: ColumnElement[bool]) -> list[PreparationPart]:
    there = (*of, PreparationPart.removed_at.is_(None))
    found = select(PreparationPart).where(*there).order_by(PreparationPart.place, PreparationPart.id)
    return list(db.scalars(found))


def questions_of(part: PreparationPart) -> list[Question]:
    """What the part asks to check oneself by."""
    return [Question(each["asks"], tuple(each["choices"]), each["right"]) for each in part.questions]


def facts_of(part: PreparationPart) -> PartFacts:
    """What is said of the part now."""
    return PartFacts(
        place=part.place,
        title=part.title,
        about=part.about,
        address=part.address,
        minutes=part.minutes,
        questions=questions_of(part),
    )


def _held(db: Session, course_id: int, part_id: int) -> tuple[Course, PreparationPart]:
    course = lock_course(db, course_id)
    part = db.get(PreparationPart, part_id, populate_existing=True)
    is_theirs = part is not None and part.course_id == course_id and part.session_id is None
    if part is None or not is_theirs or part.removed_at is not None:
        raise NotFound
    return course, part


def _note(db: Session, deed: str, part: PreparationPart, course: Course, *, now: datetime, by: int) -> None:
    facts = facts_of(part).columns
    journal.note(db, deed, now=now, by=by, session=part.session_id, course=course.code, part=part.id, **facts)
