"""What the pages of reviews read: the half-years with their courses, and one course with what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from courses.evaluations import compilation, reflecting
from courses.evaluations.compilation import Compilation
from courses.evaluations.reflecting import Reflected
from courses.models import BY_START, CourseSession, Review, ReviewAction
from courses.reach import courses_led
from courses.reviews.opening import held
from courses.rules import reviews as rules
from courses.states import ReviewState
from lararportal.errors import NotFound

LOADED = (selectinload(Review.course), selectinload(Review.actions))


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
class Held:
    """A session of the half-year: its days, its programme, and what its leader thinks of it."""

    session: CourseSession
    reflection: Reflected | None


@dataclass(frozen=True)
class Read:
    """A review with all that a reviewer reads of the course."""

    review: Review
    figures: Told
    held: Sequence[Held]
    compilation: Compilation
    """Of the half-year."""
    before: Review | None
    """The last one that was stated of the course, with what was promised then."""
    is_own: bool
    """Who reads has led the course, and says nothing of it."""


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


def review(db: Session, review_id: int) -> Review:
    """One of them.

    Raises:
        NotFound: there is no such review.
    """
    found = db.get(Review, review_id, options=LOADED, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def one(db: Session, review_id: int, *, by: int) -> Read:
    """A review to be read, and what participants have said of the course, in whole units.

    Raises:
        NotFound: there is no such review.
    """
    [read] = _read(db, [review(db, review_id)], by=by)
    return read


def of_half(db: Session, half: str, *, by: int) -> list[Read]:
    """The same of all courses of a half-year, by their names.

    Raises:
        NotFound: its review has not been opened.
    """
    found = db.scalars(select(Review).where(Review.half == half).options(*LOADED)).all()
    if not found:
        raise NotFound
    return _read(db, sorted(found, key=lambda each: (each.course.title, each.id)), by=by)


def _read(db: Session, reviews: Sequence[Review], *, by: int) -> list[Read]:
    """Of one half-year."""
    half, courses = reviews[0].half, [each.course for each in reviews]
    numbers = [each.id for each in courses]
    given = (
        select(CourseSession)
        .where(CourseSession.course_id.in_(numbers), held(half))
        .order_by(*BY_START)
        .options(selectinload(CourseSession.days))
    )
    sessions = db.scalars(given).all()
    reflections = reflecting.of_sessions(db, [each.id for each in sessions])
    compiled = compilation.of_courses(db, courses, term=half)
    stated = select(Review).where(Review.course_id.in_(numbers), Review.half < half, Review.state != ReviewState.OPEN)
    earlier = stated.options(selectinload(Review.actions)).order_by(Review.half)
    before = {each.course_id: each for each in db.scalars(earlier)}
    led = set(db.scalars(courses_led(by).where(CourseSession.course_id.in_(numbers))))
    return [
        Read(
            review=each,
            figures=told(each),
            held=[Held(one, reflections.get(one.id)) for one in sessions if one.course_id == each.course_id],
            compilation=compiled[each.course_id],
            before=before.get(each.course_id),
            is_own=each.course_id in led,
        )
        for each in reviews
    ]


def review_of(db: Session, action_id: int) -> int:
    """The review that an action belongs to.

    Raises:
        NotFound: there is no such action.
    """
    found = db.get(ReviewAction, action_id)
    if found is None:
        raise NotFound
    return found.review_id
