"""`lararportal db`: the schema of the database that the settings name."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from alembic.util import CommandError

from lararportal import config, rights, schema


@click.group()
def db() -> None:
    """Move the database's schema, or check it."""


LOCK_TIMEOUT = click.option(
    "--lock-timeout",
    "lock_seconds",
    type=click.FloatRange(min=0.1),
    default=schema.LOCK_SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for a table that is in use; whoever comes after waits as long.",
)
TRIES = click.option(
    "--tries", type=click.IntRange(1), default=10, show_default=True, help="How often, before it is given up."
)
REST = 2.0
"""How many times longer than it has waited a migration stands back, so that others get their turn."""


@db.command()
@click.argument("revision", default="head")
@LOCK_TIMEOUT
@TRIES
def upgrade(revision: str, lock_seconds: float, tries: int) -> None:
    """Bring the database up to REVISION (default: the newest), while the portal runs."""
    url = config.from_environment().database_url
    _again_and_again(lambda: schema.upgrade(url, revision, lock_seconds=lock_seconds), tries, REST * lock_seconds)
    click.echo(f"The schema is at {revision}.")


@db.command()
@click.argument("revision")
@LOCK_TIMEOUT
@TRIES
def downgrade(revision: str, lock_seconds: float, tries: int) -> None:
    """Take the database back to REVISION (`base` is empty, `-1` one step)."""
    url = config.from_environment().database_url
    _again_and_again(lambda: schema.downgrade(url, revision, lock_seconds=lock_seconds), tries, REST * lock_seconds)
    click.echo(f"The schema is at {revision}.")


def _again_and_again(move: Callable[[], None], tries: int, rest: float) -> None:
    """Moves the schema as soon as nobody stands in the way.

    Raises:
        ClickException: somebody always did, or Alembic refuses.
    """
    for left in reversed(range(tries)):
        try:
            with _said_plainly():
                move()
        except schema.InUse as fault:
            if not left:
                raise click.ClickException(f"{BUSY}. Somebody uses what this needs: {fault}") from fault
            click.echo(f"Somebody uses what this needs, so it is tried again in {rest:g} seconds: {fault}", err=True)
            time.sleep(rest)
        else:
            return


BUSY = "The schema could not be moved all the way, and the portal works as before: try again when it is quieter"


@db.command()
def check() -> None:
    """Check that the database stands at the newest revision and that it is what the models say."""
    with _said_plainly():
        schema.check(config.from_environment().database_url)
    click.echo("The schema is what the models say.")


@db.command()
@click.argument("role")
def grants(role: str) -> None:
    """Let ROLE do what the portal does, and no more: above all add to the journal, and never change it.

    For the owner of the tables, who moves the schema, after each upgrade; ROLE is the one that web, worker and tick
    work as.
    """
    with _said_plainly():
        rights.give(config.from_environment().database_url, role)
    click.echo(f"{role} may do what the portal does.")


@contextmanager
def _said_plainly() -> Iterator[None]:
    """A refusal of Alembic, such as a revision that does not exist, or of rights, as one sentence."""
    try:
        yield
    except (CommandError, rights.RightsFault) as fault:
        raise click.ClickException(str(fault)) from fault


COMMANDS = (db,)
