"""What coordinators read of the journal: a few statements, however long it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from auth.models import Person
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


@dataclass(frozen=True)
class Told:
    """An entry, with the names of whom and what it speaks of."""

    number: int
    at: datetime
    deed: str
    by: str | None
    person_id: int | None
    person: str
    session: CourseSession | None
    reason: str


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
    rows = db.scalars(_wanted(wanted).order_by(Entry.id.desc()).limit(AT_ONCE + 1)).all()
    following = rows[AT_ONCE - 1].id if len(rows) > AT_ONCE else None
    return Look(_told(db, rows[:AT_ONCE]), person, session, course, following)


def _one(found: Row | None) -> Row:
    if found is None:
        raise NotFound
    return found


def _wanted(wanted: Wanted) -> Select[Entry]:
    found = select(Entry)
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


def _told(db: Session, rows: Sequence[Entry]) -> Sequence[Told]:
    concerned = {number for each in rows for number in (each.by, each.person_id) if number is not None}
    names = {each.id: each.name for each in db.scalars(select(Person).where(Person.id.in_(concerned)))}
    asked = select(CourseSession).where(CourseSession.id.in_({each.session_id for each in rows}))
    sessions = {each.id: each for each in db.scalars(asked.options(joinedload(CourseSession.course)))}
    return [
        Told(
            number=each.id,
            at=each.at,
            deed=each.deed,
            by=names.get(each.by, str(each.by)) if each.by is not None else None,
            person_id=each.person_id,
            person=names.get(each.person_id, "") if each.person_id is not None else "",
            session=sessions.get(each.session_id) if each.session_id is not None else None,
            reason=_reason(each),
        )
        for each in rows
    ]


def _reason(entry: Entry) -> str:
    """What somebody said about why, where they did."""
    said = entry.facts.get("reason")
    return said if isinstance(said, str) else ""
