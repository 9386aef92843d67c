"""What must hold of evaluations: as many answers as have answered, and no more said of anybody than that."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from auth import resealing
from courses.evaluations import box, masking
from courses.evaluations.resealing import BOXES
from courses.models import AnswerBox, Asked, CourseSession, Evaluation, Masking
from lararportal.checks import Check, When
from lararportal.sealing import CannotOpen, Safe, key_of


def answers_differ(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """The evaluations whose box has not as many answers as people have answered, or is damaged."""
    safe = db.info.get("safe")
    if not isinstance(safe, Safe):
        return
    known = {key.name for key in safe.ring.keys}
    marked = select(func.count()).where(Asked.session_id == Evaluation.session_id, Asked.has_answered)
    rows = select(Evaluation.session_id, AnswerBox, func.coalesce(Evaluation.answered, marked.scalar_subquery()))
    rows = rows.outerjoin(AnswerBox, AnswerBox.session_id == Evaluation.session_id).order_by(Evaluation.session_id)
    for session_id, found, answered in db.execute(rows).all():
        if found is not None and key_of(found.sealed) not in known:
            continue
        if _inside(db, found) != answered:
            yield {"session": session_id}


def _inside(db: Session, found: AnswerBox | None) -> int | None:
    try:
        return 0 if found is None else box.opened(db, found).answers
    except CannotOpen:
        return None


def people_remembered(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """The evaluations that have closed and still say who was asked."""
    left = exists().where(Asked.session_id == Evaluation.session_id)
    found = select(Evaluation.session_id).where(Evaluation.closed_at.is_not(None), left)
    yield from ({"session": each} for each in db.scalars(found.order_by(Evaluation.session_id)))


def by_another_key(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """How many boxes another key than the newest has sealed; nobody knows without keys."""
    if isinstance(db.info.get("safe"), Safe) and (count := resealing.behind(db, BOXES)):
        yield {"count": count}


def masking_hides_nothing(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
    """The maskings of a text that is not there: under another index key what they hid would be read."""
    if not isinstance(db.info.get("safe"), Safe):
        return
    of_courses = select(CourseSession.course_id).join(Masking, Masking.session_id == CourseSession.id)
    for course_id in db.scalars(of_courses.distinct().order_by(CourseSession.course_id)).all():
        try:
            found = {(each.sessions[0], each.imprint) for each in masking.comments(db, course_id)}
        except CannotOpen:
            continue
        of_course = select(Masking).join(CourseSession, CourseSession.id == Masking.session_id)
        for each in db.scalars(of_course.where(CourseSession.course_id == course_id).order_by(Masking.session_id)):
            if (each.session_id, each.imprint) not in found:
                yield {"session": each.session_id}


CHECKS = (
    Check("evaluation_answers_differ", answers_differ),
    Check("evaluation_remembers_people", people_remembered),
    Check("evaluation_by_another_key", by_another_key),
    Check("masking_hides_nothing", masking_hides_nothing),
)
