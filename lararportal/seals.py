"""Seals: what the journal says is bound by a chain of hashes, batch by batch, and nobody waits for it.

What exactly is hashed, so that anybody can do it again, stands in docs/journal.md.
"""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, cast

import structlog
from sqlalchemy import BigInteger, DateTime, Select, String, Table, Text, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from lararportal.db import Base, Database
from lararportal.journal import Entry, keep

log = structlog.get_logger()

BEGINNING = "0" * 64
"""What stands before the first seal."""
BATCH = 10_000
"""So many entries one seal binds at most."""
BATCHES = 5
"""So many seals one look sets at most: after an upgrade from a portal that sealed nothing there may be hundreds."""
ONE_AT_A_TIME = 5_219_840_122
"""The number of the lock that keeps two hosts from sealing the same; nobody else asks for it."""
REST = 0.05


class Seal(Base):
    """A batch of entries: all from the one after the batch before up to its last."""

    __tablename__ = "journal_seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    upto: Mapped[int] = mapped_column(BigInteger, unique=True, doc="The last number that an entry in it can have.")
    entries: Mapped[int] = mapped_column(doc="How many there are; numbers of deeds that came to nothing are missing.")
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    hash: Mapped[str] = mapped_column(String(64))


keep(cast("Table", Seal.__table__))


def lines() -> Select[int, str]:
    """Each entry with its number and the line that is hashed, by number."""
    moment = func.to_char(func.timezone("UTC", Entry.at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    written = func.jsonb_build_array(
        Entry.id, moment, Entry.by, Entry.deed, Entry.person_id, Entry.session_id, Entry.facts
    )
    return select(Entry.id, written.cast(Text)).order_by(Entry.id)


def hashed(previous: str, written: Iterable[str], about: Seal) -> str:
    """What binds the entries, what is said of them, and all seals before; it is not asked what hash the seal has."""
    found = sha256(f"{previous}\n".encode())
    for line in written:
        found.update(f"{line}\n".encode())
    moment = about.sealed_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    found.update(f"{json.dumps([about.number, about.upto, about.entries, moment])}\n".encode())
    return found.hexdigest()


def last(db: Session) -> Seal | None:
    """The head of the chain."""
    return db.scalar(select(Seal).order_by(Seal.number.desc()).limit(1))


def seal(database: Database, *, now: datetime, patience: float = 2.0) -> int:
    """Every entry is sealed that is there for good, unless somebody seals already; how many were.

    A deed that is not yet committed may hold a number that is lower than those of others that are. So nothing is
    sealed before all have ended who wrote when the last number was looked up, and when they take too long (in
    seconds) the next look does it. Nobody waits for this: it takes no lock that a deed asks for.
    """
    upto, writers = database.run(_assigned)
    if upto == 0 or not _have_ended(database, writers, patience):
        return 0
    sealed = 0
    for _ in range(BATCHES):
        batch = database.run(lambda db: seal_batch(db, upto=upto, now=now))
        if batch is None:
            break
        log.info("journal sealed", number=batch.number, entries=batch.entries, hash=batch.hash)
        sealed += batch.entries
    return sealed


def _assigned(db: Session) -> tuple[int, set[str]]:
    """The last number that an entry was given, 0 when all up to it are sealed, and then who was writing.

    Whoever is given a number has taken the lock of all who write by then, and keeps it until the end: no new one can
    come below a number that was looked up before.
    """
    given = db.scalar(text("SELECT last_value FROM journal_id_seq WHERE is_called")) or 0
    head = last(db)
    if head is not None and head.upto >= given:
        return 0, set()
    return given, _writing(db)


def _writing(db: Session) -> set[str]:
    """The transactions of others that have written into the journal, or are about to."""
    asked = """
        SELECT virtualtransaction FROM pg_locks
        WHERE relation = 'journal'::regclass AND mode = 'RowExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
    return set(db.scalars(text(asked)))


def _have_ended(database: Database, writers: set[str], patience: float) -> bool:
    end = time.monotonic() + patience
    while writers and time.monotonic() < end:
        time.sleep(REST)
        writers &= database.run(_writing)
    return not writers


def seal_batch(db: Session, *, upto: int, now: datetime) -> Seal | None:
    """The first entries that are not sealed are; None when there are none up to that number, or somebody else seals.

    All that will ever have a number up to that one must be committed.
    """
    if not db.scalar(select(func.pg_try_advisory_xact_lock(ONE_AT_A_TIME))):
        return None
    head = last(db)
    previous, number, after = (head.hash, head.number, head.upto) if head is not None else (BEGINNING, 0, None)
    asked = lines().where(Entry.id <= upto).limit(BATCH)
    found: list[Any] = list(db.execute(asked if after is None else asked.where(Entry.id > after)))
    if not found:
        return None
    made = Seal(
        number=number + 1,
        upto=upto if len(found) < BATCH else found[-1][0],
        entries=len(found),
        sealed_at=now,
    )
    made.hash = hashed(previous, (line for _, line in found), made)
    db.add(made)
    db.flush()
    return made
