"""A mail server that refuses, is silent or breaks off: letters are counted, wait, and are delivered later."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest
from processes import Parts, queue_letters
from sqlalchemy import select

from lararportal import clock, tick
from lararportal.db import Database
from lararportal.heartbeat import last_beat
from lararportal.mail import Mailer
from lararportal.outbox import Letter, LetterState

LETTERS = 5
IMPATIENT = 0.3
"""Seconds that these tests listen to silence."""


class Server(ThreadingTCPServer):
    """A mail server with one fault, and the Message-IDs of what it was told in full."""

    daemon_threads = True
    fault: Callable[["Talk"], None]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.heard: list[str] = []
        self.closing = threading.Event()


class Talk(StreamRequestHandler):
    """One connection, up to the fault."""

    server: Server

    def handle(self) -> None:
        self.server.fault(self)

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def until(self, command: bytes) -> None:
        """Agrees to everything before this command."""
        self.say("220 test")
        while not (line := self.rfile.readline()).upper().startswith(command):
            if not line:
                return
            self.say("250 agreed")

    def hear_letter(self) -> None:
        """Lets a letter be told to its end."""
        self.until(b"DATA")
        self.say("354 go on")
        content = b"".join(iter(self.rfile.readline, b".\r\n"))
        self.server.heard.append(message_from_bytes(content)["Message-ID"])


def has_no_time(talk: Talk) -> None:
    talk.say("421 too busy")


def knows_no_recipient(talk: Talk) -> None:
    talk.until(b"RCPT")
    talk.say("550 no such doctor")
    talk.rfile.readline()


def refuses_the_letter(talk: Talk) -> None:
    talk.hear_letter()
    talk.say("554 not that")
    talk.rfile.readline()


def says_nothing(talk: Talk) -> None:
    talk.server.closing.wait(60)


def says_nothing_after_the_letter(talk: Talk) -> None:
    talk.hear_letter()
    talk.server.closing.wait(60)


def breaks_off_after_the_letter(talk: Talk) -> None:
    talk.hear_letter()


@contextmanager
def served(fault: Callable[[Talk], None]) -> Iterator[Server]:
    with Server() as server:
        server.fault = fault
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        yield server
        server.closing.set()
        server.shutdown()
        serving.join()


def mailer(port: int, *, timeout: float) -> Mailer:
    return Mailer(f"smtp://127.0.0.1:{port}", sender="portal@example.org", timeout=timeout)


def standing(database: Database) -> list[tuple]:
    """How often each letter was tried, and when it is tried next."""
    with database.transaction() as db:
        return [
            (each.state, each.attempts, each.next_attempt_at)
            for each in db.scalars(select(Letter).order_by(Letter.id))
        ]


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (has_no_time, "421"),
        (knows_no_recipient, "550"),
        (refuses_the_letter, "554"),
        (says_nothing, "timed out"),
        (says_nothing_after_the_letter, "timed out"),
        (breaks_off_after_the_letter, "Connection unexpectedly closed"),
    ],
)
def test_letters_that_a_faulty_server_does_not_take_wait_longer_each_time_and_arrive_later(
    fault: Callable[[Talk], None], answer: str, shared_database: Database, parts: Parts
):
    queue_letters(shared_database, LETTERS)
    now = clock.now()
    first, second = now + timedelta(minutes=1), now + timedelta(minutes=3)
    queued = LetterState.QUEUED
    with served(fault) as server:
        port = server.server_address[1]
        with mailer(port, timeout=IMPATIENT) as post:
            # Three in a row, and the server counts as away; the next tick goes on with those behind.
            assert tick.deliver_letters(shared_database, post, now=now) == 3
            assert [row[1] for row in standing(shared_database)] == [1, 1, 1, 0, 0]
            assert tick.deliver_letters(shared_database, post, now=now) == 2
            assert standing(shared_database) == [(queued, 1, first)] * LETTERS
            assert tick.deliver_letters(shared_database, post, now=now) == 0
            assert tick.deliver_letters(shared_database, post, now=first) == 3
        assert standing(shared_database)[:3] == [(queued, 2, second)] * 3
        with shared_database.transaction() as db:
            assert [each for each in db.scalars(select(Letter.answer)) if answer not in each] == []
    sink = parts.sink()
    with mailer(sink.port, timeout=60) as post:
        assert tick.deliver_letters(shared_database, post, now=second) == LETTERS
    assert {row[0] for row in standing(shared_database)} == {LetterState.SENT}
    assert sink.received() == {f"<{number}@test>": 1 for number in range(LETTERS)}
    # What arrived before, although the server never said so, can be told for the same letter.
    assert set(server.heard) <= set(sink.received())


def test_a_tick_with_a_faulty_server_comes_to_its_end(shared_database: Database, parts: Parts):
    queue_letters(shared_database, LETTERS)
    with served(knows_no_recipient) as server:
        parts.smtp_port = server.server_address[1]
        said = parts.tick()
    assert said.strip().endswith("letters tried: 3")
    with shared_database.transaction() as db:
        assert last_beat(db, "tick") is not None


def test_one_letter_that_cannot_be_sent_does_not_hold_up_the_others(shared_database: Database, parts: Parts):
    queue_letters(shared_database, LETTERS)
    with shared_database.transaction() as db:
        db.scalars(select(Letter).where(Letter.message_id == "<1@test>")).one().address = ""
    now = clock.now()
    sink = parts.sink()
    with mailer(sink.port, timeout=60) as post:
        assert tick.deliver_letters(shared_database, post, now=now) == LETTERS
    states = [row[0] for row in standing(shared_database)]
    assert [state is LetterState.SENT for state in states] == [True, False, True, True, True]
    assert sink.received() == {f"<{number}@test>": 1 for number in (0, 2, 3, 4)}
