"""Somebody gets a place in line while it is said what they are: the place has the group that they have then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bookings_room import AFTER, PUBLISHED_AT, drawn_up, last_run
from processes import WITHIN, wait_until, waits_for_a_lock
from sqlalchemy import select
from sqlalchemy.orm import Session

import make
from auth import people
from auth.models import Person
from auth.states import Category
from bookings import publication, waitlist
from bookings.models import Booking
from lararportal.db import Database


def one_waits_for_the_other(
    database: Database, first: Callable[[Session], object], other: Callable[[Session], object]
):
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as db:
            first(db)
            db.flush()
            waits = pool.submit(lambda: database.run(other))
            wait_until(lambda: waits_for_a_lock(database), what="the other waits for the person")
        waits.result(WITHIN)


def becomes_a_specialist(person_id: int) -> Callable[[Session], object]:
    def work(db: Session) -> None:
        [person] = people.lock(db, [person_id])
        person.category = Category.SPECIALIST

    return work


def groups(database: Database) -> list[tuple]:
    with database.transaction() as db:
        rows = select(Booking.seat_group, Person.seat_group).join(Booking.person).order_by(Booking.id)
        return [tuple(row) for row in db.execute(rows)]


def test_a_round_gives_places_to_people_as_they_have_become(shared_database: Database):
    with shared_database.transaction() as db:
        who, session = make.person(db), make.session(db, seats=1)
        round_ = drawn_up(db, {who: [session]})
        about = {"round_id": round_.id, "run_id": last_run(db, round_)}

    one_waits_for_the_other(
        shared_database,
        becomes_a_specialist(who.id),
        lambda db: publication.publish(db, **about, now=PUBLISHED_AT, by=None),
    )
    assert groups(shared_database) == [("SPEC", "SPEC")]


def test_whoever_says_what_somebody_is_waits_for_their_place_and_it_follows(shared_database: Database):
    with shared_database.transaction() as db:
        who, session = make.person(db).id, make.session(db, seats=1, seats_taken=1).id

    one_waits_for_the_other(
        shared_database,
        lambda db: waitlist.join(db, session_id=session, person_id=who, now=AFTER, by=who),
        becomes_a_specialist(who),
    )
    assert groups(shared_database) == [("SPEC", "SPEC")]
