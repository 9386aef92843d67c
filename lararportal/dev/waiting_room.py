"""The waiting room: answers on the portal's port from the first second, until the web processes take it over.

`/healthz` says that there is life; every other address answers 503 with a page that says how far the start has
come and asks again by itself. The port is the supervisor's own socket, so that the handing over leaves no gap.
"""

import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from jinja2 import Environment, FileSystemLoader

from lararportal import pages


@dataclass
class Progress:
    """How far the start has come: a step and, where it has parts, how many of them are done."""

    step: str = "servers"
    done: int = 0
    total: int = 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listening: socket.socket, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(listening.getsockname()[:2], handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening.dup()
        self.socket.settimeout(1)


class WaitingRoom:
    """A context manager: while it is open, the listening socket is answered from here."""

    def __init__(self, listening: socket.socket, progress: Progress) -> None:
        environment = Environment(loader=FileSystemLoader(pages.folder()), autoescape=True)
        page = environment.get_template("dev/starting.html")

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self) -> None:
                if self.path == "/healthz":
                    self._say(200, "text/plain; charset=utf-8", "ok\n")
                else:
                    self._say(503, "text/html; charset=utf-8", page.render(progress=progress))

            do_HEAD = do_POST = do_GET  # noqa: N815 - the names are the library's

            def _say(self, status: int, kind: str, text: str) -> None:
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                if status != 200:  # noqa: PLR2004 - the one status that is no refusal
                    self.send_header("Retry-After", "2")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
                del format, args

        self._server = _Server(listening, Answer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
