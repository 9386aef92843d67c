"""What everybody looks for in the catalogue: the courses that fit, with the first of their sessions ahead that do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import NULLTYPE

from auth.states import Area
from courses.models import BY_START, Course, CourseSession
from courses.queries.offered import OF_LISTED, Listed, listed
from courses.states import Kind, Publicity
from lararportal import columns

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


class Found(NamedTuple):
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
    """The published courses that fit, mandatory ones first, each with the first of its coming sessions that fit."""
    rows = columns.read(db, _catalogue(filters), {"today": today})
    return [_found([tuple(each) for each in of_course]) for _, of_course in groupby(rows, key=_CODE)]


def _found(rows: Sequence[tuple[Any, ...]]) -> Found:
    """A course as it is, with each of the rows, some of whose columns are of a session, or of none."""
    code, title, kind, day_count, older, newer, preparatory_parts, number = rows[0][:_OF_COURSE]
    return Found(
        code,
        title,
        kind,
        day_count,
        tuple(older),
        tuple(newer),
        preparatory_parts,
        tuple(listed(each[_OF_COURSE:]) for each in rows if number is not None),
        number or 0,
    )


@lru_cache(KNOWN_SEARCHES)
def _catalogue(filters: Filters) -> Select[*tuple[Any, ...]]:
    """Courses and their first sessions that fit, from `today` on; to put it together takes as long as to ask.

    The database counts the others, of which there may be hundreds of times as many.
    """
    wanted = _NUMBERED.where(_wanted_sessions(filters)).subquery()
    return (
        select(
            Course.code,
            Course.title,
            Course.kind,
            Course.day_count,
            type_coerce(Course.objectives_2015, NULLTYPE),
            type_coerce(Course.objectives_2021, NULLTYPE),
            Course.preparatory_parts,
            wanted.c.number,
            *OF_LISTED,
        )
        .join(
            wanted,
            and_(wanted.c.course_id == Course.id, wanted.c.place <= FIRST_SESSIONS),
            isouter=not filters.are_of_sessions,
        )
        .outerjoin(CourseSession, CourseSession.id == wanted.c.id)
        .where(Course.publicity == Publicity.PUBLISHED, *_wanted_courses(filters))
        .order_by(KIND_ORDER, Course.code, wanted.c.place)
    )


_NUMBERED = select(
    CourseSession.id,
    CourseSession.course_id,
    func.row_number().over(partition_by=CourseSession.course_id, order_by=BY_START).label("place"),
    func.count().over(partition_by=CourseSession.course_id).label("number"),
)
_CODE = itemgetter(0)
_OF_COURSE = 8
"""The number of its sessions among them."""


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
    return [month for (month,) in columns.read(db, _MONTHS, {"today": today})]


_TODAY = bindparam("today", type_=Date())
_A_MONTH = func.make_interval(0, 1)
_LAST = select(func.max(CourseSession.starts_on)).scalar_subquery()
_EACH = func.generate_series(func.date_trunc("month", cast(_TODAY, TIMESTAMP)), cast(_LAST, TIMESTAMP), _A_MONTH)
_FIRST: Any = _EACH.column_valued("first")
_MONTH, _NEXT = cast(_FIRST, Date), cast(_FIRST + _A_MONTH, Date)
_BEGINS = CourseSession.starts_on >= func.greatest(_MONTH, _TODAY), CourseSession.starts_on < _NEXT
_MONTHS = select(_MONTH).where(select(CourseSession.id).where(SHOWN, *_BEGINS).exists()).order_by(_FIRST)
"""By index: one look for each month, however many begin in it."""
