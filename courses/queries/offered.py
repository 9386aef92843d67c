"""What everybody looks for: the catalogue, or what is searched for in it, a course, and a session."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, joinedload

from auth.states import Area
from courses.models import Course, CourseDay, CourseSession
from courses.states import Kind, Publicity
from lararportal.errors import NotFound

SHOWN = (CourseSession.publicity == Publicity.PUBLISHED) & CourseSession.is_reserve.is_(False)
"""A session that stands on lists for everybody."""

KIND_ORDER = case({kind: place for place, kind in enumerate(Kind)}, value=Course.kind)
"""Mandatory courses first, as `Kind` has them."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What somebody looks for in the catalogue; what is empty does not matter to them."""

    text: str = ""
    kind: Kind | None = None
    objective: str | None = None
    area: Area | None = None
    month: date | None = None
    """Any day of the month that a session begins in."""
    only_free: bool = False
    preparatory: bool = False

    @property
    def are_of_sessions(self) -> bool:
        """Whether a course without a fitting session is of no interest."""
        return self.area is not None or self.month is not None or self.only_free


@dataclass(frozen=True)
class Listed:
    """A session on a list for everybody. Facts alone, so that what a page says of them can be remembered by them."""

    id: int
    days: tuple[date, ...]
    place: str
    area: Area
    seats: int
    free_seats: int
    publicity: Publicity
    is_reserve: bool

    @property
    def is_public(self) -> bool:
        """As that of the session."""
        return self.publicity is not Publicity.DRAFT and not self.is_reserve


@dataclass(frozen=True)
class Found:
    """A course that was looked for, with the first of its coming sessions that fit, and how many do."""

    code: str
    title: str
    kind: Kind
    day_count: int
    objectives_2015: tuple[str, ...]
    objectives_2021: tuple[str, ...]
    preparatory_parts: int
    sessions: tuple[Listed, ...]
    session_count: int


KNOWN_SEARCHES = 64
"""For how many the statements are remembered; most look at everything."""
FIRST_SESSIONS = 4
"""So many stand in the catalogue with their course; the page of the course has all."""


def catalogue(db: Session, filters: Filters, *, today: date) -> list[Found]:
    """The published courses that fit, mandatory ones first, each with its coming sessions that fit."""
    courses, wanted = _catalogue(filters)
    rows = db.execute(courses, {"today": today}).all()
    sessions = _listed(db, wanted, {"today": today, "courses": [row.id for row in rows]})
    return [
        Found(
            row.code,
            row.title,
            row.kind,
            row.day_count,
            tuple(row.objectives_2015),
            tuple(row.objectives_2021),
            row.preparatory_parts,
            tuple(sessions[row.id][:FIRST_SESSIONS]),
            len(sessions[row.id]),
        )
        for row in rows
    ]


@lru_cache(KNOWN_SEARCHES)
def _catalogue(filters: Filters) -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """Courses and sessions that fit, from `today` on; to put it together takes as long as to ask."""
    wanted = _wanted_sessions(filters)
    courses = select(
        Course.id,
        Course.code,
        Course.title,
        Course.kind,
        Course.day_count,
        Course.objectives_2015,
        Course.objectives_2021,
        Course.preparatory_parts,
    ).where(Course.publicity == Publicity.PUBLISHED, *_wanted_courses(filters))
    if filters.are_of_sessions:
        courses = courses.where(select(CourseSession.id).where(CourseSession.course_id == Course.id, wanted).exists())
    of_courses = CourseSession.course_id.in_(bindparam("courses", expanding=True))
    return courses.order_by(KIND_ORDER, Course.code), _LISTED.where(of_courses, wanted)


_LISTED = select(
    CourseSession.course_id,
    CourseSession.id,
    select(func.array_agg(aggregate_order_by(CourseDay.day, CourseDay.day)))
    .where(CourseDay.session_id == CourseSession.id)
    .scalar_subquery(),
    CourseSession.place,
    CourseSession.area,
    CourseSession.seats,
    CourseSession.free_seats,
    CourseSession.publicity,
    CourseSession.is_reserve,
).order_by(CourseSession.starts_on, CourseSession.id)


def _listed(db: Session, wanted: Select[Any], told: Mapping[str, Any]) -> dict[int, list[Listed]]:
    """The sessions that are wanted, by course, in the order they begin."""
    found: dict[int, list[Listed]] = defaultdict(list)
    for course_id, session_id, each, *facts in db.execute(wanted, told):
        found[course_id].append(Listed(session_id, tuple(each), *facts))
    return found


def _wanted_courses(filters: Filters) -> list[ColumnElement[bool]]:
    conditions = text_conditions(filters.text)
    if filters.kind is not None:
        conditions.append(Course.kind == filters.kind)
    if filters.objective is not None:
        objectives = func.array_cat(Course.objectives_2015, Course.objectives_2021)
        conditions.append(func.array_position(objectives, filters.objective).is_not(None))
    if filters.preparatory:
        conditions.append(Course.preparatory_parts > 0)
    return conditions


def _wanted_sessions(filters: Filters) -> ColumnElement[bool]:
    conditions = [SHOWN, CourseSession.starts_on >= bindparam("today")]
    if filters.area is not None:
        conditions.append(CourseSession.area == filters.area)
    if filters.month is not None:
        first = filters.month.replace(day=1)
        conditions.append(CourseSession.starts_on.between(first, last_of_month(first)))
    if filters.only_free:
        conditions.append(CourseSession.free_seats > 0)
    return and_(*conditions)


def last_of_month(day: date) -> date:
    """The last day of the month that a day lies in."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def text_conditions(text: str) -> list[ColumnElement[bool]]:
    """Every word must stand in the title, code or description, or be one of the objectives."""
    objectives = func.lower(func.array_to_string(func.array_cat(Course.objectives_2015, Course.objectives_2021), " "))
    spaced = func.concat(" ", objectives, " ")
    return [
        or_(
            Course.title.icontains(word, autoescape=True),
            Course.code.icontains(word, autoescape=True),
            Course.description.icontains(word, autoescape=True),
            spaced.contains(f" {word.lower()} ", autoescape=True),
        )
        for word in text.split()
    ]


def months(db: Session, *, today: date) -> list[date]:
    """The first day of every month in which a shown session begins, from today on."""
    return [moment.date() for moment in db.scalars(_MONTHS, {"today": today})]


_MONTH = func.date_trunc("month", CourseSession.starts_on)
_MONTHS = select(_MONTH).where(SHOWN, CourseSession.starts_on >= bindparam("today")).distinct().order_by(_MONTH)


def course(db: Session, code: str) -> Course:
    """The course with that code, whoever may see it.

    Raises:
        NotFound: there is none.
    """
    found = db.scalars(select(Course).where(Course.code == code.upper())).one_or_none()
    if found is None:
        raise NotFound
    return found


def coming_sessions(db: Session, course_id: int, *, today: date) -> list[Listed]:
    """The sessions of a course from today on, drafts and reserves among them, in the order they begin."""
    is_given = CourseSession.publicity != Publicity.ARCHIVED
    wanted = _LISTED.where(CourseSession.course_id == course_id, CourseSession.starts_on >= today, is_given)
    found = _listed(db, wanted, {})
    return found[course_id]


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
