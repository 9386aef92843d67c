"""Somebody comes for a session that another holds: they are judged by all that the other has changed meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date, time, timedelta
from typing import Any

import pytest
from bookings_room import place
from processes import WITHIN, wait_until, waits_for_a_lock
from sqlalchemy import delete, func, insert, inspect, select, update
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Category
from bookings import coming
from bookings.coming import Coming
from bookings.models import Decision, Precedence, Round, RoundSession
from bookings.states import Outcome
from courses import sessions
from courses.models import Course, CourseDay, CourseSession
from lararportal.db import Base, Database
from lararportal.errors import NotFound

ANOTHER_DAY = date(2027, 4, 9)
Deed = Callable[[Session], object]


def becomes(table: type[Base], **values: Any) -> Deed:
    return lambda db: db.execute(update(table).values(**values))


def takes_a_day_more(db: Session) -> None:
    session_id = db.scalar(select(CourseSession.id))
    db.execute(insert(CourseDay).values(session_id=session_id, day=ANOTHER_DAY, starts=time(9), ends=time(16)))


def is_in_another_round(db: Session) -> None:
    """One that was written by the same transaction as its own round."""
    db.execute(update(RoundSession).values(round_id=db.scalar(select(Round.id).order_by(Round.id.desc()))))


def has_precedence(db: Session) -> None:
    about = {"person_id": db.scalar(WHO), "course_id": db.scalar(select(Course.id)), "granted_at": make.LONG_AGO}
    db.add(Precedence(**about, kind="called_off", term="2027-1", reason="Förra kursen ställdes in."))


def was_decided(db: Session) -> None:
    round_id = db.scalar(select(func.min(Round.id)))
    about = {"person_id": db.scalar(WHO), "session_id": db.scalar(WHAT), "round_id": round_id}
    db.add(Decision(**about, rank=1, code=Outcome.WAITLISTED, rules_version="1"))


def somebody_joins(db: Session) -> None:
    place(db, db.scalars(select(CourseSession)).one(), make.person(db))


WHO, WHAT = select(func.min(Person.id)), select(CourseSession.id)
MEANWHILE: dict[str, Deed] = {
    "it has free seats": becomes(CourseSession, seats=9),
    "they are a specialist": becomes(Person, category=Category.SPECIALIST),
    "the course is for others": becomes(Course, targets={"SPEC": 1}),
    "it begins later in the day": becomes(CourseDay, starts=time(10)),
    "it takes a day more": takes_a_day_more,
    "its round opens later": becomes(Round, booking_opens_at=make.LONG_AGO + timedelta(days=1)),
    "it is in another round": is_in_another_round,
    "it is in no round": lambda db: db.execute(delete(RoundSession)),
    "they have precedence": has_precedence,
    "they were in a round": was_decided,
    "somebody joins its line": somebody_joins,
}


@pytest.mark.parametrize("deed", MEANWHILE.values(), ids=MEANWHILE)
def test_who_comes_is_judged_by_what_another_changed_who_held_it_before(shared_database: Database, now, deed: Deed):
    with shared_database.transaction() as db:
        who = make.person(db)
        session = make.session(db, seats=1, seats_taken=1)
        make.round_of(db, session)
        make.round_of(db, term="2027-2")
    about = {"session_id": session.id, "person_id": who.id}

    def come() -> dict[str, Any]:
        with shared_database.transaction() as db:
            return told(coming.hold(db, **about, now=now))

    before = come()
    with ThreadPoolExecutor(1) as pool:
        with shared_database.transaction() as db:
            sessions.lock(db, [session.id])
            deed(db)
            db.flush()
            comes = pool.submit(come)
            wait_until(lambda: waits_for_a_lock(shared_database), what="who comes waits for the session")
        found = comes.result(WITHIN)
    assert found == come() != before


def test_nobody_comes_for_what_was_deleted_meanwhile(shared_database: Database, now):
    with shared_database.transaction() as db:
        who = make.person(db).id
        session_id = make.session(db).id

    def come() -> None:
        with shared_database.transaction() as db:
            coming.hold(db, session_id=session_id, person_id=who, now=now)

    with ThreadPoolExecutor(1) as pool:
        with shared_database.transaction() as db:
            db.execute(delete(CourseSession))
            comes = pool.submit(come)
            wait_until(lambda: waits_for_a_lock(shared_database), what="who comes waits for the session")
        with pytest.raises(NotFound):
            comes.result(WITHIN)


def told(found: Coming) -> dict[str, Any]:
    """All that they are judged by, as it was read; each has a number of their own for a booking."""
    rows = [found.person, found.session, found.session.course, *found.session.days]
    rows += [found.round_] if found.round_ is not None else []
    columns = [{name: vars(row)[name] for name in vars(row) if name in inspect(row).mapper.columns} for row in rows]
    return {"rows": columns} | {
        each.name: getattr(found, each.name) for each in fields(found) if each.name not in ROWS
    }


ROWS = {"person", "session", "round_", "number"}
