"""What the pages of reviews read: the half-years with their courses, and one course with what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from courses.evaluations import compilation
from courses.evaluations.compilation import Compilation
from courses.models import CourseSession, Review, ReviewAction
from courses.reviews.opening import held
from courses.rules import reviews as rules
from lararportal.errors import NotFound


@dataclass(frozen=True)
class Told:
    """Figures of people as they may be told: None is fewer than five."""

    sessions: int
    participants: int | None
    asked: int | None
    answered: int | None
    rate: int | None
    """Per cent."""


@dataclass(frozen=True)
class Read:
    """A review with all that a reviewer reads of the course."""

    review: Review
    figures: Told
    days: Sequence[Sequence[date]]
    """The days of each session of the half-year; nothing else of them."""
    compilation: Compilation


def told(review: Review) -> Told:
    """The figures of a review."""
    return Told(
        sessions=review.sessions,
        participants=rules.figure(review.participants),
        asked=rules.figure(review.asked),
        answered=rules.figure(review.answered),
        rate=rules.response_rate(review.asked, review.answered),
    )


def halves(db: Session) -> Mapping[str, list[Review]]:
    """The reviews of every half-year, the newest first, by the names of the courses."""
    rows = db.scalars(select(Review).options(selectinload(Review.course)))
    found: dict[str, list[Review]] = {}
    for each in sorted(rows, key=lambda row: (row.course.title, row.id)):
        found.setdefault(each.half, []).append(each)
    return dict(sorted(found.items(), reverse=True))


def one(db: Session, review_id: int, *, by: int) -> Read:
    """A review to be read, and what participants have said of the course, in whole units.

    Raises:
        NotFound: there is no such review.
    """
    loaded = (selectinload(Review.course), selectinload(Review.actions))
    review = db.get(Review, review_id, options=loaded, populate_existing=True)
    if review is None:
        raise NotFound
    given = (
        select(CourseSession)
        .where(CourseSession.course_id == review.course_id, held(review.half))
        .order_by(CourseSession.starts_on, CourseSession.id)
        .options(selectinload(CourseSession.days))
    )
    return Read(
        review=review,
        figures=told(review),
        days=[[day.day for day in each.days] for each in db.scalars(given)],
        compilation=compilation.of_course(db, code=review.course.code, by=by, sees_all=True),
    )


def review_of(db: Session, action_id: int) -> int:
    """The review that an action belongs to.

    Raises:
        NotFound: there is no such action.
    """
    found = db.get(ReviewAction, action_id)
    if found is None:
        raise NotFound
    return found.review_id
