"""Letters survive: a worker killed, a Redis that is away, a web process killed, a mail server that misbehaves."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from mail_server import HoldsItsBreath, served
from processes import WITHIN, Parts, insist_on_clean_audit, kill, queue_letters, wait_until
from redis import Redis
from servers import SteadyRedis
from sqlalchemy import func, select
from visitors import Visitor, cookies

import make
from bookings.models import Booking
from lararportal import clock
from lararportal.db import Database
from lararportal.edge import install, nudge
from lararportal.outbox import Letter, LetterState

FEW, MANY = 20, 500
QUICKLY = 10.0
"""Seconds for an answer when Redis is away, two of which it may wait for a Redis that is silent."""
DIES_AFTER_COMMIT = """
import os, sys
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from lararportal import config
from lararportal.app import create_app

app = create_app(config.from_environment())
app.config["WTF_CSRF_ENABLED"] = False
written = []
event.listen(Engine, "after_cursor_execute", lambda *said: written.extend([1] * ("INTO letters" in said[2])))
event.listen(Session, "after_commit", lambda _: os._exit(9) if written else None)
browser = app.test_client()
browser.set_cookie("session", sys.argv[2])
browser.post(f"/tillfallen/{sys.argv[1]}/boka")
"""
"""A web process that is gone between the commit of a deed and the nudge that follows it."""


def in_state(database: Database, state: LetterState) -> int:
    with database.transaction() as db:
        return db.scalar(select(func.count()).where(Letter.state == state)) or 0


def wait_for_sent(database: Database, number: int) -> None:
    wait_until(lambda: in_state(database, LetterState.SENT) == number, what=f"{number} letters are sent")


def test_a_killed_worker_loses_no_letter_and_doubles_the_one_in_the_air(
    shared_database: Database, parts: Parts, redis: Redis
):
    queue_letters(shared_database, FEW)
    post = HoldsItsBreath(at=5)
    with served(post) as server:
        parts.smtp_port = server.port
        place = install(parts.settings)
        worker = parts.worker()
        nudge(place)
        assert post.holds.wait(WITHIN), worker.last_lines()
        kill(worker)
        assert (len(server.heard), in_state(shared_database, LetterState.SENT)) == (5, 4)
        post.goes_on.set()

        parts.worker()
        nudge(place)
        parts.tick()
        wait_for_sent(shared_database, FEW)
        place.redis.close()

    insist_on_clean_audit(shared_database)
    in_the_air = server.heard[4]
    assert Counter(server.heard) == Counter([in_the_air, *(f"<{number}@test>" for number in range(FEW))])


@pytest.mark.long
def test_a_worker_killed_at_any_moment_loses_no_letter_and_doubles_at_most_one(
    shared_database: Database, parts: Parts, redis: Redis
):
    sink = parts.sink()
    queue_letters(shared_database, MANY)
    place = install(parts.settings)
    worker = parts.worker()
    nudge(place)
    wait_until(lambda: sink.count >= 50, what="the worker delivers")
    kill(worker)
    sent = in_state(shared_database, LetterState.SENT)
    assert 0 < sent < MANY
    assert 0 <= sink.count - sent <= 1

    parts.worker()
    nudge(place)
    parts.tick()
    wait_for_sent(shared_database, MANY)
    place.redis.close()

    insist_on_clean_audit(shared_database)
    received = sink.received()
    assert set(received) == {f"<{number}@test>" for number in range(MANY)}
    assert sorted(received.values())[-2:] in ([1, 1], [1, 2])


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[SteadyRedis]:
    server = SteadyRedis(tmp_path)
    yield server
    server.program.stop()


def test_deeds_are_done_while_redis_is_away_and_the_tick_tells_of_them(
    shared_database: Database, parts: Parts, own_redis: SteadyRedis
):
    parts.settings = replace(parts.settings, redis_url=own_redis.url)
    worker = parts.worker()
    sink = parts.sink()
    with shared_database.transaction() as db:
        first = clock.day_of(clock.now()) + timedelta(days=90)
        session_id = make.session(db, days=[first]).id
        carried = cookies(db, parts.settings, [make.person(db).id for _ in range(4)])
    portal = parts.web(processes=2)
    doctors = [Visitor(portal, cookie) for cookie in carried]
    for doctor in doctors:
        doctor.look(session_id)

    def book(number: int) -> None:
        begun = time.monotonic()
        assert doctors[number].book(session_id) == (302, f"/tillfallen/{session_id}")
        assert time.monotonic() - begun < QUICKLY
        doctors[number].close()

    wait_until(lambda: "the queue is away" in worker.last_lines(), what="the worker looks for Redis")
    own_redis.start()
    book(0)
    wait_until(lambda: sink.count == 1, what="the worker is nudged")
    own_redis.kill()
    book(1)
    assert in_state(shared_database, LetterState.QUEUED) == 1
    parts.tick()
    assert sink.count == 2

    own_redis.start()
    book(2)
    wait_until(lambda: sink.count == 3, what="the worker is nudged again")
    process = own_redis.program.process
    process.send_signal(signal.SIGSTOP)
    book(3)
    parts.tick()
    process.send_signal(signal.SIGCONT)
    wait_for_sent(shared_database, 4)
    assert sink.count == 4
    insist_on_clean_audit(shared_database)

    worker.ask_to_stop()
    wait_until(lambda: not worker.is_running, what="the worker ends")
    assert worker.exit_code == 0, worker.last_lines()


def test_what_a_web_process_did_before_it_was_killed_is_told_by_the_tick(
    shared_database: Database, parts: Parts, redis: Redis
):
    sink = parts.sink()
    with shared_database.transaction() as db:
        first = clock.day_of(clock.now()) + timedelta(days=90)
        session_id = make.session(db, days=[first]).id
        person = make.person(db).id
        [cookie] = cookies(db, parts.settings, [person])
    web = parts.start("-c", DIES_AFTER_COMMIT, str(session_id), cookie)
    wait_until(lambda: not web.is_running, what="the process dies")

    assert web.exit_code == 9, web.last_lines()
    with shared_database.transaction() as db:
        assert db.scalars(select(Booking.person_id)).all() == [person]
    assert redis.keys("lararportal:*") + redis.keys("rq:queue:*") == []
    assert (in_state(shared_database, LetterState.QUEUED), sink.count) == (1, 0)
    parts.tick()
    assert (in_state(shared_database, LetterState.SENT), sink.count) == (1, 1)
    insist_on_clean_audit(shared_database)
