"""Who has done what before a course, as its pages show it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import BY_NAME, Person
from courses.materials import shown
from courses.models import CourseSession, Material, PreparationMark, PreparationPart
from courses.preparation.parts import parts_for, questions_of
from courses.rules.preparation import Question


@dataclass(frozen=True)
class OwnPart:
    """A part, its file if it has one, and whether somebody has done it."""

    part: PreparationPart
    questions: list[Question]
    is_done: bool
    file: Material | None


@dataclass(frozen=True)
class Standing:
    """Somebody with a seat, and the parts that they lack."""

    person_id: int
    name: str
    lacks: list[PreparationPart]


@dataclass(frozen=True)
class Prepared:
    """The parts of a session, and how everybody with a seat stands to them."""

    parts: list[PreparationPart]
    people: list[Standing]

    def lacking(self, person_id: int) -> list[PreparationPart]:
        """What one of them lacks."""
        return next((each.lacks for each in self.people if each.person_id == person_id), [])


def own(db: Session, session: CourseSession, person_id: int) -> list[OwnPart]:
    """The parts of the session, with what the person has done of them."""
    parts = parts_for(db, session)
    done = _done(db, parts, [person_id])[person_id]
    files = shown.of_parts(db, [each.id for each in parts])
    return [OwnPart(each, questions_of(each), each.id in done, files.get(each.id)) for each in parts]


def prepared(db: Session, session: CourseSession, people: Collection[int]) -> Prepared:
    """These people by name, with what they lack of the preparation."""
    parts = parts_for(db, session)
    if not parts:
        return Prepared([], [])
    done = _done(db, parts, people)
    known = db.scalars(select(Person).where(Person.id.in_(people)).order_by(*BY_NAME))
    return Prepared(
        parts,
        [Standing(each.id, each.name, [part for part in parts if part.id not in done[each.id]]) for each in known],
    )


def _done(db: Session, parts: Collection[PreparationPart], people: Collection[int]) -> dict[int, set[int]]:
    of_these = (
        PreparationMark.part_id.in_([each.id for each in parts]),
        PreparationMark.person_id.in_(people),
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, part_id in db.execute(select(PreparationMark.person_id, PreparationMark.part_id).where(*of_these)):
        found[person_id].add(part_id)
    return found
