"""Stating: a reviewer writes drafts of what they say of a course, gives it for good, and closes what was answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from auth.holders import everybody_with
from auth.states import Role
from courses import letters, seen
from courses.models import CourseSession, Review
from courses.reach import courses_led
from courses.rules import reviews as rules
from courses.states import Refusal, ReviewState
from lararportal import journal
from lararportal.errors import NotFound, Refused, insist


def locked(db: Session, review_id: int) -> Review:
    """A review, for whoever changes it: one after the other.

    Raises:
        NotFound: there is no such review.
    """
    found = select(Review).where(Review.id == review_id).options(selectinload(Review.course)).with_for_update()
    review = db.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if review is None:
        raise NotFound
    return review


def move(review: Review, state: ReviewState, *, unless: Refusal | None = None) -> None:
    """The one door for how far a review has come.

    Raises:
        Refused: it is not where it can go there from; or else for the reason that is given.
    """
    insist(rules.may_become(review.state, state) or unless)
    review.state = state


def of_others(db: Session, review_id: int, *, by: int) -> Review:
    """A review, locked, for a reviewer who has not led the course: nobody reviews their own.

    Raises:
        NotFound: there is no such review.
        Refused: they have.
    """
    review = locked(db, review_id)
    if db.scalar(courses_led(by).where(CourseSession.course_id == review.course_id).limit(1)) is not None:
        raise Refused(Refusal.LED_THEMSELVES)
    return review


def written(criteria: Mapping[str, str], text: str) -> object:
    """What a draft says, for whoever asks whether it is the one that they saw."""
    return sorted((key, str(value)) for key, value in criteria.items()), text.strip()


def draft(
    db: Session, *, review_id: int, criteria: Mapping[str, str], text: str, saw: str | None = None, by: int
) -> None:
    """What a reviewer has written so far is kept for reviewers; nothing of it is said or noted yet.

    Raises:
        NotFound: there is no such review.
        Refused: it has been stated, they have led the course, or the draft is not the one that `saw` stands for.
    """
    review = of_others(db, review_id, by=by)
    if review.state is not ReviewState.OPEN:
        raise Refused(Refusal.REVIEW_ELSEWHERE)
    _put(review, criteria, text, saw=saw)
    db.flush()


def _put(review: Review, criteria: Mapping[str, str], text: str, *, saw: str | None) -> None:
    """All reviewers share one draft, and none of them writes over what they have not seen."""
    seen.insist(written(review.criteria, review.statement), seen=saw, wanted=written(criteria, text))
    review.criteria, review.statement = dict(criteria), text.strip()


def state(
    db: Session,
    *,
    review_id: int,
    criteria: Mapping[str, str],
    text: str,
    saw: str | None = None,
    now: datetime,
    by: int,
) -> None:
    """The statement is given for good, and every coordinator has a letter.

    Raises:
        NotFound: there is no such review.
        Refused: it has been stated, they have led the course, a criterion is not judged, there is no text, or the
            draft is not the one that `saw` stands for.
    """
    review = of_others(db, review_id, by=by)
    move(review, ReviewState.STATED, unless=rules.may_state(criteria, text))
    _put(review, criteria, text, saw=saw)
    review.stated_at, review.stated_by = now, by
    told = everybody_with(db, Role.COORDINATOR)
    said: dict[str, Any] = {"review": review.id, "criteria": review.criteria, "text": review.statement}
    journal.note(db, "review.stated", now=now, by=by, **said, people=[each.id for each in told])
    for each in told:
        letters.review_stated(db, person=each, review=review, now=now)
    db.flush()


def close(db: Session, *, review_id: int, now: datetime, by: int) -> None:
    """The answer is enough, and the review over; what was promised is still to be done.

    Raises:
        NotFound: there is no such review.
        Refused: it has not been answered, or is closed, or they have led the course.
    """
    review = of_others(db, review_id, by=by)
    move(review, ReviewState.CLOSED)
    journal.note(db, "review.closed", now=now, by=by, review=review.id)
    db.flush()
