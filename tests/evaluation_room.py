"""A session that is over and of which its participants are asked what they thought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bookings_room import seat

import make
from auth.models import Person
from bookings.queries import seated
from courses.evaluations import answering, closing, opening, shown
from courses.models import CourseSession
from lararportal import clock

NOW = clock.parse("2027-01-11T08:00")
DAYS = [date(2027, 1, 7), date(2027, 1, 8)]


@dataclass
class Over:
    """A session that is over, its leader, and who was there."""

    session: CourseSession
    leader: Person
    people: list[Person]


def over(db, people: int = 6, days: Sequence[date] = DAYS) -> Over:
    session = make.session(db, days=days)
    found = Over(session, make.leader(db, session), [make.person(db) for _ in range(people)])
    for each in found.people:
        seat(db, session, each)
    opening.open_(db, session.id, roster=seated, now=NOW, by=None)
    return found


def closed(db, *said: dict[str, str], after: CourseSession | None = None, days: Sequence[date] = DAYS) -> Over:
    """It has closed, and these were the answers; of the same course as another, if one is given."""
    found = over(db, people=len(said), days=days)
    if after is not None:
        found.session.course_id = after.course_id
        db.flush()
        db.expire_all()
    for person, given in zip(found.people, said, strict=True):
        answering.answer(db, session_id=found.session.id, given=given, now=NOW, by=person.id)
    closing.close(db, found.session.id, now=NOW, by=None)
    return found


def units_of(db, course_id: int) -> list[shown.Unit]:
    """What can be read of the course."""
    return shown.units_of_courses(db, [course_id])[course_id]
