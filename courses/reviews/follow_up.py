"""Follow-up: what has been promised and is not done, what is judged otherwise than before, and what falls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from courses.evaluations import compilation, shown
from courses.evaluations.shown import Unit
from courses.models import Course, Review, ReviewAction
from courses.reviews.opening import ended
from courses.rules import reading
from courses.rules import reviews as rules
from courses.rules.reviews import Criterion, Judgement
from courses.states import ReviewState


@dataclass(frozen=True)
class Changed:
    """What of a course is judged otherwise than in the review before."""

    review: Review
    before: Review
    criteria: Sequence[tuple[Criterion, Judgement, Judgement]]
    done: int
    promised: int
    """Actions of the review before."""


@dataclass(frozen=True)
class Fallen:
    """A course whose overall mean fell, between which half-years, and from what to what."""

    course: Course
    before: tuple[str, float]
    after: tuple[str, float]


@dataclass(frozen=True)
class FollowUp:
    """All of it."""

    actions: Sequence[ReviewAction]
    """Not done, what is due soonest first."""
    changed: Sequence[Changed]
    fallen: Sequence[Fallen]


def follow_up(db: Session) -> FollowUp:
    """What is to be looked at again, of everything that was ever reviewed."""
    undone = (
        select(ReviewAction)
        .join(ReviewAction.review)
        .join(Review.course)
        .where(ReviewAction.done_at.is_(None))
        .options(contains_eager(ReviewAction.review).contains_eager(Review.course))
        .order_by(ReviewAction.due_on, ReviewAction.id)
    )
    stated = (
        select(Review)
        .where(Review.state != ReviewState.OPEN)
        .options(selectinload(Review.course), selectinload(Review.actions))
        .order_by(Review.course_id, Review.half)
    )
    return FollowUp(list(db.scalars(undone)), _changed(list(db.scalars(stated))), _fallen(db))


def _changed(stated: Sequence[Review]) -> list[Changed]:
    """Of each course the last statement beside the one before it."""
    by_course: dict[int, list[Review]] = {}
    for each in stated:
        by_course.setdefault(each.course_id, []).append(each)
    pairs = [found[-2:] for found in by_course.values() if len(found) > 1]
    return [
        Changed(
            review=after,
            before=before,
            criteria=rules.changed(before.criteria, after.criteria),
            done=sum(each.done_at is not None for each in before.actions),
            promised=len(before.actions),
        )
        for before, after in sorted(pairs, key=lambda pair: pair[1].course.title)
    ]


def _fallen(db: Session) -> list[Fallen]:
    reviewed = select(Course).where(Course.id.in_(select(Review.course_id))).order_by(Course.title, Course.id)
    courses = list(db.scalars(reviewed))
    units = shown.units_of_courses(db, [each.id for each in courses])
    days = ended(db, units)
    found = []
    for course in courses:
        means = _means(units[course.id], days)
        fall = rules.fall(means)
        if fall is not None:
            before, after = fall
            found.append(Fallen(course, (before, means[before]), (after, means[after])))
    return found


def _means(units: Sequence[Unit], days: Mapping[int, date]) -> dict[str, float]:
    """Overall, by the half-year in which the last session of a unit ended: a unit is never divided."""
    by_half: dict[str, list[Unit]] = {}
    for unit in units:
        by_half.setdefault(reading.term(days[each] for each in unit.sessions), []).append(unit)
    return {half: each.mean for half, each in compilation.overall(by_half).items() if each.mean is not None}
