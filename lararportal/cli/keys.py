"""`lararportal keys`: an operator changes the keys that personal numbers are sealed with."""

from functools import partial

import click
from sqlalchemy.orm import Session

from auth import resealing
from auth.resealing import BATCH, Kind, Step
from courses.certificates import resealing as of_certificates
from courses.evaluations import resealing as of_evaluations
from courses.reports import documents
from lararportal import config
from lararportal.db import Database
from lararportal.edge import install

KINDS = (*resealing.KINDS, *of_certificates.KINDS, *of_evaluations.KINDS, *documents.KINDS)


@click.group()
def keys() -> None:
    """Change the keys that personal numbers are encrypted with."""


@keys.command()
@click.option("--batch", type=click.IntRange(1), default=BATCH, show_default=True, help="Rows in one transaction.")
def rotate(batch: int) -> None:
    """Encrypt with the first of LARARPORTAL_DATA_KEYS whatever another key has encrypted, or none yet.

    The portal may work meanwhile. It can be stopped at any time and begun anew: what is done stays done.
    """
    settings = config.from_environment()
    place = install(settings)
    try:
        left = rotated(place.database, batch=batch)
    finally:
        place.database.dispose()
    if left:
        raise click.ClickException(
            f"{left} could not be encrypted anew: their key is not in the settings, or two accounts have one number. "
            "`lararportal audit` says whose they are"
        )
    click.echo(f"Everything is encrypted by the key {settings.data_keys.newest.name}.")


def rotated(database: Database, *, batch: int) -> int:
    """Seals everything anew, and says how many could not be."""
    return sum(_rotate(database, kind, batch=batch) for kind in KINDS)


def _rotate(database: Database, kind: Kind, *, batch: int) -> int:
    """Seals all of one kind anew, and says how many could not be."""
    total = database.run(lambda db: resealing.behind(db, kind))
    after = done = left = 0
    while step := database.run(partial(_step, kind=kind, after=after, batch=batch)):
        after, done, left = step.after, done + step.done, left + step.left
        click.echo(f"{kind.called}: {done} of {total}")
    return left


def _step(db: Session, *, kind: Kind, after: int, batch: int) -> Step | None:
    return resealing.seal_anew(db, kind, after=after, limit=batch)


COMMANDS = (keys,)
