"""What every deed of the days begins with: the session under its lock, its half days, and what is noted of them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Attendance, CourseSession, SessionLeader
from courses.rules import Day, days
from courses.rules.days import Demands, HalfDay, Key, Mark
from courses.sessions import lock
from courses.states import Half, Refusal
from lararportal.errors import NotFound, Refused

Roster = Callable[[Session, int], frozenset[int]]
"""Who has a seat in a session, by the room that knows."""


def led(db: Session, *, session_id: int, by: int) -> CourseSession:
    """The session, locked, for somebody who leads it.

    Raises:
        NotFound: there is no such session, `by` does not lead it, or it does not take place.
    """
    if db.get(SessionLeader, (session_id, by)) is None:
        raise NotFound
    return held(db, session_id)


def held(db: Session, session_id: int) -> CourseSession:
    """The session, locked: only where something takes place can somebody have been.

    Raises:
        NotFound: there is no such session, or it does not take place.
    """
    [session] = lock(db, [session_id])
    if not session.takes_place:
        raise NotFound
    return session


def halves_of(session: CourseSession) -> list[HalfDay]:
    """The half days of a session that has its days loaded."""
    return days.half_days(Day(each.day, each.starts, each.ends) for each in session.days)


def half_of(session: CourseSession, key: Key) -> HalfDay:
    """One of them.

    Raises:
        NotFound: the session has no such half day.
    """
    found = next((each for each in halves_of(session) if each.key == key), None)
    if found is None:
        raise NotFound
    return found


def insist_on_them(db: Session, session: CourseSession, wanted: Iterable[Day]) -> None:
    """What is noted of a session is of half days that it would have too, if it had these days.

    Raises:
        Refused: one of them would be gone, or the session is completed, and what came of it counted by its days.
    """
    if session.completed_at is not None:
        raise Refused(Refusal.COMPLETED_DAYS_STAY)
    noted = select(Attendance.day, Attendance.half).where(Attendance.session_id == session.id).distinct()
    if {(day, half) for day, half in db.execute(noted)} - {each.key for each in days.half_days(wanted)}:
        raise Refused(Refusal.DAY_HAS_ATTENDANCE)


def key_named(name: str) -> Key:
    """What a half day is known by, of its name in an address.

    Raises:
        NotFound: no half day can have that name.
    """
    day, _, half = name.rpartition("-")
    try:
        return date.fromisoformat(day), Half(half)
    except ValueError as fault:
        raise NotFound from fault


def demands_of(session: CourseSession) -> Demands:
    """What it takes to have been through a session that has its course loaded."""
    course = session.course
    return Demands(
        share=course.required_share,
        preparation=course.needs_preparation,
        competence=days.demands_course(course.objectives_2015, course.objectives_2021),
    )


def rows_of(db: Session, session_id: int, people: Collection[int]) -> dict[int, dict[Key, Attendance]]:
    """What is noted of these people, by half day."""
    found: dict[int, dict[Key, Attendance]] = defaultdict(dict)
    rows = select(Attendance).where(Attendance.session_id == session_id, Attendance.person_id.in_(people))
    for row in db.scalars(rows.execution_options(populate_existing=True)):
        found[row.person_id][(row.day, row.half)] = row
    return found


def marks(rows: dict[Key, Attendance]) -> dict[Key, Mark]:
    """The same, as the rules have it."""
    return {key: Mark(row.state, row.minutes) for key, row in rows.items()}
