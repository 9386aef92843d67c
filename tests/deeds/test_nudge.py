"""The nudge: after a commit the workers are told, once for many, and Redis being away is no fault of the deed."""

from datetime import UTC, datetime

import pytest
from bookings_room import AFTER
from flask import Flask
from redis import Redis
from rq.job import JobStatus
from rq.registry import StartedJobRegistry
from sqlalchemy import select

import make
from bookings import left_over_seats
from bookings.models import Booking
from lararportal import edge
from lararportal.audit import in_motion
from lararportal.audit.running import of_queue
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


def test_what_a_killed_worker_had_in_hand_is_handed_over_once_more_and_then_it_has_failed(app, db, place):
    book(app, make.session(db), make.person(db))
    with app.test_request_context():
        edge.enqueue("lararportal.workers.catch_up", retry=edge.ONCE_MORE)
    jobs, queue, later = place.queue.get_jobs(), place.queue, in_motion(datetime.now(UTC))
    started = StartedJobRegistry(queue=queue)
    for failed in (0, 2):
        for job in jobs:
            queue.remove(job)
            job.refresh()
            job.set_status(JobStatus.STARTED)
            place.redis.zadd(started.key, {f"{job.id}:gone": 1})
        started.cleanup()
        assert (len(queue), [each.facts for each in of_queue(queue, later)]) == (2 - failed, [{"count": 2}][:failed])


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
