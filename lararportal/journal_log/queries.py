"""What coordinators read of the journal: a few statements, however long it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from auth.models import Person, shown_name
from courses.models import Course, CourseSession
from lararportal.clock import STOCKHOLM
from lararportal.errors import NotFound
from lararportal.journal import Entry

Row = TypeVar("Row")

AT_ONCE = 50
"""So many entries are on a page."""


@dataclass(frozen=True)
class Wanted:
    """Which entries are looked for; what is empty says nothing. `before` is the number that the page ends above."""

    person_id: int | None = None
    session_id: int | None = None
    course_id: int | None = None
    deed: str | None = None
    first: date | None = None
    last: date | None = None
    before: int | None = None


class Told(NamedTuple):
    """An entry, with the names of whom and what it speaks of: facts alone, by which its row can be remembered."""

    at: datetime
    deed: str
    by: str | None
    person_id: int | None
    person: str
    session_id: int | None
    course: str | None
    """None where there is no such session any more."""
    starts_on: date | None
    reason: str
    """What somebody said about why, where they did."""


@dataclass(frozen=True)
class Look:
    """A page of the journal: about whom or what it is, and where the next one begins, if there is one."""

    rows: Sequence[Told]
    person: Person | None
    session: CourseSession | None
    course: Course | None
    following: int | None


def entries(db: Session, wanted: Wanted) -> Look:
    """The entries that are looked for, the latest first.

    Raises:
        NotFound: there is no such person, session or course.
    """
    person = _one(db.get(Person, wanted.person_id)) if wanted.person_id is not None else None
    session = None
    if wanted.session_id is not None:
        found = db.get(CourseSession, wanted.session_id, options=[joinedload(CourseSession.course)])
        session = _one(found)
    course = _one(db.get(Course, wanted.course_id)) if wanted.course_id is not None else None
    rows = db.execute(_wanted(wanted).order_by(Entry.id.desc()).limit(AT_ONCE + 1)).all()
    following = rows[AT_ONCE - 1].id if len(rows) > AT_ONCE else None
    return Look([_told(*row[1:]) for row in rows[:AT_ONCE]], person, session, course, following)


def _one(found: Row | None) -> Row:
    if found is None:
        raise NotFound
    return found


def _wanted(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    found = _TOLD
    if wanted.person_id is not None:
        found = found.where(Entry.person_id == wanted.person_id)
    if wanted.session_id is not None:
        found = found.where(Entry.session_id == wanted.session_id)
    if wanted.course_id is not None:
        sessions = select(CourseSession.id).where(CourseSession.course_id == wanted.course_id)
        found = found.where(or_(Entry.session_id.in_(sessions), Entry.facts.contains({"course": wanted.course_id})))
    if wanted.deed is not None:
        found = found.where(Entry.deed == wanted.deed)
    if wanted.first is not None:
        found = found.where(Entry.at >= _midnight(wanted.first))
    if wanted.last is not None:
        found = found.where(Entry.at < _midnight(wanted.last + timedelta(days=1)))
    if wanted.before is not None:
        found = found.where(Entry.id < wanted.before)
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), STOCKHOLM)


_by, _about = aliased(Person), aliased(Person)
_reason = Entry.facts["reason"]
_TOLD: Select[*tuple[Any, ...]] = (
    select(
        Entry.id,
        Entry.at,
        Entry.deed,
        Entry.by,
        _by.given_name,
        _by.family_name,
        _by.is_protected,
        Entry.person_id,
        _about.given_name,
        _about.family_name,
        _about.is_protected,
        Entry.session_id,
        Course.title,
        CourseSession.starts_on,
        case((func.jsonb_typeof(_reason) == "string", _reason.as_string()), else_=""),
    )
    .outerjoin(_by, _by.id == Entry.by)
    .outerjoin(_about, _about.id == Entry.person_id)
    .outerjoin(CourseSession, CourseSession.id == Entry.session_id)
    .outerjoin(Course, Course.id == CourseSession.course_id)
)


def _told(at: datetime, deed: str, *facts: Any) -> Told:
    by, person_id = facts[0], facts[4]
    name = _name(*facts[:4]) or str(by) if by is not None else None
    return Told(at, deed, name, person_id, _name(*facts[4:8]), *facts[8:])


def _name(number: Any, given: Any, family: Any, is_protected: Any) -> str:
    """What somebody is called; nothing of nobody, and of who is there no more: an entry outlives whom it tells of."""
    return shown_name(number, given, family, is_protected) if given is not None else ""
