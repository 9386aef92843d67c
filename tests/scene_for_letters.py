"""What the tests of letters that are sent once share: a scene, and ways of doing the same again in it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from bookings_room import AFTER, seat
from session_changes_room import change, changed, on
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Role
from courses.models import Course, CourseSession, SessionLeader
from lararportal import tick
from lararportal.db import Database
from lararportal.errors import Refused

DAY, NEXT = [date(2027, 3, 15)], [date(2027, 4, 12)]


class Scene:
    """A course with a session of two seats, Anna, and somebody who decides."""

    def __init__(self, db: Session, database: Database) -> None:
        self.db, self.database = db, database
        self.course: Course = make.course(db, seats=2, targets={"ST": 0, "SPEC": 0}, objectives_2015=["a5"])
        self.session = make.session(db, of=self.course, days=DAY, minimum=2)
        self.anna, self.office = make.person(db), make.coordinator(db)

    def sister(self, *, full: bool = False, **facts) -> CourseSession:
        made = make.session(self.db, of=self.course, days=NEXT, **{"seats": 1, **facts})
        if full:
            seat(self.db, made, make.person(self.db))
        return made

    def leader(self) -> Person:
        led_by = make.holder(self.db, Role.LEADER)
        self.db.add(SessionLeader(session_id=self.session.id, person_id=led_by.id))
        return led_by

    def twice(self, do: Callable[..., object], **wanted) -> Person:
        """Somebody presses twice: the second time is refused."""
        do(self.db, **wanted)
        self.db.flush()
        with pytest.raises(Refused):
            do(self.db, **wanted)
        return self.anna

    def ticks(self, now=AFTER, **settings) -> Person:
        """The tick comes, and comes again."""
        self.db.flush()
        for minutes in range(2):
            tick.run_due(self.database, now=now + timedelta(minutes=minutes), **settings)
        self.db.expire_all()
        return self.anna

    def moved(self, session: CourseSession, days=NEXT, **facts) -> Person:
        """The session is moved, and the same change is made again."""
        for make_it in (changed, change):
            self.db.refresh(session, ["days", "leaders"])
            make_it(self.db, session, days=on(*days), **facts)
        return self.anna

    def of_anna(self, session: CourseSession | None = None, *, now=AFTER) -> dict:
        where = session or self.session
        return {"session_id": where.id, "person_id": self.anna.id, "now": now, "by": self.anna.id}

    def by_office(self, session: CourseSession | None = None, *, now=AFTER) -> dict:
        return {"session_id": (session or self.session).id, "now": now, "by": self.office.id}
