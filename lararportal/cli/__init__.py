"""The command line: one group, its commands in modules by what they are for.

`answering` runs the web processes, `serving` the other parts that production keeps running, `together` all of it on
one host; `metrics` tells those who watch over them, `database` moves the schema, `backup` keeps everything as one
file and makes a database of it again, `courses` reads the catalogue from a file, `roles` says who may do what,
`sign_ins` ends theirs, `access` tells what a role may open, `keys` changes what personal numbers are encrypted with,
`retention` deletes what was kept for its time, `allocation` gives seats and checks who got them, `lottery` draws and
verifies, `replay` does a round again, `audit` looks whether everything holds, `journal` tells the seal to keep
elsewhere, `development` starts everything on one machine and shows the demonstration term.

A module is loaded when one of its commands is asked for: a tick that begins every minute needs no pages, and nothing
that somebody waits for needs the demonstration.
"""

import gc
import importlib
from functools import cache

import click

from lararportal.config import SettingsError
from lararportal.dev.program import CannotStart
from lararportal.errors import Unclear, Undone

WRONG_SETTINGS = 2
MODULES = {
    "web": "answering",
    "all": "together",
    "worker": "serving",
    "tick": "serving",
    "metrics": "metrics",
    "db": "database",
    "backup": "backup",
    "restore": "backup",
    "drill": "backup",
    "courses": "courses",
    "role": "roles",
    "sign-out": "sign_ins",
    "access": "access",
    "keys": "keys",
    "retention": "retention",
    "allocate": "allocation",
    "check": "allocation",
    "lottery": "lottery",
    "replay": "replay",
    "audit": "audit",
    "journal": "journal",
    "dev": "development",
    "demo": "development",
}
"""Each command with the module that it stands in."""


class Portal(click.Group):
    """A group that says what is wrong with settings or database instead of showing where it was noticed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, those of its modules among them."""
        return sorted({*super().list_commands(ctx), *MODULES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, for which its module is loaded."""
        if cmd_name not in MODULES:
            return super().get_command(ctx, cmd_name)
        commands = _commands(MODULES[cmd_name])
        return next(each for each in commands if each.name == cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except SettingsError as fault:
            click.echo(f"The settings are not right:\n{fault}", err=True)
            ctx.exit(WRONG_SETTINGS)
        except (CannotStart, Undone, Unclear) as fault:
            raise click.ClickException(str(fault)) from fault


@cache
def _commands(module: str) -> tuple[click.Command, ...]:
    """The commands of a module. What is loaded stays to the end: the collector of garbage never looks at it."""
    gc.disable()
    try:
        commands: tuple[click.Command, ...] = importlib.import_module(f"{__name__}.{module}").COMMANDS
        gc.freeze()
    finally:
        gc.enable()
    return commands


@click.group(cls=Portal, context_settings={"max_content_width": 100, "help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lararportal")
def main() -> None:
    """The learning portal of the course unit for general practitioners in training."""
