"""The data folder of a developer: what stays between two starts, and the list of what runs.

Only a folder that is new, empty or ours is used, so that `--reset` can never remove anything else.
"""

import base64
import fcntl
import json
import os
import random
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from lararportal.dev.program import CannotStart, begun, end_session, session_members
from lararportal.dev.shelter import discard

MARK = ".lararportal-dev"
PROVIDER_PORTS = range(20_000, 30_000)
"""Below the ports that the system hands out by itself, so that the provider finds its own free again."""
PATIENCE = 10.0
MOMENT = 0.5
"""Seconds until a process whose parent was killed has had time to say that it is ending."""
ENDING = " (ending)"
Running = tuple[int, str]
"""A process that leads a session: its pid, and when it was started, because pids are used again."""


class Data:
    """The folder, held by this process alone until it ends.

    Raises:
        CannotStart: it is somebody else's, in use, or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        try:
            _claim(self.folder)
            self._lock = _lock(self.folder)
            self.logs.mkdir(exist_ok=True)
            self.letters.mkdir(exist_ok=True)
        except PermissionError as fault:
            raise CannotStart(
                f"{fault.filename or folder} belongs to another account: choose another --data"
            ) from fault
        except OSError as fault:
            raise CannotStart(f"{folder} cannot be used: {fault.strerror}; choose another --data") from fault

    def keep_to_itself(self, name: str, text: str) -> Path:
        """The file of that name, which no other account can read, holds the text; where it is."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(text, "utf-8")
        return path

    @property
    def logs(self) -> Path:
        """Where each program writes its log."""
        return self.folder / "logs"

    @property
    def letters(self) -> Path:
        """Where the mail sink lays the letters."""
        return self.folder / "letters"

    @property
    def environment(self) -> Path:
        """Where the settings of the running portal lie, for a shell."""
        return self.folder / "env"

    def forget_environment(self) -> None:
        """Removes them: whoever reads them now would look for servers that have stopped."""
        self.environment.unlink(missing_ok=True)

    @property
    def postgres(self) -> Path:
        """Where PostgreSQL keeps its data."""
        return self.folder / "postgres"

    @property
    def redis(self) -> Path:
        """Where Redis runs."""
        return self.folder / "redis"

    def log(self, name: str) -> Path:
        """The log of a program, new for this start; that of the start before is kept beside it."""
        log = self.logs / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".log.old"))
        return log

    def say_ending(self) -> None:
        """Tells who comes next that it is worth while to wait."""
        self._lock.write(ENDING)
        self._lock.flush()

    def close(self) -> None:
        """Leaves the folder to the next."""
        self._lock.close()

    def secret_key(self) -> str:
        """The key that signs cookies, made once."""
        return self._made_once("secret-key", lambda: secrets.token_urlsafe(48))

    def data_keys(self) -> str:
        """The ring that personal numbers are encrypted with, of one key, made once."""
        return self._made_once("data-keys", lambda: f"1:{_random_key()}")

    def index_key(self) -> str:
        """The key that they are found by, made once."""
        return self._made_once("index-key", _random_key)

    def _made_once(self, name: str, make: Callable[[], str]) -> str:
        kept = self.folder / name
        if not kept.exists():
            fresh = self.folder / f"{name}.new"
            fresh.touch(mode=0o600)
            fresh.write_text(make())
            fresh.rename(kept)
        return kept.read_text()

    def provider_port(self) -> int:
        """The port of the sign-in provider: the same at every start, because identities belong to its address.

        Raises:
            CannotStart: another program has taken it.
        """
        kept = self.folder / "provider-port"
        if kept.exists():
            port = int(kept.read_text())
            if not _is_free(port):
                raise CannotStart(
                    f"port {port}, where the sign-in provider of {self.folder} lives, is taken by another program: "
                    "stop that one, or begin anew with --reset"
                )
            return port
        port = next(port for port in random.sample(PROVIDER_PORTS, len(PROVIDER_PORTS)) if _is_free(port))
        kept.write_text(str(port))
        return port

    def forget(self) -> None:
        """Removes what earlier starts have left; the folder stays ours."""
        for entry in self.folder.iterdir():
            if entry.name in (MARK, "lock"):
                continue
            if entry.is_dir() or entry.is_symlink():
                discard(entry)
            else:
                entry.unlink()
        self.logs.mkdir()
        self.letters.mkdir()

    @property
    def is_half_built(self) -> bool:
        """Whether an earlier start was interrupted while it built the demonstration term."""
        return self._building.exists()

    def begin_building(self) -> None:
        """Remembers that the term is not whole."""
        self._building.touch()

    def end_building(self) -> None:
        """Remembers that the term is whole."""
        self._building.unlink(missing_ok=True)

    @property
    def _building(self) -> Path:
        return self.folder / "term-is-being-built"

    def remember(self, pids: Iterable[int]) -> None:
        """Writes down what runs, for a next start that has to do without us."""
        running = [(pid, when) for pid in pids if (when := begun(pid)) is not None]
        fresh = self.folder / "running.new"
        fresh.write_text(json.dumps(running))
        fresh.rename(self.folder / "running.json")

    def end_survivors(self) -> int:
        """Ends what an earlier start has left running, and says how many programs those were.

        The leash has told them already that their parent is gone; some take a moment to believe it.
        """
        kept = self.folder / "running.json"
        survivors = [
            leader for leader, when in _read(kept) if begun(leader) in (when, None) and session_members(leader)
        ]
        for step in (signal.SIGTERM, signal.SIGKILL):
            end = time.monotonic() + PATIENCE
            for leader in survivors:
                end_session(leader, step)
            while any(map(session_members, survivors)) and time.monotonic() < end:
                time.sleep(0.05)
        kept.unlink(missing_ok=True)
        return len(survivors)


def _claim(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / MARK).exists():
        if any(folder.iterdir()):
            raise CannotStart(f"{folder} holds other things: choose a new or empty folder with --data")
        (folder / MARK).write_text("Made by `lararportal dev`, which may remove everything in this folder.\n")


def _lock(folder: Path) -> IO[str]:
    """The folder's lock; one who is about to leave it is waited for."""
    lock = (folder / "lock").open("a+")
    begun = time.monotonic()
    while not _locked(lock):
        lock.seek(0)
        holder = lock.read()
        if time.monotonic() - begun > (PATIENCE if holder.endswith(ENDING) else MOMENT):
            lock.close()
            raise CannotStart(f"the portal already runs on {folder}, as process {holder}: stop that one first")
        time.sleep(0.05)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _read(kept: Path) -> list[Running]:
    try:
        return [(int(pid), str(when)) for pid, when in json.loads(kept.read_text())]
    except (OSError, ValueError):
        return []
