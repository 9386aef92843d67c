"""`lararportal web`: the part that production keeps running to answer requests."""

from collections.abc import Callable

import click

from lararportal import config
from lararportal.cli.telling import PORT
from lararportal.web import PROCESSES, Server


def answers(command: Callable[..., None]) -> Callable[..., None]:
    """Lets the command be told where it is to listen, and how many processes are to answer."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on."),
    click.option("--port", type=PORT, default=8000, show_default=True, help="The port to listen on."),
    click.option(
        "--workers",
        "processes",
        type=click.IntRange(1),
        default=PROCESSES,
        show_default=True,
        help="How many processes answer.",
    ),
    click.option("--fd", type=int, hidden=True, help="A socket that listens already, instead of host and port."),
)


@click.command()
@answers
def web(host: str, port: int, processes: int, fd: int | None) -> None:
    """Answer requests, with gunicorn."""
    bind = f"{host}:{port}" if fd is None else f"fd://{fd}"
    Server(config.from_environment(), bind=bind, processes=processes).run()


COMMANDS = (web,)
