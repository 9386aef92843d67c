"""Opening: the courses of a half-year that is over are there to be reviewed, and the reviewers have a letter."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from auth.models import Grant, Person
from auth.states import Role
from courses import letters
from courses.models import Completion, CourseDay, CourseSession, Evaluation, Review
from courses.rules import reviews as rules
from courses.states import Publicity, Refusal
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import Refused


def open_(db: Session, *, half: str, now: datetime, by: int) -> list[Review]:
    """Each course with a session held in the half-year is open for review, with its figures of now.

    Raises:
        Refused: the half-year is not over, nothing was held in it, or its review has been opened.
    """
    refusal = rules.may_open(half, day_of(now))
    if refusal is not None:
        raise Refused(refusal)
    if db.scalar(select(exists().where(Review.half == half))):
        raise Refused(Refusal.REVIEW_OPENED_ALREADY)
    found = _figures(db, half)
    if not found:
        raise Refused(Refusal.NOTHING_TO_REVIEW)
    made = [Review(half=half, course_id=course, opened_at=now, **figures) for course, figures in found.items()]
    db.add_all(made)
    db.flush()
    reviewers = holders(db, Role.REVIEWER)
    noted = {str(course): figures for course, figures in found.items()}
    told = [each.id for each in reviewers]
    journal.note(db, "review.opened", now=now, by=by, half=half, courses=noted, people=told)
    for each in reviewers:
        letters.review_opened(db, person=each, half=half, courses=len(made), now=now)
    db.flush()
    return made


def holders(db: Session, role: Role) -> list[Person]:
    """Whom a letter goes to that is for everybody with a role, each once."""
    having = select(Grant.person_id).where(Grant.role == role)
    return list(db.scalars(select(Person).where(Person.id.in_(having)).order_by(Person.id)))


def held(half: str) -> ColumnElement[bool]:
    """Whether a session took place and ended in the half-year."""
    first, last = rules.days_of(half)
    ended = select(func.max(CourseDay.day)).where(CourseDay.session_id == CourseSession.id).scalar_subquery()
    took_place = CourseSession.publicity.in_([Publicity.PUBLISHED, Publicity.ARCHIVED])
    return took_place & ~CourseSession.is_reserve & ended.between(first, last)


def _figures(db: Session, half: str) -> Mapping[int, dict[str, Any]]:
    came = select(func.count()).where(Completion.session_id == CourseSession.id, Completion.absence.is_(None))
    rows = db.execute(
        select(
            CourseSession.course_id,
            func.count().label("sessions"),
            func.coalesce(func.sum(came.scalar_subquery()), 0).label("participants"),
            func.coalesce(func.sum(Evaluation.asked), 0).label("asked"),
            func.coalesce(func.sum(Evaluation.answered), 0).label("answered"),
        )
        .join(Evaluation, Evaluation.session_id == CourseSession.id, isouter=True)
        .where(held(half))
        .group_by(CourseSession.course_id)
        .order_by(CourseSession.course_id)
    )
    return {course: dict(zip(FIGURES, map(int, figures), strict=True)) for course, *figures in rows}


FIGURES = ("sessions", "participants", "asked", "answered")
