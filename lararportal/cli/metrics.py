"""`lararportal metrics`: what those who watch over the portal are told, at an address of its own."""

import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import click
from prometheus_client import make_wsgi_app

from lararportal import clock, config, logs, measures
from lararportal.cli.serving import stopping
from lararportal.cli.telling import PORT
from lararportal.edge import Installation, install

PATH = "/metrics"


class Server(ThreadingMixIn, WSGIServer):
    """Who asks slowly does not keep the others waiting, nor the end of the process."""

    daemon_threads = True


class Handler(WSGIRequestHandler):
    """Says nothing of each question: there is one every few seconds."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; not a public one.")
@click.option("--port", type=PORT, default=9400, show_default=True, help="The port to listen on.")
def metrics(host: str, port: int) -> None:
    """Tell at /metrics how the installation is, for Prometheus: rows, queue, tick, and what processes count."""
    settings = config.from_environment()
    logs.configure(settings.log_level)
    place = install(settings)
    with stopping() as stop, _listening(host, port, place) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        click.echo(f"http://{host}:{server.server_port}{PATH}")
        stop.wait()
        server.shutdown()
        serving.join()
    place.database.dispose()


def _listening(host: str, port: int, place: Installation) -> WSGIServer:
    try:
        return make_server(host, port, _only_there(place), Server, Handler)
    except OSError as fault:
        raise click.ClickException(f"nobody can listen at {host}:{port}: {fault.strerror}.") from fault


def _only_there(place: Installation) -> Callable[..., Iterable[bytes]]:
    """The measures at their path, and nothing anywhere else."""
    told: Callable[..., Iterable[bytes]] = make_wsgi_app(
        measures.registry(place, moment=clock.now), disable_compression=True
    )

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"not found\n"]
        return told(environ, start_response)

    return answer


COMMANDS = (metrics,)
