"""A session as its own page shows it: what it says of itself, its course and its days, in one statement."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select, true
from sqlalchemy.orm import Session

from auth.states import Area
from courses.days_in_order import in_order
from courses.models import Course, CourseDay, CourseSession
from courses.rules import Day
from courses.states import Kind, Publicity
from lararportal import columns
from lararportal.errors import NotFound


class ShownCourse(NamedTuple):
    """The course of a session, called as in the row."""

    id: int
    code: str
    title: str
    kind: Kind
    targets: Mapping[str, int]
    swap_rings: bool
    publicity: Publicity


OF_COURSE = (Course.id, Course.code, Course.title, Course.kind, Course.targets, Course.swap_rings, Course.publicity)
"""The columns of a `ShownCourse`, in its order."""


class ShownSession(NamedTuple):
    """All that the page and the rules of seats ask of a session, called as in the row."""

    course: ShownCourse
    days: tuple[Day, ...]
    id: int
    place: str
    area: Area
    seats: int
    seats_taken: int
    free_seats: int
    seats_over: int
    minimum: int
    publicity: Publicity
    is_reserve: bool
    starts_on: date
    cancel_by: date
    go_no_go_on: date
    prepare_by: date | None
    programme: Sequence[Mapping[str, Any]]
    moved_at: datetime | None
    booking_is_closed: bool
    booking_closed_reason: str

    @property
    def course_id(self) -> int:
        """As that of the row; so are the others."""
        return self.course.id

    @property
    def dates(self) -> frozenset[date]:
        """Its days."""
        return frozenset(each.day for each in self.days)


def session(db: Session, session_id: int) -> ShownSession:
    """A session, whoever may see it.

    Raises:
        NotFound: there is none.
    """
    rows: Sequence[Sequence[Any]] = columns.read(db, _SHOWN, {"session_id": session_id})
    if not rows:
        raise NotFound
    [told] = rows
    *facts, days, starts, ends = told[len(OF_COURSE) :]
    return ShownSession(ShownCourse(*told[: len(OF_COURSE)]), tuple(map(Day, days, starts, ends)), *facts)


_DAYS = (
    select(*(in_order(each).label(each.key) for each in (CourseDay.day, CourseDay.starts, CourseDay.ends)))
    .where(CourseDay.session_id == bindparam("session_id"))
    .subquery()
)
_SHOWN: Select[*tuple[Any, ...]] = (
    select(
        *OF_COURSE,
        CourseSession.id,
        CourseSession.place,
        CourseSession.area,
        CourseSession.seats,
        CourseSession.seats_taken,
        CourseSession.free_seats,
        CourseSession.seats_over,
        CourseSession.minimum,
        CourseSession.publicity,
        CourseSession.is_reserve,
        CourseSession.starts_on,
        CourseSession.cancel_by,
        CourseSession.go_no_go_on,
        CourseSession.prepare_by,
        CourseSession.programme,
        CourseSession.moved_at,
        CourseSession.booking_closed_at.is_not(None),
        CourseSession.booking_closed_reason,
        *_DAYS.c,
    )
    .join(CourseSession, CourseSession.course_id == Course.id)
    .join(_DAYS, true())
    .where(CourseSession.id == bindparam("session_id"))
)
