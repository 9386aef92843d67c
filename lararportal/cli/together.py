"""`lararportal all`: web, worker and tick of one host, in memory that they share."""

import socket

import click

from lararportal import config
from lararportal.cli.answering import answers
from lararportal.cli.serving import keep_ticking
from lararportal.together import Part, keep_running
from lararportal.web import BACKLOG, Server
from lararportal.workers import run_worker


@click.command("all")
@answers
@click.option("--every", type=click.IntRange(1), default=60, show_default=True, help="Seconds from tick to tick.")
def everything(host: str, port: int, processes: int, fd: int | None, every: int) -> None:
    """Answer requests, work and tick, in two thirds of the memory of three commands."""
    settings = config.from_environment()
    server = Server(settings, bind=f"fd://{listening(host, port) if fd is None else fd}", processes=processes)
    server.wsgi()
    keep_running(
        (
            Part("web", server.run),
            Part("worker", lambda: run_worker(settings)),
            Part("tick", lambda: keep_ticking(settings, every=every)),
        )
    )


def listening(host: str, port: int) -> int:
    """A socket that stays: who asks while the web processes begin again waits for them.

    It hears what gunicorn would hear on one of its own, IPv4 too where the address is `::`.
    """
    host = host.strip("[]")
    is_six = ":" in host
    family = socket.AF_INET6 if is_six else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=is_six).detach()
    except OSError as fault:
        raise click.ClickException(f"cannot listen on {host}, port {port}: {fault.strerror}") from fault


COMMANDS = (everything,)
