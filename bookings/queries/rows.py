"""A course session as the bookings pages show it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings.had import HadIn
from bookings.rules.line import stands_for
from courses.days_in_order import DAYS_IN_ORDER
from courses.models import BY_START, COURSE_AND_DAYS, Course, CourseSession
from courses.states import Publicity


@dataclass(frozen=True)
class SessionRow:
    """One session in a list; days in order."""

    session_id: int
    course_code: str
    course_title: str
    targets: Mapping[str, int]
    place: str
    days: tuple[date, ...]
    seats: int
    seats_taken: int
    free_seats: int
    """Seats that nobody has, and that are held for nobody."""
    seats_over: int
    """Booked or offered beyond the seats: there became fewer, and nobody was put out."""
    minimum: int
    cancel_by: date
    go_no_go_on: date
    publicity: Publicity
    booking_is_closed: bool
    """Somebody has closed direct booking and the line before their time."""
    is_reserve: bool
    swap_rings: bool
    """Whether those who wait for each other's full sessions of the course change seats."""
    moved_at: datetime | None

    @property
    def saw(self) -> str:
        """Stands for the session as it is shown, in a press that comes to it."""
        return stands_for((), self.moved_at)

    @property
    def starts_on(self) -> date:
        """The first day."""
        return self.days[0]


def row_of(session: CourseSession | HadIn) -> SessionRow:
    """The row of a session whose course and days are loaded."""
    return SessionRow(
        session_id=session.id,
        course_code=session.course.code,
        course_title=session.course.title,
        targets=session.course.targets,
        place=session.place,
        days=tuple(sorted(session.dates)),
        seats=session.seats,
        seats_taken=session.seats_taken,
        free_seats=session.free_seats,
        seats_over=session.seats_over,
        minimum=session.minimum,
        cancel_by=session.cancel_by,
        go_no_go_on=session.go_no_go_on,
        publicity=session.publicity,
        booking_is_closed=session.booking_is_closed,
        is_reserve=session.is_reserve,
        swap_rings=session.course.swap_rings,
        moved_at=session.moved_at,
    )


def session_rows(db: Session, wanted: Select[Any]) -> list[SessionRow]:
    """The rows of what is `ROWS` under conditions, in one statement."""
    return rows_of(db.execute(wanted))


def rows_of(found: Iterable[Sequence[Any]]) -> list[SessionRow]:
    """The rows of what such a statement has found."""
    return [
        SessionRow(number, code, title, targets, place, tuple(days), *facts)
        for number, code, title, targets, place, days, *facts in found
    ]


ROWS = (
    select(
        CourseSession.id,
        Course.code,
        Course.title,
        Course.targets,
        CourseSession.place,
        DAYS_IN_ORDER,
        CourseSession.seats,
        CourseSession.seats_taken,
        CourseSession.free_seats,
        CourseSession.seats_over,
        CourseSession.minimum,
        CourseSession.cancel_by,
        CourseSession.go_no_go_on,
        CourseSession.publicity,
        CourseSession.booking_closed_at.is_not(None),
        CourseSession.is_reserve,
        Course.swap_rings,
        CourseSession.moved_at,
    )
    .join(Course, Course.id == CourseSession.course_id)
    .order_by(*BY_START)
)
"""What a row says of all sessions, in the order they begin."""


def sessions_with_course() -> Select[CourseSession]:
    """Sessions with all that a row needs, in the order they begin, for who needs more of them than a row says."""
    return select(CourseSession).options(*COURSE_AND_DAYS).order_by(*BY_START)
