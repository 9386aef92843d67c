"""The catalogue from a file: every row is checked first, and either all of them are taken or none."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses import catalogue, rules
from courses.course_file import read
from courses.models import Course
from courses.rules import CourseFacts
from lararportal import journal


@dataclass(frozen=True)
class Imported:
    """The codes of the courses that a file made, changed, and found as they were."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def import_file(db: Session, *, text: str, now: datetime, by: int | None) -> Imported:
    """Makes the catalogue say what the file says: new codes become drafts, known ones are changed.

    What a file has no column for, such as description and target groups, stays as it is; a new course gets the
    usual target groups of its kind.

    Raises:
        ImportFaulty: something is wrong in the file; nothing is changed.
    """
    rows = read(text)
    known = _known(db, [row.code for row in rows])
    created, changed, unchanged = [], [], []
    for row in rows:
        course = known.get(row.code)
        if course is None:
            facts = CourseFacts(targets=rules.default_targets(row.facts["kind"]), **row.facts)
            catalogue.create(db, code=row.code, facts=facts, now=now, by=by)
            created.append(row.code)
            continue
        before = catalogue.facts_of(course)
        after = replace(before, **row.facts)
        if after == before:
            unchanged.append(row.code)
        else:
            catalogue.change(db, course_id=course.id, facts=after, now=now, by=by)
            changed.append(row.code)
    counts = {"created": len(created), "changed": len(changed), "unchanged": len(unchanged)}
    journal.note(db, "courses.imported", now=now, by=by, **counts)
    return Imported(tuple(created), tuple(changed), tuple(unchanged))


def _known(db: Session, codes: list[str]) -> dict[str, Course]:
    """The courses that exist already, held in id order so that two imports at once follow each other."""
    held = (
        select(Course)
        .where(Course.code.in_(codes))
        .order_by(Course.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {course.code: course for course in db.scalars(held)}
