"""The tick: every minute, what is due by then. Run twice, it does nothing twice."""

from collections.abc import Callable, Iterator
from datetime import datetime

import structlog

from bookings import minimum_enrolment, rounds, waitlist
from lararportal import outbox
from lararportal.db import Database
from lararportal.heartbeat import beat
from lararportal.mail import Mailer

log = structlog.get_logger()

Find = Callable[..., list[int]]
Deed = Callable[..., object]


def run_due(database: Database, *, now: datetime) -> dict[str, int]:
    """Does what is due by `now`, each thing in its own transaction, and says how many of each.

    One thing that fails is logged and does not stop the others; it is due again at the next tick.
    """
    done: dict[str, int] = {}
    for name, find, deed in (
        ("rounds opened", rounds.due_to_open, rounds.open_round),
        ("rounds closed", rounds.due_to_close, rounds.close_round),
        ("decisions asked for", minimum_enrolment.due, minimum_enrolment.ask_for_decision),
    ):
        done[name] = sum(1 for key in _found(database, find, now=now) if _do(database, deed, key, now=now))
    done["seats filled"] = fill_freed_seats(database, now=now)
    return done


def _found(database: Database, find: Find, *, now: datetime) -> list[int]:
    with database.transaction() as db:
        return find(db, now=now)


def _do(database: Database, deed: Deed, key: int, *, now: datetime) -> bool:
    try:
        with database.transaction() as db:
            deed(db, key, now=now, by=None)
    except Exception as fault:
        log.error("tick: not done", deed=deed.__name__, key=key, exc_info=fault)  # noqa: TRY400 - structured
        return False
    return True


def fill_freed_seats(database: Database, *, now: datetime) -> int:
    """Gives every free seat that somebody waits for to the next in line, until there is none; how many moved.

    A move can free a seat elsewhere (a swap), so the search goes on until it finds nothing.
    """
    filled = 0
    for session_id in _sessions_to_fill(database, now=now):
        with database.transaction() as db:
            filled += waitlist.fill(db, session_id=session_id, now=now)
    return filled


def _sessions_to_fill(database: Database, *, now: datetime) -> Iterator[int]:
    seen: set[int] = set()
    while True:
        with database.transaction() as db:
            fresh = [key for key in waitlist.with_free_seats_and_a_line(db, now=now) if key not in seen]
        if not fresh:
            return
        yield from fresh
        seen.update(fresh)


def deliver_letters(database: Database, mailer: Mailer, *, now: datetime) -> int:
    """Sends every due letter, one transaction each; how many were tried."""
    tried = 0
    while _deliver_one(database, mailer, now=now):
        tried += 1
    return tried


def _deliver_one(database: Database, mailer: Mailer, *, now: datetime) -> bool:
    with database.transaction() as db:
        return outbox.deliver_next(db, now=now, send=mailer.send)


def heartbeat(database: Database, *, now: datetime) -> None:
    """Remembers that the tick ran to its end."""
    with database.transaction() as db:
        beat(db, "tick", now=now)
