"""Doing it: who has a seat says that a part is done, or answers its questions rightly; and takes it back."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from courses.days.half_days import Roster
from courses.models import CourseSession, PreparationMark, PreparationPart
from courses.preparation.parts import questions_of
from courses.rules import preparation
from lararportal import journal
from lararportal.errors import NotFound


def do(
    db: Session,
    *,
    session_id: int,
    part_id: int,
    answers: Mapping[int, int],
    roster: Roster,
    now: datetime,
    by: int,
) -> list[int]:
    """The part is done, unless questions are answered wrongly: these are returned, and nothing is kept of them.

    Said twice it is done once.

    Raises:
        NotFound: `by` has no seat in the session, or it has no such part.
    """
    part = _part(db, session_id, part_id, roster=roster, by=by)
    wrong = preparation.wrong(questions_of(part), answers)
    if not wrong and db.get(PreparationMark, (part.id, by), populate_existing=True) is None:
        db.add(PreparationMark(part_id=part.id, person_id=by, done_at=now))
        journal.note(db, "preparation.done", now=now, by=by, person=by, session=session_id, part=part.id)
        db.flush()
    return wrong


def undo(db: Session, *, session_id: int, part_id: int, roster: Roster, now: datetime, by: int) -> None:
    """The part is not done; if it was not, nothing happens.

    Raises:
        NotFound: as for `do`.
    """
    part = _part(db, session_id, part_id, roster=roster, by=by)
    mark = db.get(PreparationMark, (part.id, by), populate_existing=True)
    if mark is not None:
        db.delete(mark)
        journal.note(db, "preparation.undone", now=now, by=by, person=by, session=session_id, part=part.id)
        db.flush()


def _part(db: Session, session_id: int, part_id: int, *, roster: Roster, by: int) -> PreparationPart:
    """The part, for somebody who has a seat; they are locked, so that one of two presses comes after the other."""
    people.lock(db, [by])
    session, part = db.get(CourseSession, session_id), db.get(PreparationPart, part_id)
    if session is None or by not in roster(db, session_id):
        raise NotFound
    is_asked = part is not None and part.course_id == session.course_id and part.session_id in (None, session_id)
    if part is None or not is_asked or part.removed_at is not None:
        raise NotFound
    return part
