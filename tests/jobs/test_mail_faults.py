"""A mail server that refuses, is silent or breaks off: letters are counted, wait, and are delivered later."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from mail_server import SILENCE, Talk, served
from processes import Parts, insist_on_clean_audit, queue_letters
from sqlalchemy import select

from lararportal import clock, tick
from lararportal.db import Database
from lararportal.heartbeat import last_beat
from lararportal.mail import Mailer
from lararportal.outbox import Letter, LetterState

LETTERS = 5
IMPATIENT, PATIENT = 0.1, 60
"""Seconds that these tests listen to silence, and to a server that will say something."""


def has_no_time(talk: Talk) -> None:
    talk.say("421 too busy")


def knows_no_recipient(talk: Talk) -> None:
    talk.greet()
    talk.until(b"RCPT")
    talk.say("550 no such doctor")
    talk.rfile.readline()


def refuses_the_letter(talk: Talk) -> None:
    talk.greet()
    talk.hear_letter()
    talk.say("554 not that")
    talk.rfile.readline()


def says_nothing(talk: Talk) -> None:
    talk.server.closing.wait(SILENCE)


def says_nothing_after_the_letter(talk: Talk) -> None:
    talk.greet()
    talk.hear_letter()
    talk.server.closing.wait(SILENCE)


def breaks_off_after_the_letter(talk: Talk) -> None:
    talk.greet()
    talk.hear_letter()


def asks_what_nobody_can_read(talk: Talk) -> None:
    talk.greet()
    talk.until(b"EHLO")
    talk.say("250-test")
    talk.say("250 AUTH CRAM-MD5")
    talk.rfile.readline()
    talk.say("334 abc")
    talk.rfile.readline()


def names_the_sender(talk: Talk) -> None:
    """Says, when it has the letter, whom it would tell if it could not be delivered."""
    talk.greet()
    while not (line := talk.rfile.readline()).upper().startswith(b"MAIL"):
        talk.say("250 agreed")
    talk.say("250 agreed")
    talk.hear_letter()
    talk.say(f"250 2.0.0 queued for {line.decode().split()[1]}")
    talk.rfile.readline()


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
    ("fault", "patience", "answer"),
    [
        (has_no_time, PATIENT, "421 too busy"),
        (refuses_the_letter, PATIENT, "554 not that"),
        (says_nothing, IMPATIENT, "timed out"),
        (says_nothing_after_the_letter, IMPATIENT, "timed out"),
        (breaks_off_after_the_letter, PATIENT, "Connection unexpectedly closed"),
    ],
)
def test_letters_that_a_faulty_server_does_not_take_wait_longer_each_time_and_arrive_later(
    fault: Callable[[Talk], None], patience: float, answer: str, shared_database: Database, parts: Parts
):
    queue_letters(shared_database, LETTERS)
    now = clock.now()
    first, second = now + timedelta(minutes=1), now + timedelta(minutes=3)
    queued = LetterState.QUEUED
    with served(fault) as server:
        with mailer(server.port, timeout=patience) as post:
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
    with mailer(sink.port, timeout=PATIENT) as post:
        assert tick.deliver_letters(shared_database, post, now=second) == LETTERS
    insist_on_clean_audit(shared_database)
    assert sink.received() == {f"<{number}@test>": 1 for number in range(LETTERS)}
    # What arrived before, although the server never said so, can be told for the same letter.
    assert set(server.heard) <= set(sink.received())


def test_letters_to_addresses_that_the_server_does_not_know_do_not_hold_up_those_behind_them(
    shared_database: Database,
):
    queue_letters(shared_database, LETTERS)
    now = clock.now()
    with served(knows_no_recipient) as server, mailer(server.port, timeout=PATIENT) as post:
        assert tick.deliver_letters(shared_database, post, now=now) == LETTERS
    assert standing(shared_database) == [(LetterState.QUEUED, 1, now + timedelta(minutes=1))] * LETTERS
    with shared_database.transaction() as db:
        assert set(db.execute(select(Letter.answer, Letter.refused_at))) == {("550 no such doctor", now)}


def test_a_tick_with_a_faulty_server_comes_to_its_end(shared_database: Database, parts: Parts):
    queue_letters(shared_database, LETTERS)
    with served(has_no_time) as server:
        parts.smtp_port = server.port
        said = parts.run("-m", "lararportal.cli", "tick")
    assert said.strip().endswith("letters tried: 3")
    with shared_database.transaction() as db:
        assert last_beat(db, "tick") is not None


def test_letters_that_cannot_be_sent_do_not_hold_up_those_behind_them(shared_database: Database, parts: Parts):
    queue_letters(shared_database, LETTERS)
    with shared_database.transaction() as db:
        first = [f"<{number}@test>" for number in range(tick.FAILURES_IN_A_ROW)]
        for letter in db.scalars(select(Letter).where(Letter.message_id.in_(first))):
            letter.address = ""
    now = clock.now()
    sink = parts.sink()
    with mailer(sink.port, timeout=PATIENT) as post:
        assert tick.deliver_letters(shared_database, post, now=now) == LETTERS
    states = [row[0] for row in standing(shared_database)]
    assert [state is LetterState.SENT for state in states] == [False, False, False, True, True]
    assert sink.received() == {"<3@test>": 1, "<4@test>": 1}


def test_a_server_that_asks_what_nobody_can_read_is_not_asked_for_every_letter(shared_database: Database):
    queue_letters(shared_database, LETTERS)
    with (
        served(asks_what_nobody_can_read) as server,
        Mailer(f"smtp://portal:key@127.0.0.1:{server.port}", sender="portal@example.org") as post,
    ):
        assert tick.deliver_letters(shared_database, post, now=clock.now()) == tick.FAILURES_IN_A_ROW


@pytest.mark.parametrize(
    ("bounces", "told"), [("studs@example.org", "studs@example.org"), ("", "portal@example.org")]
)
def test_what_the_server_said_is_kept_and_it_is_told_whom_a_bounce_goes_to(
    bounces: str, told: str, shared_database: Database
):
    queue_letters(shared_database, 1)
    with served(names_the_sender) as server:
        url, sender = f"smtp://127.0.0.1:{server.port}", "Portalen <portal@example.org>"
        with Mailer(url, sender=sender, bounces=bounces, timeout=PATIENT) as post:
            assert tick.deliver_letters(shared_database, post, now=clock.now()) == 1
    with shared_database.transaction() as db:
        letter = db.scalars(select(Letter)).one()
    assert (letter.state, letter.answer) == (LetterState.SENT, f"250 2.0.0 queued for FROM:<{told}>")
