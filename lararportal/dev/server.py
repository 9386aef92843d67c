"""A server of our own, a child on the leash: one to a folder, tried on a free port until it answers."""

import fcntl
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar

from lararportal.dev.program import CannotStart, Program

ATTEMPTS = 3
"""A port that was free may be taken by somebody else before the server has it."""


class Server(ABC):
    """One server with what it keeps in `folder`; a context manager whose value is the URL it answers at.

    Raises on entering:
        CannotStart: the server is missing, the folder is in use, or it does not come up.
    """

    name: ClassVar[str]

    def __init__(self, folder: Path, *, log: Path | None = None) -> None:
        self._folder = self._home = folder.absolute()
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
        self._home = self._prepare()
        self._lock = self._sole_use()
        try:
            self._settle()
            self._serve()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops the server; what lies in its folder stays."""
        if self._program is not None:
            self._program.stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @abstractmethod
    def _prepare(self) -> Path:
        """Makes the folder; where it really lies."""

    @abstractmethod
    def _settle(self) -> None:
        """In the folder, which is ours alone now, lies all that the server needs."""

    @abstractmethod
    def _attempt(self) -> Program:
        """The server on a free port, not yet started; `url` says where it will answer."""

    @abstractmethod
    def _answers(self) -> bool:
        """Waits until the started server answers; false when it ends before that."""

    def _serve(self) -> None:
        end = ""
        for _ in range(ATTEMPTS):
            self._program = self._attempt()
            self._program.start()
            if self._answers():
                return
            end = self._program.last_lines()
            self._program.stop()
        raise CannotStart(f"{self.name} does not start; the end of {self._log}:\n{end}")

    def _sole_use(self) -> IO[str]:
        lock = (self._home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            lock.close()
            raise CannotStart(f"another process uses the {self.name} in {self._home}") from fault
        return lock
