"""What the database undoes is done anew, once and in full: deadlocks, races, and connections that end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from bookings_room import noted
from cut_wire import Cut, wire
from flask.testing import FlaskClient
from mail_server import HoldsItsBreath, served
from portals import made
from processes import WITHIN, all_at_once, queue_letters
from redis import Redis
from sqlalchemy import Engine, event, func, select, text, update
from sqlalchemy.orm import Session
from visitors import cookies

import make
from auth.models import Person
from bookings.models import Booking
from bookings.states import BookingState
from courses.models import CourseSession
from lararportal import clock, tick
from lararportal.audit import invariants
from lararportal.config import Settings
from lararportal.db import Database, Patience, connect
from lararportal.edge import Installation
from lararportal.errors import Undone
from lararportal.mail import Mailer
from lararportal.outbox import Letter, LetterState

BOOKS = "INSERT INTO bookings"
LOCKS = "SELECT pg_advisory_xact_lock(1)"
HASTY = Patience(first_rest=0.001)
"""All the attempts, and hardly a rest between them."""


def seats(database: Database) -> list[int]:
    with database.transaction() as db:
        return list(db.scalars(select(CourseSession.seats).order_by(CourseSession.id)))


def two_sessions(database: Database) -> list[int]:
    with database.transaction() as db:
        return [make.session(db, seats=10).id for _ in range(2)]


def one_more(db: Session, session_id: int) -> None:
    db.execute(update(CourseSession).where(CourseSession.id == session_id).values(seats=CourseSession.seats + 1))


def test_two_that_wait_for_each_other_are_both_done_and_each_once(shared_database: Database):
    ids, first_time = two_sessions(shared_database), Barrier(2)
    attempts = []

    def both(one: int, other: int) -> Callable[[], None]:
        def work(db: Session) -> None:
            attempts.append(one)
            # Only one of them looks for a deadlock: on a busy machine both would find it, and both begin anew.
            db.execute(text(f"SET LOCAL deadlock_timeout = '{'20ms' if one == ids[0] else '1min'}'"))
            one_more(db, one)
            if attempts.count(one) == 1:
                first_time.wait(WITHIN)
            one_more(db, other)

        return lambda: shared_database.run(work)

    all_at_once([both(*ids), both(*reversed(ids))])

    assert seats(shared_database) == [12, 12]
    assert len(attempts) == 3


def test_who_reckoned_with_what_another_has_changed_reckons_again(shared_database: Database):
    [session_id, _] = two_sessions(shared_database)
    read = []

    def work(db: Session) -> None:
        db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        read.append(db.scalar(select(CourseSession.seats).where(CourseSession.id == session_id)))
        if len(read) == 1:
            shared_database.run(lambda other: one_more(other, session_id))
        db.execute(update(CourseSession).where(CourseSession.id == session_id).values(seats=read[-1] * 2))

    shared_database.run(work)

    assert (read, seats(shared_database)[0]) == ([10, 11], 22)


@pytest.mark.parametrize(
    "refuses",
    [
        ["SET TRANSACTION READ ONLY"],
        ["DO $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$"],
        ["SET LOCAL statement_timeout = 20", "SELECT pg_sleep(60)"],
        ["SET LOCAL lock_timeout = 20", LOCKS],
    ],
    ids=["read-only", "full", "too slow", "locked"],
)
def test_where_it_cannot_be_done_just_now_it_is_done_as_soon_as_it_can(shared_database: Database, refuses: list[str]):
    [session_id, _] = two_sessions(shared_database)
    refusing = list(refuses)

    def work(db: Session) -> None:
        while refusing:
            db.execute(text(refusing.pop(0)))
        one_more(db, session_id)

    with shared_database.engine.connect() as other:
        other.execute(text(LOCKS))
        shared_database.run(work)

    assert seats(shared_database)[0] == 11


class Executioner:
    """Ends connections of an engine from outside, after a statement in which that stands."""

    def __init__(self, engine: Engine, admin: Engine, *, after: str, times: int) -> None:
        self._admin, self._after, self._left = admin, after, times
        event.listen(engine, "after_cursor_execute", self._executed)

    def _executed(self, connection, _cursor, statement: str, *_rest) -> None:
        if self._left and self._after in statement:
            self._left -= 1
            victim = connection.connection.dbapi_connection.info.backend_pid
            with self._admin.connect() as admin:
                assert admin.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": victim})


class Doctor:
    """Somebody who is about to press the button, before a portal with a database connection of its own."""

    def __init__(self, client: FlaskClient, session_id: int, person_id: int) -> None:
        self.client, self.session_id, self.person_id = client, session_id, person_id

    def books(self):
        return self.client.post(f"/tillfallen/{self.session_id}/boka")


@pytest.fixture
def doctor_at(shared_database: Database, settings: Settings, redis: Redis, compiled: Path) -> Callable[..., Doctor]:
    with shared_database.transaction() as db:
        first = clock.day_of(clock.now()) + timedelta(days=90)
        session_id, person_id = make.session(db, days=[first]).id, make.person(db).id
        [cookie] = cookies(db, settings, [person_id])

    def at(engine: Engine) -> Doctor:
        database = Database(engine, portal_url=settings.base_url, safe=settings.safe, patience=HASTY)
        client = made(
            Installation(settings=settings, database=database, redis=redis), compiled=compiled
        ).test_client()
        client.set_cookie("session", cookie)
        return Doctor(client, session_id, person_id)

    return at


@contextmanager
def engine_at(url: str) -> Iterator[Engine]:
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def insist_on_one_booking(database: Database, doctor: Doctor) -> None:
    """One seat, one letter and one note in the journal, and nothing for the audit to find."""
    with database.transaction() as db:
        found = db.execute(select(Booking.person_id, Booking.state)).all()
        assert [tuple(row) for row in found] == [(doctor.person_id, BookingState.BOOKED)]
        assert list(db.scalars(select(Letter.occasion))) == ["seat_booked"]
        assert [row[0] for row in noted(db)].count("seat.booked") == 1
        assert list(db.scalars(select(CourseSession.seats_taken))) == [1]
        assert invariants(db, now=clock.now()) == []


def test_a_booking_whose_connection_is_ended_in_the_middle_is_done_once(
    shared_database: Database, fresh_database_url: str, doctor_at: Callable[..., Doctor]
):
    with engine_at(fresh_database_url) as engine:
        doctor = doctor_at(engine)
        Executioner(engine, shared_database.engine, after=BOOKS, times=2)

        answer = doctor.books()
        page = doctor.client.get(answer.headers["Location"])

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/tillfallen/{doctor.session_id}")
    assert page.text.count('role="status"') == 1
    insist_on_one_booking(shared_database, doctor)


def test_who_waits_in_vain_reads_that_nothing_has_changed(
    shared_database: Database, fresh_database_url: str, doctor_at: Callable[..., Doctor]
):
    with engine_at(fresh_database_url) as engine:
        doctor = doctor_at(engine)
        Executioner(engine, shared_database.engine, after=BOOKS, times=HASTY.attempts)

        answer = doctor.books()
        again = doctor.books()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "<h1>Det gick inte just nu</h1>" in answer.text
    assert "Ingenting har ändrats." in answer.text
    assert again.status_code == 302
    insist_on_one_booking(shared_database, doctor)


@pytest.mark.parametrize("cut", [Cut.BEFORE_THE_SERVER, Cut.BEFORE_THE_CLIENT], ids=lambda cut: cut.name)
def test_a_booking_whose_connection_is_lost_at_the_commit_is_done_once(
    shared_database: Database, fresh_database_url: str, doctor_at: Callable[..., Doctor], cut: Cut
):
    with wire(fresh_database_url, cut=cut, after=BOOKS.encode()) as line, engine_at(line.url) as engine:
        doctor = doctor_at(engine)

        answer = doctor.books()

    assert line.has_cut
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/tillfallen/{doctor.session_id}")
    insist_on_one_booking(shared_database, doctor)


def test_where_nobody_can_say_whether_it_was_done_nobody_does_it_again(
    shared_database: Database, fresh_database_url: str, doctor_at: Callable[..., Doctor]
):
    with wire(fresh_database_url, cut=Cut.FOR_GOOD, after=BOOKS.encode()) as line, engine_at(line.url) as engine:
        doctor = doctor_at(engine)

        answer = doctor.books()

    assert (answer.status_code, "Retry-After" in answer.headers) == (503, False)
    assert "<h1>Vi vet inte om det blev gjort</h1>" in answer.text
    insist_on_one_booking(shared_database, doctor)


def test_a_deed_of_the_tick_is_done_anew_and_once(shared_database: Database, fresh_database_url: str):
    ids = two_sessions(shared_database)

    def grow(db: Session, key: int, *, now, by) -> None:
        one_more(db, key)
        db.execute(select(Person))

    with engine_at(fresh_database_url) as engine:
        Executioner(engine, shared_database.engine, after="UPDATE course_sessions", times=1)
        database = Database(engine, portal_url="http://p", patience=HASTY)
        assert [tick._do(database, grow, key, now=clock.now()) for key in ids] == [True, True]

    assert seats(shared_database) == [11, 11]


def test_a_letter_that_the_mail_server_has_taken_is_not_handed_over_anew(
    shared_database: Database, fresh_database_url: str
):
    queue_letters(shared_database, 1)
    post = HoldsItsBreath(at=0)
    with engine_at(fresh_database_url) as engine, served(post) as server:
        Executioner(engine, shared_database.engine, after="UPDATE letters", times=1)
        database = Database(engine, portal_url="http://p", patience=HASTY)
        with Mailer(f"smtp://127.0.0.1:{server.port}", sender="p@example.org") as mailer, pytest.raises(Undone):
            tick.deliver_letters(database, mailer, now=clock.now())

        assert server.heard == ["<0@test>"]
    with shared_database.transaction() as db:
        assert db.scalar(select(func.count()).where(Letter.state == LetterState.QUEUED)) == 1


@pytest.mark.parametrize(
    ("patience", "rests"),
    [
        (Patience(attempts=4, seconds=60.0, first_rest=1.0), [(0.5, 1.0), (1.0, 2.0), (2.0, 4.0)]),
        (replace(HASTY, attempts=1), []),
        (Patience(attempts=6, seconds=0.0), []),
    ],
)
def test_patience_grows_longer_and_ends(patience: Patience, rests: list):
    found = list(patience.rests(begun=time.monotonic()))

    assert len(found) == len(rests)
    assert all(low <= rest <= high for rest, (low, high) in zip(found, rests, strict=True))


def test_no_attempt_begins_when_the_time_for_it_is_over(shared_database: Database):
    attempts = []

    def slow(_db: Session) -> None:
        attempts.append(1)
        time.sleep(0.02)
        raise Undone("race")

    shared_database.patience = Patience(seconds=0.01, first_rest=0.001)
    with pytest.raises(Undone):
        shared_database.run(slow)

    assert len(attempts) == 1
