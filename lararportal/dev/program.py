"""A program that runs beside us: started on the leash, logged to a file, stopped in good order."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lararportal import leash

LEASH = Path(leash.__file__)
PATIENCE = 8.0
"""Seconds between the polite signal and the end of patience."""
LAST_LINES = 15


class CannotStart(Exception):  # noqa: N818 - what is said to the developer, not an accident
    """Something that a developer must know and can change; the message says what."""


@dataclass(frozen=True)
class Account:
    """The account a program runs under; without numbers it is our own."""

    uid: int | None = None
    gid: int | None = None

    def __str__(self) -> str:
        return "-" if self.uid is None else f"{self.uid}:{self.gid}"


OWN_ACCOUNT = Account()


def leashed(command: Sequence[str], *, death: int = signal.SIGTERM, account: Account = OWN_ACCOUNT) -> list[str]:
    """The command line that runs `command` on a leash held by this process.

    Its first word must be a path. The leash is held by the calling thread: start programs from one that lasts.
    """
    return [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(death)), str(account), *command]


def free_port() -> int:
    """A TCP port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def begun(pid: int) -> str | None:
    """When the process was started, in ticks since the machine was; None when it has ended."""
    state, fields = _state(pid)
    return None if state in ("", "Z") else fields[18]


def session_members(leader: int) -> list[int]:
    """The processes of the session that `leader` has begun; it may be gone itself.

    While one of them lives, the system gives the leader's pid to nobody else.
    """
    everybody = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
    states = ((pid, *_state(pid)) for pid in everybody)
    return [pid for pid, state, fields in states if state not in ("", "Z") and int(fields[2]) == leader]


def end_session(leader: int, sign: int) -> None:
    """Sends a signal to every process of the session."""
    for pid in session_members(leader):
        with suppress(ProcessLookupError):
            os.kill(pid, sign)


def _state(pid: int) -> tuple[str, list[str]]:
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", []
    return state, fields


@dataclass(kw_only=True, eq=False)
class Program:
    """One program: what it is called, how it runs and how it is stopped."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    directory: Path = Path("/")
    account: Account = OWN_ACCOUNT
    stop_signal: int = signal.SIGTERM
    descriptors: Sequence[int] = ()
    stdin: bytes = b""
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Starts it; the log goes on where it was."""
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the commands are our own
                leashed(self.command, death=self.stop_signal, account=self.account),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.directory,
                # Away from the terminal: Ctrl-C reaches us alone, and we stop the programs in order.
                start_new_session=True,
                pass_fds=tuple(self.descriptors),
            )
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(self.stdin)
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # It is dead already, which is noticed where programs are watched.

    @property
    def is_running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended, in the manner of `subprocess`; None while it runs."""
        return self.process.poll() if self.process is not None else None

    def ask_to_stop(self) -> None:
        """Sends the polite signal."""
        if self.process is not None and self.is_running:
            self.process.send_signal(self.stop_signal)

    def stop(self, patience: float = PATIENCE) -> None:
        """Stops it and what it has started, politely first; nothing of it runs afterwards."""
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        end = time.monotonic() + PATIENCE
        while session_members(self.process.pid) and time.monotonic() < end:
            end_session(self.process.pid, signal.SIGKILL)
            time.sleep(0.01)

    def last_lines(self) -> str:
        """The end of its log, for the message that it does not run."""
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:])
