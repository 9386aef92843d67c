"""The coordinator's lists: courses and sessions in whatever state, and who may lead one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Integer, any_, bindparam, func, select
from sqlalchemy.orm import Session

from auth.holders import holds
from auth.models import BY_NAME, Person, shown_name
from auth.states import Area, Role
from courses.days_in_order import DAYS_IN_ORDER
from courses.models import Course, CourseSession, SessionLeader
from courses.queries.search import KIND_ORDER, text_conditions
from courses.states import Publicity
from lararportal import columns
from lararportal.paging import Page, paginate_rows


def leaders(db: Session, *, of: Sequence[Person] = ()) -> list[Person]:
    """Everybody who may be chosen to lead a session, and those who lead the one in question already."""
    may = holds(Role.LEADER) | Person.id.in_([person.id for person in of])
    return list(db.scalars(select(Person).where(may).order_by(*BY_NAME)))


@dataclass(frozen=True)
class DeskCourse:
    """A course on the coordinator's list."""

    course: Course
    sessions_ahead: int


def desk_courses(db: Session, *, text: str = "", publicity: Publicity | None = None, today: date) -> list[DeskCourse]:
    """The courses of the catalogue in whatever state, with how many sessions of each lie ahead."""
    ahead = (
        select(func.count())
        .select_from(CourseSession)
        .where(
            CourseSession.course_id == Course.id,
            CourseSession.starts_on >= today,
            CourseSession.publicity.in_([Publicity.DRAFT, Publicity.PUBLISHED]),
        )
        .scalar_subquery()
    )
    wanted = select(Course, ahead).where(*text_conditions(text)).order_by(KIND_ORDER, Course.code)
    if publicity is not None:
        wanted = wanted.where(Course.publicity == publicity)
    return [DeskCourse(found, count) for found, count in db.execute(wanted)]


@dataclass(frozen=True, kw_only=True)
class DeskFilters:
    """What a coordinator looks for among the sessions."""

    text: str = ""
    past: bool = False
    area: Area | None = None
    publicity: Publicity | None = None


@dataclass(frozen=True)
class DeskSession:
    """A session on the coordinator's list. Facts alone, so that its row can be remembered by them."""

    id: int
    course_title: str
    course_code: str
    days: tuple[date, ...]
    place: str
    area: Area
    seats: int
    free_seats: int
    minimum: int
    seats_over: int
    publicity: Publicity
    is_reserve: bool
    booking_is_closed: bool
    leaders: tuple[str, ...]


_DESK_SESSION = select(
    CourseSession.id,
    Course.title,
    Course.code,
    DAYS_IN_ORDER,
    CourseSession.place,
    CourseSession.area,
    CourseSession.seats,
    CourseSession.free_seats,
    CourseSession.minimum,
    CourseSession.seats_over,
    CourseSession.publicity,
    CourseSession.is_reserve,
    CourseSession.booking_closed_at.is_not(None),
).join(Course, Course.id == CourseSession.course_id)


def desk_sessions(db: Session, filters: DeskFilters, *, today: date, number: int = 1) -> Page[DeskSession]:
    """A page of the coming sessions, next first, or of the past ones, latest first."""
    conditions = [CourseSession.starts_on < today if filters.past else CourseSession.starts_on >= today]
    if filters.text:
        conditions += text_conditions(filters.text)
    if filters.area is not None:
        conditions.append(CourseSession.area == filters.area)
    if filters.publicity is not None:
        conditions.append(CourseSession.publicity == filters.publicity)
    first = CourseSession.starts_on.desc() if filters.past else CourseSession.starts_on.asc()
    page = paginate_rows(db, _DESK_SESSION.where(*conditions).order_by(first, CourseSession.id), number=number)
    led_by = who_lead(db, [row[0] for row in page.rows])
    rows = [_desk_session(*row, leaders=led_by[row[0]]) for row in page.rows]
    return replace(page, rows=rows)


def _desk_session(
    session_id: int, title: str, code: str, days: Sequence[date], *facts: Any, leaders: Sequence[str]
) -> DeskSession:
    told: tuple[Any, ...] = (session_id, title, code, tuple(days), *facts, tuple(leaders))
    return DeskSession(*told)


def who_lead(db: Session, session_ids: Sequence[int]) -> dict[int, list[str]]:
    """Who leads these sessions, by what everybody calls them."""
    found: dict[int, list[str]] = defaultdict(list)
    for session_id, person_id, given, family, is_protected in columns.read(db, _LEADERS, {"ids": list(session_ids)}):
        found[session_id].append(shown_name(person_id, given, family, is_protected))
    return found


_LEADERS = (
    select(SessionLeader.session_id, Person.id, Person.given_name, Person.family_name, Person.is_protected)
    .join(Person, Person.id == SessionLeader.person_id)
    .where(SessionLeader.session_id == any_(bindparam("ids", type_=ARRAY(Integer))))
    .order_by(*BY_NAME)
)
"""An array and not as many values as there are: those the library writes into the statement anew each time."""
