"""Opening: the courses of a half-year that is over are there to be reviewed, and the reviewers have a letter."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from auth.holders import everybody_with
from auth.states import Role
from courses import letters
from courses.evaluations import shown
from courses.evaluations.shown import Unit
from courses.models import Completion, CourseDay, CourseSession, Review
from courses.rules import reviews as rules
from courses.rules.reading import term
from courses.states import Refusal
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import Refused, insist


def open_(db: Session, *, half: str, now: datetime, by: int) -> list[Review]:
    """Each course with a session held in the half-year is open for review, with its figures of now.

    Raises:
        Refused: the half-year is not over, nothing was held in it, or its review has been opened.
    """
    insist(rules.may_open(half, day_of(now)))
    if db.scalar(select(exists().where(Review.half == half))):
        raise Refused(Refusal.REVIEW_OPENED_ALREADY)
    found = _figures(db, half)
    if not found:
        raise Refused(Refusal.NOTHING_TO_REVIEW)
    made = [Review(half=half, course_id=course, opened_at=now, **figures) for course, figures in found.items()]
    db.add_all(made)
    db.flush()
    reviewers = everybody_with(db, Role.REVIEWER)
    noted = {str(course): figures for course, figures in found.items()}
    told = [each.id for each in reviewers]
    journal.note(db, "review.opened", now=now, by=by, half=half, courses=noted, people=told)
    for each in reviewers:
        letters.review_opened(db, person=each, half=half, courses=len(made), now=now)
    db.flush()
    return made


def held(half: str) -> ColumnElement[bool]:
    """Whether a session took place and ended in the half-year."""
    first, last = rules.days_of(half)
    return CourseSession.takes_place & ~CourseSession.is_reserve & CourseSession.last_day.between(first, last)


def _figures(db: Session, half: str) -> Mapping[int, dict[str, int]]:
    """By course. A session of fewer than five is in no sum, and answers are those of whole units.

    Otherwise what a sum has more than the units that are read beside it would be those few.
    """
    came = select(func.count()).where(Completion.session_id == CourseSession.id, Completion.absence.is_(None))
    rows = db.execute(
        select(CourseSession.id, CourseSession.course_id, came.scalar_subquery())
        .where(held(half))
        .order_by(CourseSession.course_id, CourseSession.id)
    ).all()
    given: dict[int, list[int]] = {}
    for _, course, people in rows:
        given.setdefault(course, []).append(people)
    units = _units(db, half, list(given))
    return {
        course: {
            "sessions": len(people),
            "participants": sum(each for each in people if rules.figure(each) is not None),
            "asked": sum(unit.asked for unit in units[course]),
            "answered": sum(unit.tallies.answers for unit in units[course]),
        }
        for course, people in given.items()
    }


def _units(db: Session, half: str, courses: Sequence[int]) -> Mapping[int, list[Unit]]:
    """Those that belong to the half-year."""
    found = shown.units_of_courses(db, courses)
    days = ended(db, found)
    return {
        course: [each for each in units if term(days[session] for session in each.sessions) == half]
        for course, units in found.items()
    }


def ended(db: Session, units: Mapping[int, Sequence[Unit]]) -> dict[int, date]:
    """The last day of each session of these units, in Stockholm."""
    sessions = [session for found in units.values() for unit in found for session in unit.sessions]
    last = select(CourseDay.session_id, func.max(CourseDay.day)).where(CourseDay.session_id.in_(sessions))
    return dict(db.execute(last.group_by(CourseDay.session_id)).all())
