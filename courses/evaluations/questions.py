"""What is asked about a course, changed in versions, and the same as rows have it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.catalogue import lock_course
from courses.models import QuestionForm
from courses.rules.evaluations import USUAL, Question
from courses.states import QuestionKind
from lararportal import journal


def of_course(db: Session, course_id: int) -> list[Question]:
    """By its newest form; a course without any has the usual questions."""
    newest = select(QuestionForm).where(QuestionForm.course_id == course_id).order_by(QuestionForm.version.desc())
    form = db.scalars(newest.limit(1)).one_or_none()
    return list(USUAL) if form is None else read(form.questions)


def change(db: Session, *, course_id: int, questions: Sequence[Question], now: datetime, by: int) -> bool:
    """Evaluations of the course that open from now on ask this. Returns whether it is other than before.

    Raises:
        NotFound: there is no such course.
    """
    course = lock_course(db, course_id)
    if list(questions) == of_course(db, course.id):
        return False
    newest = db.scalar(select(func.max(QuestionForm.version)).where(QuestionForm.course_id == course.id))
    made = QuestionForm(course_id=course.id, version=(newest or 0) + 1, questions=written(questions))
    made.made_at, made.made_by = now, by
    db.add(made)
    said: dict[str, Any] = {"version": made.version, "questions": made.questions}
    journal.note(db, "evaluation.questions_changed", now=now, by=by, course=course.code, **said)
    db.flush()
    return True


def read(rows: Iterable[Mapping[str, Any]]) -> list[Question]:
    """The questions that stand in a row."""
    return [
        Question(**{**each, "kind": QuestionKind(each["kind"]), "options": tuple(each["options"])}) for each in rows
    ]


def written(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Questions as a row has them."""
    return [{**asdict(each), "options": list(each.options)} for each in questions]
