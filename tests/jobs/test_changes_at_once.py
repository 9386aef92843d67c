"""A session is made smaller and moved while others book, cancel and answer: nobody is put out or in two places."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

from bookings_room import insist_on_invariants
from processes import all_at_once
from session_changes_room import asked, change, keep, on

import make
from bookings import cancellation, choices, left_over_seats
from bookings.models import Booking
from bookings.states import BookingState
from courses import seen
from courses.models import CourseSession
from courses.sessions import said_of
from lararportal import clock, tick
from lararportal.audit import invariants
from lararportal.db import Database
from lararportal.errors import Refused

PEOPLE = 24


def world(database: Database, later: list[date], *, now: datetime) -> tuple[int, int, list[int]]:
    """A session that half of all sit in and half wait for, and another on the days that it will be moved to."""
    with database.transaction() as db:
        first = later[0] - timedelta(days=30)
        session = make.session(db, days=[first, first + timedelta(days=1)], seats=PEOPLE // 2)
        other = make.session(db, days=[later[0]], seats=PEOPLE)
        people = [make.person(db).id for _ in range(PEOPLE)]
        for number, person in enumerate(people):
            left_over_seats.book(db, session_id=session.id, person_id=person, now=now, by=person)
            if number % 3 == 0:
                left_over_seats.book(db, session_id=other.id, person_id=person, now=now, by=person)
        return session.id, other.id, people


def changed(database: Database, session_id: int, *, now: datetime, **facts) -> str:
    """As a coordinator who looks and confirms anew until nothing has happened in between."""
    for _ in range(100):
        try:
            with database.transaction() as db:
                session = db.get_one(CourseSession, session_id)
                db.refresh(session, ["days", "leaders"])
                saw = seen.token(said_of(session))
                token = asked(db, session, now=now, **facts)["token"] if "days" in facts else ""
                change(db, session, confirmed=token, saw=saw, now=now, **facts)
        except Refused:
            continue
        return "changed"
    return "given up"


def done(database: Database, deed: Callable, **about) -> str:
    try:
        with database.transaction() as db:
            deed(db, **about)
    except Refused:
        return "refused"
    return "done"


def one_of_many(
    database: Database, number: int, session_id: int, other_id: int, *, person: int, now: datetime
) -> str:
    about = {"session_id": session_id, "person_id": person, "by": person, "now": now}
    if number % 4 == 0:
        return done(database, cancellation.cancel, reason="", **about)
    if number % 4 == 1:
        return done(database, left_over_seats.book, **about | {"session_id": other_id})
    return done(database, keep if number % 4 == 2 else choices.give_up, **about)


def answered(database: Database, session_id: int, *, now: datetime) -> None:
    """Whoever must choose does: every other stays with this session."""
    with database.transaction() as db:
        choosing = db.query(Booking).filter_by(state=BookingState.MUST_CHOOSE).all()
    for number, booking in enumerate(choosing):
        deed = keep if number % 2 else choices.give_up
        done(database, deed, session_id=session_id, person_id=booking.person_id, by=None, now=now)


def test_seats_are_fewer_and_days_others_while_everybody_acts(shared_database: Database, now):
    later = [clock.day_of(now) + timedelta(days=days) for days in (90, 91)]
    session_id, other_id, people = world(shared_database, later, now=now)
    acts = [
        lambda number=number, person=person: one_of_many(
            shared_database, number, session_id, other_id, person=person, now=now
        )
        for number, person in enumerate(people)
    ]
    acts.insert(6, lambda: changed(shared_database, session_id, now=now, seats=PEOPLE // 3))
    acts.insert(12, lambda: changed(shared_database, session_id, now=now, days=on(*later)))
    acts.append(lambda: str(tick.give_seats(shared_database, now=now)))

    said = Counter(all_at_once(acts))

    assert said["changed"] == 2
    answered(shared_database, session_id, now=now)
    tick.give_seats(shared_database, now=now)
    with shared_database.transaction() as db:
        session = db.get_one(CourseSession, session_id)
        assert (session.seats, session.starts_on) == (PEOPLE // 3, later[0])
        insist_on_invariants(db)
        assert invariants(db, now=now) == []
