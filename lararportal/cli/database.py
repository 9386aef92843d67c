"""`lararportal db`: the schema of the database that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.util import CommandError

from lararportal import config, schema


@click.group()
def db() -> None:
    """Move the database's schema, or check it."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to REVISION (default: the newest)."""
    with _said_plainly():
        schema.upgrade(config.from_environment().database_url, revision)
    click.echo(f"The schema is at {revision}.")


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION (`base` is empty, `-1` one step)."""
    with _said_plainly():
        schema.downgrade(config.from_environment().database_url, revision)
    click.echo(f"The schema is at {revision}.")


@db.command()
def check() -> None:
    """Check that the database stands at the newest revision and that it is what the models say."""
    with _said_plainly():
        schema.check(config.from_environment().database_url)
    click.echo("The schema is what the models say.")


@contextmanager
def _said_plainly() -> Iterator[None]:
    """A refusal of Alembic, such as a revision that does not exist, as one sentence."""
    try:
        yield
    except CommandError as fault:
        raise click.ClickException(str(fault)) from fault


COMMANDS = (db,)
