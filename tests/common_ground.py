"""What all tests of a module begin with, where making it takes longer than they do: made once, and left as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from portals import PORTAL, SAFE
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

Made = TypeVar("Made")


@dataclass(frozen=True)
class Ground(Generic[Made]):
    """A connection in a transaction that holds the rows, and what made them says of them: no rows, but their ids."""

    connection: Connection
    made: Made

    @contextmanager
    def lent(self) -> Iterator[Connection]:
        """The connection for one test: whatever the test does there is undone."""
        savepoint = self.connection.begin_nested()
        yield self.connection
        savepoint.rollback()


@contextmanager
def laid(engine: Engine, make_rows: Callable[[Session], Made]) -> Iterator[Ground[Made]]:
    """The rows that are made, until the last test that begins with them."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(
            connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
            info={"portal_url": PORTAL, "safe": SAFE},
        ) as db:
            made = make_rows(db)
            db.commit()
        yield Ground(connection, made)
        transaction.rollback()
