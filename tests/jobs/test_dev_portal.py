"""`lararportal dev` as a developer uses it: start, stop, kill, start again; and the parts alone."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result
from portals import KEYS

from lararportal import clock
from lararportal.cli import main
from lararportal.config import Settings
from lararportal.dev.program import begun, free_port
from lararportal.dev.shelter import discard

ROOT = Path(__file__).parent.parent.parent
READY_WITHIN = 90
DEVELOPMENT = {"LARARPORTAL_ENV": "development"}


@dataclass
class Developer:
    """Somebody at a terminal, with a data folder and a port."""

    data: Path
    port: int = field(default_factory=free_port)
    portals: list[subprocess.Popen[str]] = field(default_factory=list)

    def runs(self, *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "lararportal.cli", "dev", f"--port={self.port}", f"--data={self.data}"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LARARPORTAL_")}
        portal = subprocess.Popen(
            [*command, "--demo=none", *options],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.portals.append(portal)
        return portal

    def waits(self, portal: subprocess.Popen[str]) -> None:
        """Until the portal itself answers, not the waiting room, and has ticked: a tick ends late."""
        end = time.monotonic() + READY_WITHIN
        while self.status("/readyz") != 200:
            if portal.poll() is not None:
                raise AssertionError(portal.communicate())
            assert time.monotonic() < end, "the portal does not come up"
            time.sleep(0.1)

    def status(self, path: str) -> int:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=READY_WITHIN).status_code
        except requests.ConnectionError:
            return 0

    @property
    def settings(self) -> Path:
        return self.data / "env"

    def commands(self, *commands: str) -> list[str]:
        """What these say, one after the other, in a shell that has read the settings of the running portal."""
        words = f"set -a; . {self.settings}; " + " && ".join(f"lararportal {command}" for command in commands)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-c", words], check=False, cwd=ROOT, env={"PATH": path}, capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    def processes(self, portal: subprocess.Popen[str]) -> list[int]:
        return descendants(portal.pid)


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [process for child in map(int, children) for process in (child, *descendants(child))]


def end_of(processes: list[int], seconds: float = 20) -> list[int]:
    """Those that still run after a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(begun(pid) is not None for pid in processes):
        time.sleep(0.05)
    return [pid for pid in processes if begun(pid) is not None]


@pytest.fixture
def developer(tmp_path: Path) -> Iterator[Developer]:
    developer = Developer(tmp_path / "data")
    yield developer
    for portal in developer.portals:
        portal.kill()
        portal.communicate()
    discard(developer.data / "postgres")


def test_a_killed_portal_leaves_nothing_that_blocks_the_next_which_stops_every_program_when_asked_to(
    developer: Developer,
) -> None:
    killed = developer.runs()
    developer.waits(killed)
    processes = developer.processes(killed)
    killed.kill()
    portal = developer.runs()
    assert end_of(processes) == []
    developer.waits(portal)
    assert not set(processes) & set(developer.processes(portal))

    assert developer.status("/dev/letters") == 200
    assert stat.S_IMODE(developer.settings.stat().st_mode) == 0o600
    told = developer.commands(
        "role grant anna.st@example.org leader --yes",
        "role list",
        "courses import lararportal/demo/catalogue.csv",
    )
    assert "olle.samordnare@example.org" in " ".join(line for line in told if "coordinator" in line)
    assert (told[0], told[-3:]) == ("Anna Stenberg is leader now.", ["created: 43", "changed: 0", "unchanged: 0"])
    processes = developer.processes(portal)
    assert len(processes) > 10
    portal.send_signal(signal.SIGINT)
    said, complaints = portal.communicate(timeout=READY_WITHIN)
    assert (portal.returncode, complaints) == (0, "")
    assert "sign in as" in said
    assert str(developer.settings) in said
    assert not developer.settings.exists()
    assert end_of(processes) == []
    assert developer.status("/healthz") == 0


def test_a_taken_port_is_said_before_anything_is_made(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, ["dev", f"--port={port}", f"--data={data}"])
    said = f"Error: port {port} is taken by another program: stop that one, or choose another port"
    assert (done.exit_code, done.stderr.startswith(said)) == (1, True)
    assert not (data / "postgres").exists()


def test_nothing_is_made_or_started_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner(env={"LARARPORTAL_ENV": "production"}).invoke(main, ["dev", "--data=data"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: this is for development only, and LARARPORTAL_ENV says production\n"
    assert list(tmp_path.iterdir()) == []


def test_health_is_answered_while_the_servers_start(developer: Developer) -> None:
    portal = developer.runs()
    while (status := developer.status("/healthz")) == 0:
        assert portal.poll() is None
    assert status == 200
    assert developer.status("/kurser") == 503
    portal.terminate()
    assert portal.wait(READY_WITHIN) == 0


@pytest.fixture
def command(settings: Settings, fresh_database_url: str) -> Callable[..., Result]:
    """The command line with whole settings and a database of its own."""
    provider = '{"name": "p", "title": "P", "issuer": "http://127.0.0.1:1", "client_id": "c", "client_secret": "s"}'
    environment = {
        "DATABASE_URL": fresh_database_url,
        "REDIS_URL": settings.redis_url,
        "LARARPORTAL_SECRET_KEY": settings.secret_key,
        **KEYS,
        "LARARPORTAL_BASE_URL": "https://portal.test",
        "LARARPORTAL_SMTP_URL": settings.smtp_url,
        "LARARPORTAL_MAIL_FROM": settings.mail_from,
        "LARARPORTAL_PROVIDERS": f"[{provider}]",
    }
    return lambda *words, **overrides: CliRunner(env={**environment, **overrides}).invoke(main, words)


def test_faulty_settings_are_named_without_a_traceback(command: Callable[..., Result]) -> None:
    done = command("tick", LARARPORTAL_SECRET_KEY="short", LARARPORTAL_COLOUR="blue")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "The settings are not right:\nLARARPORTAL_COLOUR is not a setting\n"
        "LARARPORTAL_SECRET_KEY: is shorter than 32 characters\n"
    )


def test_the_schema_is_checked_taken_back_and_brought_up(command: Callable[..., Result]) -> None:
    assert command("db", "check").stdout.splitlines()[-1] == "The schema is what the models say."
    assert command("db", "downgrade", "base").stdout == "The schema is at base.\n"
    behind = command("db", "check")
    assert (behind.exit_code, behind.stderr) == (1, "Error: Target database is not up to date.\n")
    assert command("db", "upgrade").stdout == "The schema is at head.\n"
    assert command("db", "check").exit_code == 0


def test_a_revision_that_does_not_exist_is_refused_in_one_sentence(command: Callable[..., Result]) -> None:
    done = command("db", "upgrade", "9999")
    assert (done.exit_code, done.stderr) == (1, "Error: Can't locate revision identified by '9999'\n")


def test_a_tick_tells_what_it_did(command: Callable[..., Result]) -> None:
    later = ("tick", "--now", (clock.now() + timedelta(days=99)).isoformat())
    refused = command(*later)
    assert (refused.exit_code, "for a demonstration" in refused.stderr) == (2, True)
    done = command(*later, **DEVELOPMENT)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "letters tried: 0" in done.stdout


def test_no_tick_gives_seats_in_what_is_over(command: Callable[..., Result]) -> None:
    done = command("tick", "--now", "2020-03-01T08:00", **DEVELOPMENT)
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == (
        "Error: Invalid value for --now: 2020-03-01T08:00 has been: a tick looks ahead, and never back"
    )


def test_a_tick_at_a_given_moment_is_one_tick(command: Callable[..., Result]) -> None:
    assert command("tick", "--now", "2027-03-01T08:00", "--every", "60").exit_code == 2
    assert command("tick", "--now", "tomorrow", **DEVELOPMENT).exit_code == 2
