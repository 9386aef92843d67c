"""The database: the one place that opens transactions and the only one that commits."""

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, TypeVar

import structlog
from sqlalchemy import Connection, Engine, Enum, MetaData, String, create_engine, event, literal_column, select, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from lararportal import counted, cursors, database_faults
from lararportal.errors import Unclear, Undone
from lararportal.kept import Kept
from lararportal.sealing import Safe

log = structlog.get_logger()

Answer = TypeVar("Answer")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def _values(words: type[StrEnum]) -> list[str]:
    return [word.value for word in words]


class Base(DeclarativeBase):
    """The root of every table; constraints get their names from `NAMING`."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        StrEnum: Enum(StrEnum, native_enum=False, length=30, create_constraint=True, values_callable=_values)
    }


SILENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 14_000,
}
"""A host that is gone without a word is noticed within 14 seconds: before gunicorn ends the process that waits."""
NUMBER = literal_column("pg_current_xact_id_if_assigned()::text", String)
"""By what the database knows a transaction that has written; a session that was told keeps it under `KNOWN_AS`."""
KNOWN_AS = "number"
RESTED = 1.0
"""Seconds after which a connection that nobody used is asked whether it is still there, before it is used again.

One that ends sooner is found out by whoever uses it, and what it was to do is done anew.
"""


def connect(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for the address; it connects when it is first used, and its faults repeat no value of a statement."""
    engine = create_engine(
        driver_url(url), paramstyle=cursors.PLACES, pool_size=pool_size, connect_args=SILENCE, hide_parameters=True
    )
    event.listen(engine, "connect", cursors.ask_as_it_reads)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_ask_after_rest, engine))
    return engine


def _note_rest(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


def _ask_after_rest(engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    if time.monotonic() - record.info.get("rests_since", math.inf) < RESTED:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as fault:
        raise InvalidatePoolError from fault  # The pool connects anew, for this one and for all that are as old.


@dataclass(frozen=True)
class Patience:
    """How often and how long what the database undid is done anew: whoever waits for it sits before a page."""

    attempts: int = 6
    seconds: float = 4.0
    first_rest: float = 0.1

    def rests(self, *, begun: float) -> Iterator[float]:
        """The seconds between the attempts, until patience ends: each rest about twice the one before.

        Two that stopped each other do not come back at the same moment, so chance has a part in it. `begun` is when
        the first attempt began, by the clock that only goes forward.
        """
        ends = begun + self.seconds
        for number in range(self.attempts - 1):
            rest = self.first_rest * 2**number * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
            if time.monotonic() + rest > ends:
                return
            yield rest


class Database:
    """PostgreSQL, and the transactions on it.

    Bound to a connection that is in a transaction already, its own transactions become savepoints there. What letters
    need (`contact` is an address of mail) travels with each session, and `safe`, which seals; `kept` are days of age.
    """

    def __init__(
        self,
        bind: Engine | Connection,
        *,
        portal_url: str,
        contact: str = "",
        safe: Safe | None = None,
        kept: Mapping[Kept, int] | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.engine = bind.engine
        self.patience = patience or Patience()
        self._commits = isinstance(bind, Engine)
        info = {"portal_url": portal_url.rstrip("/"), "contact": contact, "safe": safe, "kept": kept}
        self._sessions = sessionmaker(
            bind, expire_on_commit=False, join_transaction_mode="create_savepoint", info=info
        )
        self._readers = sessionmaker(
            _each_by_itself(bind), expire_on_commit=False, join_transaction_mode="create_savepoint", info=info
        )
        event.listen(self._readers, "before_flush", _refuse_to_write, insert=True)
        self._snapshots = sessionmaker(
            _at_one_moment(bind), join_transaction_mode="create_savepoint", info={"safe": safe, "kept": kept}
        )

    def reader(self) -> Session:
        """A session to read with, each statement by itself; closed by who has read. It writes no row."""
        return self._readers()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back when anything is raised.

        Raises:
            Refused: a constraint with a known meaning was violated.
            Undone: the database undid it, and nothing was changed; `run` and `persevere` do it anew.
            Unclear: the connection was lost while it was committed, and nobody knows what became of it.
        """
        # Closed rather than rolled back, so that after a commit that was heard of late the rows can still be read.
        with self._sessions() as db:
            try:
                yield db
                db.flush()
                number = self._number(db)
            except DBAPIError as fault:
                database_faults.raise_meaning(fault)
            try:
                db.commit()
            except DBAPIError as fault:
                if number is None or not database_faults.is_lost(fault):
                    database_faults.raise_meaning(fault)
                self._insist_on_commit(number, fault)

    def run(self, work: Callable[[Session], Answer]) -> Answer:
        """Does all of the work in one transaction, and anew while the database undoes it and patience lasts.

        For work that tells nobody outside the database anything; what it answers is told afterwards.

        Raises:
            Undone: patience has ended. The others as `transaction`.
        """

        def once() -> Answer:
            with self.transaction() as db:
                return work(db)

        return self.persevere(once)

    def persevere(self, work: Callable[[], Answer], *, may_begin_anew: Callable[[], bool] = lambda: True) -> Answer:
        """Does what opens transactions of its own, and all of it anew while one is undone, as long as it may.

        Raises:
            Undone: patience has ended, or it may not begin anew since somebody has been told something.
        """
        rests = self.patience.rests(begun=time.monotonic())
        while True:
            try:
                return work()
            except Undone as fault:
                rest = next(rests, None)
                if rest is None or not may_begin_anew():
                    raise
                counted.anew(fault.why)
                log.warning("undone, and done anew", why=fault.why, after=round(rest, 3))
            time.sleep(rest)

    def _number(self, db: Session) -> str | None:
        """By what the database knows the transaction, if it is one whose end has to be known: it has written."""
        told: str | None = db.info.pop(KNOWN_AS, None) or (db.scalar(select(NUMBER)) if self._commits else None)
        return told

    def _insist_on_commit(self, number: str, fault: DBAPIError) -> None:
        """Asks on another connection what became of a transaction whose commit nobody answered.

        Raises:
            Undone: it was rolled back.
            Unclear: that could not be learnt.
        """
        for rest in self.patience.rests(begun=time.monotonic()):
            match self._fate(number):
                case "committed":
                    log.warning("the connection was lost at a commit, which was done")
                    return
                case "aborted":
                    raise Undone(database_faults.CONNECTION) from fault
                case None:
                    break
            time.sleep(rest)
        log.error("the connection was lost at a commit, and it is not known what became of it")
        raise Unclear from fault

    def _fate(self, number: str) -> str | None:
        """What the database says of a transaction: "committed", "aborted" or "in progress"; None: it cannot know."""
        try:
            with self.engine.connect() as connection:
                question = text("SELECT pg_xact_status(CAST(:number AS xid8))")
                fate: str | None = connection.scalar(question, {"number": number})
        except OperationalError:
            return "in progress"  # The database is away, and may be back soon.
        except DBAPIError:
            return None  # Another database, which has not come to this number yet.
        return fate

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """The rows as they are together at one moment, for who looks at many of them; nothing can be written.

        Raises:
            Undone: as `transaction`.
        """
        with self._snapshots() as db:
            try:
                yield db
            except DBAPIError as fault:
                database_faults.raise_meaning(fault)

    def dispose(self) -> None:
        """Closes the pooled connections, as before a fork."""
        self.engine.dispose()


def _refuse_to_write(*_of_session: object) -> None:
    """Nothing would undo what a page that reads has changed of a row: each of its statements stands when it is done.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError("a page that reads has changed a row")


def _each_by_itself(bind: Engine | Connection) -> Engine | Connection:
    """What a page reads with. Each statement sees what is committed when it begins, in a transaction as without one.

    So none is begun and ended around them: the two questions to the database cost as much as many a statement.
    """
    return bind if isinstance(bind, Connection) else bind.execution_options(isolation_level="AUTOCOMMIT")


def _at_one_moment(bind: Engine | Connection) -> Engine | Connection:
    """What a look at many rows is bound to; a connection that is in a transaction already sees what that one sees."""
    if isinstance(bind, Connection):
        return bind
    return bind.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def driver_url(url: str) -> str:
    """The address as SQLAlchemy wants it: psycopg 3 is the only driver."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url
