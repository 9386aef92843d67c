"""`lararportal journal`: what of the journal is worth keeping elsewhere."""

import click

from lararportal import config, seals
from lararportal.edge import install


@click.group()
def journal() -> None:
    """Tell of the seals of the journal."""


@journal.command()
def head() -> None:
    """Print the last seal: its number, its hash and when it was set.

    Keep it where the owner of the database does not come.
    `lararportal audit --journal-head HASH` says later whether it is still there.
    """
    place = install(config.from_environment())
    try:
        sealed = place.database.run(seals.last)
    finally:
        place.database.dispose()
    if sealed is None:
        raise click.ClickException("Nothing is sealed yet: the tick does it.")
    click.echo(f"{sealed.number} {sealed.hash} {sealed.sealed_at.isoformat()}")


COMMANDS = (journal,)
