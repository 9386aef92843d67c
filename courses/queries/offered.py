"""What is offered: a course and its sessions as everybody lists them, and a session."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from auth.states import Area
from courses.days_in_order import DAYS_IN_ORDER
from courses.models import BY_START, Course, CourseSession
from courses.rules import is_public
from courses.shown import ShownSession
from courses.states import Publicity
from lararportal import columns
from lararportal.errors import NotFound


class Listed(NamedTuple):
    """A session on a list for everybody. Facts alone, so that what a page says of them can be remembered by them."""

    id: int
    days: tuple[date, ...]
    place: str
    area: Area
    seats: int
    free_seats: int
    publicity: Publicity
    is_reserve: bool


OF_LISTED = (
    CourseSession.id,
    DAYS_IN_ORDER,
    CourseSession.place,
    CourseSession.area,
    CourseSession.seats,
    CourseSession.free_seats,
    CourseSession.publicity,
    CourseSession.is_reserve,
)
"""The columns of a `Listed`, in its order."""


def listed(row: Sequence[Any]) -> Listed:
    """That of a row with these columns."""
    session_id, days, *facts = row
    return Listed(session_id, tuple(days), *facts)


def course(db: Session, code: str) -> Course:
    """The course with that code, whoever may see it.

    Raises:
        NotFound: there is none.
    """
    found = db.scalars(_COURSE, {"code": code.upper()}).one_or_none()
    if found is None:
        raise NotFound
    return found


_COURSE = select(Course).where(Course.code == bindparam("code"))


def coming_sessions(db: Session, course_id: int, *, today: date) -> list[Listed]:
    """The sessions of a course from today on, drafts and reserves among them, in the order they begin."""
    return [listed(each) for each in columns.read(db, _COMING, {"course_id": course_id, "today": today})]


_COMING = (
    select(*OF_LISTED)
    .where(
        CourseSession.course_id == bindparam("course_id"),
        CourseSession.starts_on >= bindparam("today"),
        CourseSession.publicity != Publicity.ARCHIVED,
    )
    .order_by(*BY_START)
)


def session(db: Session, session_id: int) -> CourseSession:
    """A session with its course, days and leaders, whoever may see it.

    Raises:
        NotFound: there is none.
    """
    found = db.scalars(_SESSION, {"session_id": session_id}).unique().one_or_none()
    if found is None:
        raise NotFound
    return found


_SESSION = (
    select(CourseSession)
    .where(CourseSession.id == bindparam("session_id"))
    .options(
        joinedload(CourseSession.course),
        joinedload(CourseSession.days),
        joinedload(CourseSession.leaders),
    )
)


def everybody_sees(session: CourseSession | ShownSession) -> bool:
    """Whether everybody may open its page, which needs that of its course."""
    return is_public(session) and session.course.publicity is not Publicity.DRAFT
