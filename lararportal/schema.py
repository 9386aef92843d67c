"""The schema: Alembic driven from code, so that every part asks the same question in the same way."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from lararportal.db import driver_url

FOLDER = Path(__file__).parent / "migrations"


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["url"] = driver_url(url)
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Brings the database up to a revision."""
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Takes the database back to a revision ("base" is empty)."""
    command.downgrade(_config(url), revision)


def check(url: str) -> None:
    """Asks whether models and migrations agree.

    Raises:
        alembic.util.CommandError: they differ, and the message says how.
    """
    command.check(_config(url))


def draft(url: str, message: str) -> None:
    """Writes a new migration from the difference between models and database, for a person to read and mend."""
    command.revision(_config(url), message=message, autogenerate=True)


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest revision."""
    with engine.connect() as connection:
        return revision_of(connection) == newest()


def newest() -> str | None:
    """The newest revision that this version knows."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def revisions() -> set[str]:
    """Every revision that this version knows."""
    return {each.revision for each in ScriptDirectory(str(FOLDER)).walk_revisions()}


def revision_of(connection: Connection) -> str | None:
    """The revision that a database stands at; None is an empty one."""
    return MigrationContext.configure(connection).get_current_revision()
