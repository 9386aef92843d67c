"""The parts of a course's preparation: a coordinator adds, changes and removes them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.catalogue import lock_course
from courses.materials import keeping
from courses.models import Course, PreparationPart
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
    keeping.take_off_part(db, part, now=now, by=by)
    part.removed_at = now
    journal.note(db, "preparation.part_removed", now=now, by=by, course=course.code, part=part.id, title=part.title)


def parts_of(db: Session, course_id: int) -> list[PreparationPart]:
    """The parts of a course, in order."""
    return list(
        db.scalars(
            select(PreparationPart)
            .where(PreparationPart.course_id == course_id, PreparationPart.removed_at.is_(None))
            .order_by(PreparationPart.place, PreparationPart.id)
        )
    )


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
    if part is None or part.course_id != course_id or part.removed_at is not None:
        raise NotFound
    return course, part


def _note(db: Session, deed: str, part: PreparationPart, course: Course, *, now: datetime, by: int) -> None:
    facts = facts_of(part).columns
    journal.note(db, deed, now=now, by=by, course=course.code, part=part.id, **facts)
