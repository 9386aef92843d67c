"""The nudge: after a commit the workers are told, once for many, and Redis being away is no fault of the deed."""

import pytest
from bookings_room import AFTER
from flask import Flask
from redis import Redis
from sqlalchemy import select

import make
from bookings import left_over_seats
from bookings.models import Booking
from lararportal import edge
from lararportal.edge import NUDGED, Installation
from lararportal.errors import Refused


@pytest.fixture
def place(app: Flask) -> Installation:
    return app.extensions["lararportal"]


def book(app, session, person) -> None:
    with app.test_request_context(), edge.deed() as db:
        left_over_seats.book(db, session_id=session.id, person_id=person.id, now=AFTER, by=person.id)


def test_a_deed_nudges_the_workers(app, db, place):
    book(app, make.session(db), make.person(db))
    [job] = place.queue.get_jobs()
    assert (job.func_name, len(job.args)) == ("lararportal.workers.see_to_it", 0)


def test_one_nudge_stands_for_many_until_it_is_taken(app, db, place, redis):
    session = make.session(db)
    for _ in range(3):
        book(app, session, make.person(db))
    assert len(place.queue) == 1
    redis.delete(NUDGED)
    book(app, session, make.person(db))
    assert len(place.queue) == 2


def test_a_nudge_that_nobody_takes_does_not_stand_for_ever(app, db, redis):
    book(app, make.session(db), make.person(db))
    assert 0 < redis.ttl(NUDGED) <= 60


def test_a_delivery_has_the_time_that_a_whole_round_of_letters_takes(app, db, place):
    book(app, make.session(db), make.person(db))
    [job] = place.queue.get_jobs()
    assert job.timeout == 3600


def test_a_deed_that_is_refused_nudges_nobody(app, db, place):
    session, person = make.session(db), make.person(db)
    book(app, session, person)
    place.redis.flushdb()
    with pytest.raises(Refused):
        book(app, session, person)
    assert len(place.queue) == 0


def test_a_deed_is_done_though_redis_is_away(app, db, place):
    nowhere = Redis.from_url("redis://127.0.0.1:1/0")
    app.extensions["lararportal"] = Installation(settings=place.settings, database=place.database, redis=nowhere)
    session, person = make.session(db), make.person(db)
    book(app, session, person)
    assert db.scalars(select(Booking.person_id)).all() == [person.id]
