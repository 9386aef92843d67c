"""Free seats: somebody asks to be told when a course has some, and is told once for each session that needs them."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bookings.models import CourseWish
from courses.models import Course
from lararportal import journal
from lararportal.errors import NotFound


def ask(db: Session, *, course_id: int, person_id: int, now: datetime, by: int | None) -> None:
    """The person is told when a session of the course has free seats that nobody takes; asking twice is asking once.

    Raises:
        NotFound: there is no such course.
    """
    if db.get(Course, course_id) is None:
        raise NotFound
    is_new = db.scalar(
        insert(CourseWish)
        .values(person_id=person_id, course_id=course_id, asked_at=now)
        .on_conflict_do_nothing()
        .returning(CourseWish.course_id)
    )
    if is_new is not None:
        journal.note(db, "free_seats.asked_for", now=now, by=by, person=person_id, course=course_id)


def ask_no_more(db: Session, *, course_id: int, person_id: int, now: datetime, by: int | None) -> None:
    """The person is not told any more."""
    gone = db.scalar(
        delete(CourseWish)
        .where(CourseWish.person_id == person_id, CourseWish.course_id == course_id)
        .returning(CourseWish.course_id)
    )
    if gone is not None:
        journal.note(db, "free_seats.no_longer", now=now, by=by, person=person_id, course=course_id)
