"""The coordinator's lists: courses and sessions in whatever state, and who may lead one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from auth.models import BY_NAME, Grant, Person
from auth.states import Area, Role
from courses.models import Course, CourseSession
from courses.queries.offered import KIND_ORDER, text_conditions
from courses.states import Publicity
from lararportal.paging import Page, paginate


def leaders(db: Session, *, of: Sequence[Person] = ()) -> list[Person]:
    """Everybody who may be chosen to lead a session, and those who lead the one in question already."""
    holders = select(Grant.person_id).where(Grant.role == Role.LEADER)
    return list(
        db.scalars(
            select(Person)
            .where(Person.id.in_(holders) | Person.id.in_([person.id for person in of]))
            .order_by(*BY_NAME)
        )
    )


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


def desk_sessions(db: Session, filters: DeskFilters, *, today: date, number: int = 1) -> Page[CourseSession]:
    """A page of the coming sessions, next first, or of the past ones, latest first; with course, days, leaders."""
    conditions = [CourseSession.starts_on < today if filters.past else CourseSession.starts_on >= today]
    if filters.text:
        fitting = select(Course.id).where(*text_conditions(filters.text))
        conditions.append(CourseSession.course_id.in_(fitting))
    if filters.area is not None:
        conditions.append(CourseSession.area == filters.area)
    if filters.publicity is not None:
        conditions.append(CourseSession.publicity == filters.publicity)
    first = CourseSession.starts_on.desc() if filters.past else CourseSession.starts_on.asc()
    wanted = select(CourseSession).where(*conditions).order_by(first, CourseSession.id)
    related = (
        joinedload(CourseSession.course),
        selectinload(CourseSession.days),
        selectinload(CourseSession.leaders),
    )
    return paginate(db, wanted.options(*related), number=number)
