"""What is asked about a course, and the same as rows have it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import QuestionForm
from courses.rules.evaluations import USUAL, Question
from courses.states import QuestionKind


def of_course(db: Session, course_id: int) -> list[Question]:
    """By its newest form; a course without any has the usual questions."""
    newest = select(QuestionForm).where(QuestionForm.course_id == course_id).order_by(QuestionForm.version.desc())
    form = db.scalars(newest.limit(1)).one_or_none()
    return list(USUAL) if form is None else read(form.questions)


def read(rows: Iterable[Mapping[str, Any]]) -> list[Question]:
    """The questions that stand in a row."""
    return [
        Question(**{**each, "kind": QuestionKind(each["kind"]), "options": tuple(each["options"])}) for each in rows
    ]


def written(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Questions as a row has them."""
    return [{**asdict(each), "options": list(each.options)} for each in questions]
