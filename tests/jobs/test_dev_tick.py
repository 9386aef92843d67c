"""The tick as a process that goes on: told to stop in the middle of many letters."""

from collections import Counter

from mail_server import HoldsItsBreath, served
from processes import WITHIN, Parts, queue_letters, wait_until
from sqlalchemy import func, select

from lararportal import clock, tick
from lararportal.db import Database
from lararportal.heartbeat import last_beat
from lararportal.mail import Mailer
from lararportal.outbox import Letter, LetterState

LETTERS, IN_HAND = 20, 6


def sent(database: Database) -> int:
    with database.transaction() as db:
        return db.scalar(select(func.count()).where(Letter.state == LetterState.SENT)) or 0


def test_a_tick_told_to_stop_begins_no_further_letter_and_the_next_sends_the_rest(
    shared_database: Database, parts: Parts
) -> None:
    queue_letters(shared_database, LETTERS)
    post = HoldsItsBreath(at=IN_HAND)
    with served(post) as server:
        parts.smtp_port = server.port
        ticking = parts.start("-m", "lararportal.cli", "tick", "--every=1")
        assert post.holds.wait(WITHIN), ticking.last_lines()
        ticking.ask_to_stop()
        post.goes_on.set()
        wait_until(lambda: not ticking.is_running, what="the tick ends")

        assert ticking.exit_code == 0, ticking.last_lines()
        assert (len(server.heard), sent(shared_database)) == (IN_HAND, IN_HAND)
        with shared_database.transaction() as db:
            assert last_beat(db, "tick") is not None
        with Mailer(f"smtp://127.0.0.1:{server.port}", sender=parts.settings.mail_from) as mailer:
            assert tick.deliver_letters(shared_database, mailer, now=clock.now()) == LETTERS - IN_HAND
    assert Counter(server.heard) == Counter(f"<{number}@test>" for number in range(LETTERS))
