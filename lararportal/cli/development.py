"""`lararportal dev | demo`: everything on one machine, and a term without a browser. Not for production."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from lararportal import clock
from lararportal.audit import INVARIANTS
from lararportal.demo.rehearsal import Outcome, rehearse
from lararportal.dev import supervisor
from lararportal.dev.only import refuse_production
from lararportal.dev.screen import ProgressLine, say, table
from lararportal.dev.term import Beginning
from lararportal.leash import end_with


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="The port of 127.0.0.1 where the portal answers.",
)
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/dev"),
    show_default=True,
    help="Where database, letters and logs are kept.",
)
@click.option("--reset", is_flag=True, help="Begin anew: remove what is kept there.")
@click.option(
    "--demo",
    "beginning",
    type=click.Choice([word.value for word in Beginning]),
    default=Beginning.TERM.value,
    show_default=True,
    help="What an empty database is filled with: a term, or the demonstration accounts alone.",
)
@click.option("--leashed", is_flag=True, hidden=True, help="End when the parent process ends.")
def dev(*, port: int, folder: Path, reset: bool, beginning: str, leashed: bool) -> None:
    """Run the whole portal on this machine, for development.

    Real PostgreSQL and Redis are started unless DATABASE_URL or REDIS_URL name others, with a sign-in provider and
    a mail sink that keeps every letter on this machine. Ctrl-C stops everything; the data stay.
    """
    refuse_production(os.environ)
    if leashed:
        end_with(os.getppid(), signal.SIGTERM)
    if reset:
        supervisor.reset(port=port, folder=folder)
    supervisor.run(port=port, folder=folder, beginning=Beginning(beginning))


@click.command()
@click.option(
    "--share",
    type=click.FloatRange(0.05, 1),
    default=1.0,
    show_default=True,
    help="How much of the real number of people and seats.",
)
def demo(*, share: float) -> None:
    """Run a demonstration term without a browser and show what came of it.

    On servers of its own in a folder that is removed afterwards: a term is built, its rounds decided, weeks of
    changes follow, and every letter is delivered. Ends with 1 when something does not hold of the rows.
    """
    refuse_production(os.environ)
    signal.signal(signal.SIGTERM, _end)
    line = ProgressLine("demo")
    outcome = rehearse(now=clock.now(), progress=line.show, share=share)
    line.end()
    _tell(outcome)


def _tell(outcome: Outcome) -> None:
    click.echo(f"\n{table(['', *outcome.stages], outcome.table())}\n")
    if outcome.violations:
        raise click.ClickException("\n  ".join(["these do not hold:", *outcome.violations]))
    say("audit", f"everything holds that must hold, at every stage: {len(INVARIANTS)} checks, no finding")


def _end(_sign: int, _frame: FrameType | None) -> NoReturn:
    """Ends the rehearsal in good order: its servers stop, and its folder is removed."""
    sys.exit(128 + signal.SIGTERM)


COMMANDS = (dev, demo)
