"""The schema: Alembic driven from code, so that every part asks the same question in the same way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import OperationalError

from lararportal.db import driver_url

FOLDER = Path(__file__).parent / "migrations"
LOCK_SECONDS = 5.0
"""So long a migration waits for a table that is in use, and whoever comes after it waits behind it."""
ONE_AT_A_TIME = 5_219_840_113
"""The number of the lock that keeps two hosts from moving the schema at once; any number will do."""
IN_THE_WAY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


class InUse(Exception):  # noqa: N818 - it is worth while to try again
    """A table was in use all the time that a migration waited for it; that migration has changed nothing."""


def _config(url: str, *, lock_seconds: float = LOCK_SECONDS) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["url"] = driver_url(url)
    config.attributes["lock_seconds"] = lock_seconds
    config.attributes["one_at_a_time"] = ONE_AT_A_TIME
    return config


def upgrade(url: str, revision: str = "head", *, lock_seconds: float = LOCK_SECONDS) -> None:
    """Brings the database up to a revision, each migration in a transaction of its own.

    Raises:
        InUse: a migration waited so long in vain; those before it are done.
    """
    with _waiting_in_vain():
        command.upgrade(_config(url, lock_seconds=lock_seconds), revision)


def downgrade(url: str, revision: str, *, lock_seconds: float = LOCK_SECONDS) -> None:
    """Takes the database back to a revision ("base" is empty), each migration in a transaction of its own.

    Raises:
        InUse: a migration waited so long in vain; those before it are undone.
    """
    with _waiting_in_vain():
        command.downgrade(_config(url, lock_seconds=lock_seconds), revision)


@contextmanager
def _waiting_in_vain() -> Iterator[None]:
    try:
        yield
    except OperationalError as fault:
        if isinstance(fault.orig, IN_THE_WAY):
            raise InUse(" ".join((fault.statement or "").split())) from fault
        raise


def check(url: str) -> None:
    """Asks whether models and migrations agree.

    Raises:
        alembic.util.CommandError: they differ, and the message says how.
    """
    command.check(_config(url))


def draft(url: str, message: str) -> None:
    """Writes a new migration from the difference between models and database, for a person to read and mend."""
    command.revision(_config(url), message=message, autogenerate=True)
