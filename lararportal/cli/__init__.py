"""The command line: one group, its commands in modules by what they are for.

`serving` runs the parts that production keeps running, `metrics` tells those who watch over them, `database` moves
the schema, `backup` keeps everything as one file and makes a database of it again, `courses` reads the catalogue from
a file, `roles` says who may do what, `allocation` gives seats and checks who got them, `lottery` draws and verifies,
`replay` does a published round again, `audit` looks whether everything holds, `development` starts everything on one
machine and shows the demonstration term.
"""

import click

from lararportal.cli import (
    allocation,
    audit,
    backup,
    courses,
    database,
    development,
    lottery,
    metrics,
    replay,
    roles,
    serving,
)
from lararportal.config import SettingsError
from lararportal.dev.program import CannotStart
from lararportal.errors import Unclear, Undone

WRONG_SETTINGS = 2


class Portal(click.Group):
    """A group that says what is wrong with settings or database instead of showing where it was noticed."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except SettingsError as fault:
            click.echo(f"The settings are not right:\n{fault}", err=True)
            ctx.exit(WRONG_SETTINGS)
        except (CannotStart, Undone, Unclear) as fault:
            raise click.ClickException(str(fault)) from fault


@click.group(cls=Portal, context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lararportal")
def main() -> None:
    """The learning portal of the course unit for general practitioners in training."""


for module in (serving, metrics, database, backup, courses, roles, allocation, lottery, replay, audit, development):
    for command in module.COMMANDS:
        main.add_command(command)
