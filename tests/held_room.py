"""A session that was held and completed by its leader: what the tests of what follows from that begin with."""

from collections.abc import Mapping
from datetime import date, datetime

from bookings_room import seat
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Role
from bookings.queries import seated
from courses.days import attendance, completion, half_days
from courses.models import Course, CourseSession, SessionLeader
from courses.rules.days import Mark, Verdict
from courses.states import Presence
from lararportal import clock

HELD_ON = date(2026, 11, 2)
AT_THE_END = clock.parse("2026-11-02T16:00")
THERE, ILL, AWAY = Mark(Presence.PRESENT), Mark(Presence.ABSENT_ILL), Mark(Presence.ABSENT_OTHER)


def held(
    db: Session, course: Course, people: Mapping[Person, list[Mark]], *, now: datetime = AT_THE_END
) -> CourseSession:
    """A session of one day in which these people had seats, with what is noted of each for its half days."""
    session, leader = make.session(db, of=course, days=[HELD_ON]), make.holder(db, Role.LEADER)
    db.add(SessionLeader(session_id=session.id, person_id=leader.id))
    for person in people:
        seat(db, session, person)
    about = {"session_id": session.id, "roster": seated, "now": now, "by": leader.id}
    for number, half in enumerate(half_days.halves_of(session)):
        noted = {person.id: marks[number] for person, marks in people.items()}
        attendance.note(db, half=half.key, noted=noted, **about)
    met = {person.id: Verdict(competence_met=True, prepared=True) for person in people}
    completion.complete(db, verdicts=met, **about)
    db.flush()
    return session
