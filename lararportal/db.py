"""The database: the one place that opens transactions and the only one that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, Enum, MetaData, create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from lararportal.errors import Refused

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


_guards: dict[str, Refused] = {}


def guard(constraint: str, refusal: Refused) -> None:
    """Says what a violated constraint means to the user: the last guard speaks as politely as the rule."""
    _guards[constraint] = refusal


def connect(url: str, *, pool_size: int = 5) -> Engine:
    """An engine for the address; it connects when it is first used."""
    return create_engine(driver_url(url), pool_pre_ping=True, pool_size=pool_size)


class Database:
    """PostgreSQL, and the transactions on it.

    Bound to a connection that is in a transaction already, its own transactions become savepoints there.
    `portal_url` travels with every session so that letters can be rendered inside the deed's transaction.
    """

    def __init__(self, bind: Engine | Connection, *, portal_url: str) -> None:
        self.engine = bind.engine
        self._sessions = sessionmaker(
            bind,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
            info={"portal_url": portal_url.rstrip("/")},
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back when anything is raised.

        Raises:
            Refused: a constraint with a known meaning was violated.
        """
        try:
            with self._sessions.begin() as db:
                yield db
        except IntegrityError as violation:
            refusal = _guards.get(_constraint(violation))
            if refusal is None:
                raise
            raise Refused(refusal.reason, **refusal.facts) from violation

    def dispose(self) -> None:
        """Closes the pooled connections, as before a fork."""
        self.engine.dispose()


def driver_url(url: str) -> str:
    """The address as SQLAlchemy wants it: psycopg 3 is the only driver."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _constraint(violation: IntegrityError) -> str:
    diagnosis: Any = getattr(violation.orig, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")
