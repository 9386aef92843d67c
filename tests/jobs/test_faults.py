"""Whatever is killed in the middle of a booking, no deed is lost or half done, and who waited reads a sentence."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import psutil
import psycopg
import pytest
import requests
from mail_server import HoldsItsBreath, served
from processes import WITHIN, Parts, all_at_once, insist_on_clean_audit, parts_of, wait_until
from sqlalchemy import Engine, func, select, text
from visitors import Visitor, visitors

import make
from bookings import cancellation, left_over_seats
from bookings.models import Booking
from courses.models import CourseSession
from lararportal import clock, tick
from lararportal.config import Settings
from lararportal.db import Database, connect
from lararportal.mail import Mailer

DOCTORS, SEATS, EARLY = 12, 8, 3


@dataclass(frozen=True)
class Portal:
    """Web processes that answer, on a database of their own."""

    database: Database
    parts: Parts
    address: str
    main: psutil.Process

    def session(self, *, doctors: int) -> tuple[int, list[Visitor]]:
        """A session with some seats, and doctors with the button before them."""
        with self.database.transaction() as db:
            first = clock.day_of(clock.now()) + timedelta(days=90 + make.session(db).id)
            session_id = make.session(db, days=[first], seats=SEATS).id
            persons = [make.person(db).id for _ in range(doctors)]
            return session_id, visitors(db, self.parts.settings, persons, portal=self.address)

    def booked(self, session_id: int) -> int:
        """Asked anew where PostgreSQL has ended the connection since it was used a moment ago."""
        rows = select(func.count()).where(Booking.session_id == session_id)
        return self.database.run(lambda db: db.scalar(rows)) or 0

    def told(self) -> None:
        """Every letter is delivered, once, and nothing else is wrong."""
        with served(HoldsItsBreath(at=0)) as server:
            self.parts.smtp_port = server.port
            self.parts.tick()
        assert len(set(server.heard)) == len(server.heard) > 0
        insist_on_clean_audit(self.database)


@pytest.fixture(scope="module")
def portal(
    copies: Callable[[], str], engine: Engine, usual_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """Started once, since that takes longer than a test."""
    engine.dispose()
    url = copies()
    with psycopg.connect(url, autocommit=True) as connection:
        # The server of the tests may forget what it has promised; here it is held to it.
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET synchronous_commit = on")
    with parts_of(replace(usual_settings, database_url=url), tmp_path_factory.mktemp("faults")) as parts:
        address = parts.web(processes=2)
        main = psutil.Process(parts.programs[0].process.pid)
        database = Database(connect(url), portal_url=usual_settings.base_url, safe=usual_settings.safe)
        wait_until(lambda: len(main.children()) == 2, what="the web processes answer")
        yield Portal(database, parts, address, main)
        database.dispose()


def test_a_web_process_killed_in_the_middle_of_a_booking_has_done_nothing_and_another_does_it(portal: Portal):
    session_id, [doctor] = portal.session(doctors=1)
    with portal.database.transaction() as db, ThreadPoolExecutor(1) as pool:
        db.execute(select(CourseSession.id).where(CourseSession.id == session_id).with_for_update())
        booking = pool.submit(doctor.book, session_id)
        wait_until(lambda: waiting(portal.database) == 1, what="the booking waits for the session")
        for process in portal.main.children():
            process.kill()
        with pytest.raises(requests.ConnectionError):
            booking.result()
    wait_until(lambda: waiting(portal.database) == 0, what="PostgreSQL has noticed")
    assert portal.booked(session_id) == 0

    assert doctor.book(session_id) == (302, f"/tillfallen/{session_id}")
    assert portal.booked(session_id) == 1
    doctor.close()
    portal.told()


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def waiting(database: Database) -> int:
    """How many transactions of this database wait for another."""
    with database.transaction() as db:
        return db.scalar(text(WAITING)) or 0


def test_postgresql_that_dies_under_load_loses_no_booking_and_who_waited_for_it_is_told_in_words(portal: Portal):
    """One of its processes is killed, so PostgreSQL ends all the others, recovers, and goes on."""
    session_id, doctors = portal.session(doctors=DOCTORS)
    address = portal.parts.settings.database_url
    pages, turn = [], count(1)

    def book(doctor: Visitor) -> None:
        end = time.monotonic() + WITHIN
        while (status := doctor.book(session_id)[0]) not in (302, 409):
            pages.append((status, doctor.read))
            assert time.monotonic() < end, doctor.read
        if next(turn) == EARLY:
            os.kill(victim.info.backend_pid, signal.SIGKILL)

    with psycopg.connect(address, autocommit=True) as victim, psycopg.connect(address) as witness:
        # What was committed before in other databases of this server is on the disk, and need not be recovered.
        victim.execute("CHECKPOINT")
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(book, doctors)) == [None] * DOCTORS
        for each in (victim, witness):
            with pytest.raises(psycopg.OperationalError):
                each.execute("SELECT 1")
    for doctor in doctors:
        doctor.close()

    assert [page for status, page in pages if status < 500 or "ärendenummer" not in page] == []
    assert portal.booked(session_id) == DOCTORS
    portal.told()


def test_two_ticks_at_once_an_hour_late_and_a_clock_set_back_give_each_freed_seat_once(portal: Portal):
    now = clock.now()
    with portal.database.transaction() as db:
        first = clock.day_of(now) + timedelta(days=60)
        sessions = [make.session(db, days=[first + timedelta(days=each)], seats=2) for each in range(3)]
        for session in sessions:
            persons = [make.person(db).id for _ in range(5)]
            for person in persons:
                left_over_seats.book(db, session_id=session.id, person_id=person, now=now, by=person)
            for person in persons[:2]:
                cancellation.cancel(db, session_id=session.id, person_id=person, reason="", now=now, by=person)
    late = now + timedelta(hours=1)

    done = all_at_once([lambda: tick.run_due(portal.database, now=late)] * 2)

    assert sum(each["seats filled"] for each in done) == 6
    for moment in (now - timedelta(hours=2), late):
        assert set(tick.run_due(portal.database, now=moment).values()) == {0}
    assert [portal.booked(session.id) for session in sessions] == [5] * 3
    with served(HoldsItsBreath(at=0)) as server, Mailer(f"smtp://127.0.0.1:{server.port}", sender="a@b") as mailer:
        assert tick.deliver_letters(portal.database, mailer, now=late) == len(set(server.heard)) == 3 * (5 + 2 + 2)
    insist_on_clean_audit(portal.database)
