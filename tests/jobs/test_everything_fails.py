"""Two minutes in which everything is killed in turn while doctors book and give back: what they were told is so."""

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread

import psutil
import psycopg
import pytest
import requests
from mail_server import Server, Talk, served
from processes import Parts, kill, parts_of, wait_until
from servers import SteadyPostgres, SteadyRedis
from sqlalchemy import func, select
from visitors import Visitor, visitors

import make
from bookings.models import Booking
from bookings.states import BookingState
from lararportal import clock, schema, tick
from lararportal.audit import invariants
from lararportal.config import Settings
from lararportal.db import Database, connect
from lararportal.journal import Entry
from lararportal.mail import Mailer
from lararportal.outbox import Letter, LetterState

DOCTORS, SESSIONS, SEATS = 8, 4, 3
REST = 4.0
"""Seconds between two disasters."""
MINUTE = 60.0
ENOUGH = 100
"""So many seats are taken and given back at least."""


class MoodyPost:
    """A mail server that refuses, breaks off and falls silent, until it is well again."""

    def __init__(self) -> None:
        self.is_well = False
        self.taken: Counter[str] = Counter()
        self._chance = Random(1)

    def __call__(self, talk: Talk) -> None:
        if self._feels(0.1):
            talk.say("421 too busy")
            return
        talk.greet()
        while talk.hear_letter():
            if self._feels(0.1):
                return
            if self._feels(0.01):
                talk.server.closing.wait(25)
                return
            if self._feels(0.1):
                talk.say("554 not that")
                continue
            self.taken[talk.server.heard[-1]] += 1
            talk.say("250 taken")

    def _feels(self, share: float) -> bool:
        return not self.is_well and self._chance.random() < share


@dataclass
class Doctor:
    """Books and gives back, and believes what the portal says; what was not answered they do not know."""

    browser: Visitor
    chance: Random
    has: dict[int, bool | None]
    """Whether they are in a session, as far as they know."""
    seen: Counter = field(default_factory=Counter)
    strange: list[tuple[int, str]] = field(default_factory=list)

    def live(self, stop: Event) -> None:
        while not stop.is_set():
            session_id = self.chance.choice(list(self.has))
            act = self.browser.give_back if self.has[session_id] else self.browser.book
            try:
                if self.chance.random() < 0.3:
                    self._look(self.browser.open(self.chance.choice(["/kurser", "/mina-kurser"])))
                    continue
                status, _ = act(session_id)
            except requests.RequestException:
                self.has[session_id] = None
                self.seen["gone"] += 1
                continue
            self._look(status)
            if status == 302:
                self.has[session_id] = act == self.browser.book
            elif status >= 500:
                self.has[session_id] = None

    def _look(self, status: int) -> None:
        self.seen[status] += 1
        is_told = "ärendenummer" in self.browser.read and "Traceback" not in self.browser.read
        # Who waits in line has nothing to give back.
        if status not in (200, 302, 404, 409) and not (status in (500, 503) and is_told):
            self.strange.append((status, words_of_page(self.browser.read)))


def words_of_page(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text.partition("<main")[2]).split())[:300]


@dataclass
class Disasters:
    """What is killed, and what comes in its place."""

    parts: Parts
    postgres: SteadyPostgres
    redis: SteadyRedis

    def run(self) -> None:
        """Redis is away for the second half, a whole minute or more."""
        self._replace("worker")
        for disaster in (self._web, self._one_of_postgresql, self._worker, self._tick):
            time.sleep(REST)
            disaster()
        self.redis.kill()
        away = time.monotonic()
        for disaster in (self._web, self._postgresql, self._worker, self._one_of_postgresql, self._tick, self._web):
            time.sleep(2 * REST)
            disaster()
        time.sleep(max(0.0, MINUTE - (time.monotonic() - away)))
        self.redis.start()
        time.sleep(REST)

    def _web(self) -> None:
        [main] = [each for each in self.parts.programs if "web" in each.command]
        wait_until(psutil.Process(main.process.pid).children, what="there is one to kill")
        psutil.Process(main.process.pid).children()[0].kill()

    def _worker(self) -> None:
        self._replace("worker")

    def _tick(self) -> None:
        self._replace("tick", "--every=1")

    def _replace(self, *words: str) -> None:
        """Kills one of its kind, if there is any, and starts another."""
        for program in self.parts.programs:
            if words[0] in program.command and program.is_running:
                kill(program)
                break
        self.parts.start("-m", "lararportal.cli", *words)

    def _one_of_postgresql(self) -> None:
        with psycopg.connect(self.parts.settings.database_url) as victim:
            os.kill(victim.info.backend_pid, signal.SIGKILL)

    def _postgresql(self) -> None:
        self.postgres.stop()
        time.sleep(REST)
        self.postgres.start()


@dataclass
class World:
    database: Database
    parts: Parts
    post: MoodyPost
    server: Server
    disasters: Disasters


@pytest.fixture
def world(servers_folder: Path, usual_settings: Settings, tmp_path: Path) -> Iterator[World]:
    """A whole portal, of which everything is the test's own: two ticks, a worker, web processes and servers."""
    with ExitStack() as stack:
        postgres = SteadyPostgres(servers_folder / "steady")
        url = stack.enter_context(postgres)
        schema.upgrade(url)
        redis = SteadyRedis(tmp_path)
        redis.start()
        stack.callback(redis.program.stop)
        post = MoodyPost()
        server = stack.enter_context(served(post))
        settings = replace(usual_settings, database_url=url, redis_url=redis.url)
        parts = stack.enter_context(parts_of(settings, tmp_path))
        parts.smtp_port = server.port
        database = Database(connect(url), portal_url=settings.base_url, safe=settings.safe)
        stack.callback(database.dispose)
        for _ in range(2):
            parts.start("-m", "lararportal.cli", "tick", "--every=1")
        yield World(database, parts, post, server, Disasters(parts, postgres, redis))


@pytest.mark.long
def test_what_doctors_were_told_while_everything_was_killed_in_turn_is_so_and_every_letter_arrives(world: World):
    address = world.parts.web(processes=3)
    with world.database.transaction() as db:
        first = clock.day_of(clock.now()) + timedelta(days=90)
        sessions = [make.session(db, days=[first + timedelta(days=each)], seats=SEATS).id for each in range(SESSIONS)]
        persons = [make.person(db).id for _ in range(DOCTORS)]
        browsers = visitors(db, world.parts.settings, persons, portal=address)
    doctors = [Doctor(each, Random(number), dict.fromkeys(sessions, False)) for number, each in enumerate(browsers)]
    stop = Event()
    living = [Thread(target=doctor.live, args=(stop,)) for doctor in doctors]
    for each in living:
        each.start()
    try:
        world.disasters.run()
    finally:
        stop.set()
        for each in living:
            each.join()
    for program in world.parts.programs:
        kill(program)

    seen = sum((doctor.seen for doctor in doctors), Counter())
    assert Counter(page for doctor in doctors for page in doctor.strange) == Counter()
    assert seen[302] > ENOUGH, seen
    later = deliver_the_rest(world)
    with world.database.transaction() as db:
        assert invariants(db, now=later) == []
        live = (BookingState.BOOKED, BookingState.WAITING)
        rows = db.execute(select(Booking.person_id, Booking.session_id).where(Booking.state.in_(live)))
        there = set(map(tuple, rows))
        posted = set(db.scalars(select(Letter.message_id)))
        assert (db.scalar(select(func.count()).where(Entry.deed == "seat.cancelled")) or 0) > 0
    told = {
        (person, session_id): has
        for person, doctor in zip(persons, doctors, strict=True)
        for session_id, has in doctor.has.items()
        if has is not None
    }
    assert {each: each in there for each in told} == told
    assert len(told) > DOCTORS
    assert set(world.post.taken) == posted
    # Twice goes only what was in the air when a process or PostgreSQL was killed.
    assert sum(world.post.taken.values()) - len(posted) <= len(world.parts.programs) + 3 * 4


def deliver_the_rest(world: World) -> datetime:
    """The mail server is well again, and it is a day later, so that all of them are due."""
    world.post.is_well = True
    later = clock.now() + timedelta(days=1)
    tick.run_due(world.database, now=later)
    with Mailer(f"smtp://127.0.0.1:{world.server.port}", sender="portal@example.org") as mailer:
        tick.deliver_letters(world.database, mailer, now=later)
    with world.database.transaction() as db:
        wait_until(
            lambda: db.scalars(select(Letter.id).where(Letter.state != LetterState.SENT)).all() == [], what="all"
        )
    return later
