"""`lararportal backup | restore | drill`: everything as one file, that as a database again, and the proof of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from lararportal import clock, config, revisions, schema
from lararportal.audit import INVARIANTS, found, in_motion, telling
from lararportal.backup import Archive, BackupFault, Manifest, back_up, opened, scratch, surroundings
from lararportal.backup import restore as restored
from lararportal.cli.telling import counted, one_line
from lararportal.db import Database, connect

FILE = click.argument("path", metavar="FILE", type=click.Path(path_type=Path))


@click.command()
@FILE
def backup(path: Path) -> None:
    """Keep the whole database and the settings, but for secrets, as they are at this moment in FILE.

    The portal may run meanwhile. FILE is new: what is there already is refused and left as it is. It is there when
    all of it is, and only its owner can read it: it holds personal data, and the secrets of lotteries that are not
    over. Needs PostgreSQL's pg_dump, not older than the server.
    """
    settings = config.from_environment()
    with _said_plainly():
        kept = back_up(settings.database_url, path, settings=surroundings.told(os.environ), now=clock.now())
    click.echo(f"{path} holds {_in_words(kept)}.")


@click.command()
@FILE
def restore(path: Path) -> None:
    """Fill the database that the settings name, which must be empty, with what FILE holds: all of it or nothing.

    Needs PostgreSQL's pg_restore, not older than the server.
    """
    settings = config.from_environment()
    with _said_plainly(), opened(path) as file:
        restored(settings.database_url, file)
        click.echo(f"The database holds {_in_words(file.manifest)}, as it was at {file.manifest.made_at}.")
        _remind(file)


@click.command()
@FILE
def drill(path: Path) -> None:
    """Restore FILE into a database beside the one that the settings name, audit it, and remove it again.

    It is audited as of the moment at which FILE was made. Ends with 1, and a sentence for everything that is not as
    it should be, when FILE would not bring the portal back.
    """
    settings = config.from_environment()
    with _said_plainly(), opened(path) as file, scratch(settings.database_url) as url:
        restored(url, file)
        schema.upgrade(url)
        findings = _audited(url, now=clock.parse(file.manifest.made_at))
    if findings:
        raise click.ClickException("\n  ".join(["it can be restored, but the audit finds:", *findings]))
    click.echo(f"{path} can be restored: {_in_words(file.manifest)}, and the audit finds nothing.")


def _audited(url: str, *, now: datetime) -> list[str]:
    database = Database(connect(url), portal_url="")
    try:
        with database.snapshot() as db:
            findings = found(db, INVARIANTS, in_motion(now))
            return [one_line(f"{each.check}: {telling.sentence(each)}") for each in findings]
    finally:
        database.dispose()


def _in_words(kept: Manifest) -> str:
    rows = sum(table["rows"] for table in kept.tables.values())
    return f"{counted(rows, 'row')} in {counted(len(kept.tables), 'table')} at revision {kept.revision}"


def _remind(file: Archive) -> None:
    """What is to be done besides, before the portal starts."""
    if file.manifest.revision != revisions.newest():
        click.echo(
            f"It stands at revision {file.manifest.revision}: run `lararportal db upgrade` before the portal starts."
        )
    for name in surroundings.changed(file.settings, os.environ):
        click.echo(f"Warning: {name} is not what it was when the backup was made.", err=True)


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except BackupFault as fault:
        raise click.ClickException(str(fault)) from fault


COMMANDS = (backup, restore, drill)
