"""What the pages of the days show: who has a seat, by name, with what is noted of them and by whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import BY_NAME, Person
from courses.days import half_days
from courses.models import COURSE_AND_DAYS, Attendance, Completion, CourseSession, SessionLeader
from courses.rules import days
from courses.rules.days import HalfDay, Key, Tally
from courses.states import Presence, Source
from lararportal.errors import NotFound


@dataclass(frozen=True)
class Row:
    """Somebody with a seat; what is noted of them for a half day, or None where nothing is."""

    person_id: int
    name: str
    state: Presence | None
    minutes: int | None
    source: Source | None
    noted_at: datetime | None
    noted_by: str


@dataclass(frozen=True)
class Result:
    """Somebody with a seat: how much they were there, and what came of it if that is decided."""

    person_id: int
    name: str
    tally: Tally
    unsaid: int
    """Half days of which nothing is noted."""
    completion: Completion | None


def session_led_by(db: Session, *, session_id: int, person_id: int) -> CourseSession:
    """The session with its course and days, for somebody who leads it.

    Raises:
        NotFound: there is no such session, others lead it, or it does not take place.
    """
    if db.get(SessionLeader, (session_id, person_id)) is None:
        raise NotFound
    found = session_of(db, session_id)
    if not found.takes_place:
        raise NotFound
    return found


def session_of(db: Session, session_id: int) -> CourseSession:
    """The session with its course and days.

    Raises:
        NotFound: there is no such session.
    """
    found = db.scalars(
        select(CourseSession).where(CourseSession.id == session_id).options(*COURSE_AND_DAYS)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def sheet(db: Session, session: CourseSession, half: Key, people: Collection[int]) -> list[Row]:
    """These people by name, with what is noted of each for the half day."""
    rows = half_days.rows_of(db, session.id, people)
    noted_by = {row.noted_by for each in rows.values() for key, row in each.items() if key == half}
    known = db.scalars(select(Person).where(Person.id.in_({*people, *noted_by})).order_by(*BY_NAME)).all()
    names = {each.id: each.name for each in known}
    return [_row(each, rows[each.id].get(half), names) for each in known if each.id in people]


def _row(person: Person, noted: Attendance | None, names: dict[int, str]) -> Row:
    if noted is None:
        return Row(person.id, person.name, None, None, None, None, "")
    by = names.get(noted.noted_by or 0, "")
    return Row(person.id, person.name, noted.state, noted.minutes, noted.source, noted.noted_at, by)


def half_days_of(db: Session, session: CourseSession, person: Person) -> list[tuple[HalfDay, Row]]:
    """The half days of the session, each with what is noted of this person."""
    rows = half_days.rows_of(db, session.id, [person.id])[person.id]
    noted_by = select(Person).where(Person.id.in_({each.noted_by for each in rows.values()}))
    names = {each.id: each.name for each in db.scalars(noted_by)}
    return [(each, _row(person, rows.get(each.key), names)) for each in half_days.halves_of(session)]


def results(db: Session, session: CourseSession, people: Collection[int]) -> list[Result]:
    """These people by name, with what would come of their seats, or has."""
    halves, rows = half_days.halves_of(session), half_days.rows_of(db, session.id, people)
    decided = {
        each.person_id: each for each in db.scalars(select(Completion).where(Completion.session_id == session.id))
    }
    return [
        Result(
            each.id,
            each.name,
            days.tally(halves, half_days.marks(rows[each.id])),
            len(halves) - len(rows[each.id]),
            decided.get(each.id),
        )
        for each in db.scalars(select(Person).where(Person.id.in_(people)).order_by(*BY_NAME))
    ]
