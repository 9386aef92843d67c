"""A whole portal for the load, as `make run` starts it, on servers and free ports of its own; and what it costs."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path

import psutil
from sqlalchemy import func, select

from lararportal import config, schema
from lararportal.config import Settings
from lararportal.contradictions import PACES
from lararportal.db import Database, connect
from lararportal.dev import portal
from lararportal.dev.data import Data
from lararportal.dev.postgres import DURABLE, Postgres
from lararportal.dev.program import CannotStart, Program, free_port
from lararportal.dev.redis import Redis
from lararportal.dev.shelter import discard
from lararportal.outbox import Letter, LetterState
from lararportal.web import PROCESSES

BACKLOG = 2048
"""As many as gunicorn lets wait on a port of its own."""
READY_WITHIN = 60.0
SAMPLED = 0.05
"""The share of statements that PostgreSQL writes down, for counting."""
STATEMENT = re.compile(r"^(\w+) LOG:  duration: [\d.]+ ms  (?:execute [^:]+|statement): (\w+)", re.MULTILINE)
AROUND = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
"""What begins and ends transactions; the empty statement that asks whether a connection still lives is no word."""
ANSWER = ("all", "web")
UNHINDERED = dict.fromkeys(PACES, "1000000/minute 1000000/minute")
TICK_SECONDS = 60
MB = 1_000_000


@dataclass(frozen=True)
class Cost:
    """What the programs have used at one moment, by their names."""

    at: float
    rss: dict[str, int]
    """Bytes of those processes that live as long as the program."""
    pss: dict[str, int]
    """Bytes of all its processes, what they share counted once; at the beginning and the end only."""
    cpu: dict[str, float]
    """Seconds since it was started, ended children included."""


@dataclass
class Place:
    """The portal while it runs."""

    data: Data
    port: int
    environment: dict[str, str]
    settings: Settings
    database: Database
    servers: list[Program]
    programs: list[Program] = field(default_factory=list)

    @contextmanager
    def hasty(self) -> Iterator[Database]:
        """The same database for somebody who need not wait for the disk."""
        url = f"{self.settings.database_url}?options=-c%20synchronous_commit%3Doff"
        database = Database(connect(url), portal_url=self.settings.base_url, safe=self.settings.safe)
        yield database
        database.dispose()

    @contextmanager
    def beside(self, *programs: Program) -> Iterator[None]:
        """These run, each known to PostgreSQL by its name; ended politely, which ends what they wait for too."""
        for program in programs:
            program.environment = {**self.environment, "PGAPPNAME": program.name}
            program.start()
        self.programs += programs
        try:
            yield
        finally:
            for program in programs:
                program.ask_to_stop()
            for program in programs:
                program.stop()
                self.programs.remove(program)

    @contextmanager
    def unhindered(self) -> Iterator[None]:
        """Whatever begins meanwhile lets everybody ask faster than anybody may, and counts them as everybody is."""
        variables = {each.name: str(each.metadata["variable"]) for each in fields(Settings)}
        before = self.environment
        self.environment = {**before, **{variables[name]: limit for name, limit in UNHINDERED.items()}}
        try:
            yield
        finally:
            self.environment = before

    @property
    def answers(self) -> str:
        """The name of the program that answers."""
        return next(each.name for each in self.programs if each.name in ANSWER)

    def cost(self, *, is_shared_known: bool) -> Cost:
        """What everything uses now; what is shared takes longer to find out."""
        everything = {each.name: psutil.Process(each.process.pid) for each in (*self.programs, *self.servers)}
        found = Cost(time.monotonic(), {}, {}, {})
        for name, process in everything.items():
            family = [process, *process.children(recursive=True)]
            lasting = [process] if name == "worker" else family
            found.rss[name] = sum(_asked(each, lambda each: each.memory_info().rss) for each in lasting)
            if is_shared_known:
                found.pss[name] = sum(_asked(each, lambda each: each.memory_full_info().pss) for each in family)
            found.cpu[name] = sum(_asked(each, seconds_of) for each in family)
        return found

    def ended(self) -> list[str]:
        """Programs that do not run any more."""
        return [f"{each.name} has ended ({each.exit_code})" for each in self.programs if not each.is_running]

    def complaints(self) -> Counter[str]:
        """What the programs have logged as error or warning, in one word each."""
        found: Counter[str] = Counter()
        for program in self.programs:
            for line in program.log.read_text("utf-8", "replace").splitlines():
                said = _read(line)
                if said.get("level") not in ("debug", "info"):
                    path = re.sub(r"\d+", "#", said.get("path", ""))
                    found["\n".join([f"{program.name}: {said.get('event')} {path}", *_where(said)])] += 1
        return found

    def unsent(self) -> int:
        """Letters that the mail server has not taken."""
        with self.database.transaction() as db:
            return db.scalar(select(func.count()).where(Letter.state != LetterState.SENT)) or 0

    def statements(self) -> Counter[str]:
        """About how many statements each program has asked for, without those around transactions."""
        log = (self.data.logs / "postgres.log").read_text("utf-8", "replace")
        names = Counter(name for name, verb in STATEMENT.findall(log) if verb.upper() not in AROUND)
        return Counter({name: round(count / SAMPLED) for name, count in names.items()})

    def audit(self) -> tuple[int, str]:
        """`lararportal audit`, as anybody would run it: how it ended, and what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "lararportal.cli", "audit"],
            env=self.environment,
            cwd=portal.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, (done.stdout + done.stderr).strip()


@contextmanager
def installed() -> Iterator[Place]:
    """Servers, tables, a mail sink, and no portal yet, in a folder that is removed afterwards."""
    for each in fields(Settings):
        # The portal of somebody's shell is not the one to be stormed.
        os.environ.pop(str(each.metadata["variable"]), None)
    folder = Path(tempfile.mkdtemp(prefix="lararportal-load-"))
    # PostgreSQL runs under another account when this is root's.
    folder.chmod(0o755)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        data = Data(folder / "data")
        stack.callback(data.close)
        stack.callback(discard, data.postgres)
        written = {
            "log_min_duration_sample": "0",
            "log_statement_sample_rate": str(SAMPLED),
            "log_line_prefix": "%a ",
        }
        postgres = Postgres(
            data.postgres,
            configuration={**DURABLE, **written, "log_parameter_max_length": "0"},
            log=data.log("postgres"),
        )
        redis = Redis(data.redis, log=data.log("redis"))
        port = free_port()
        addresses = portal.Addresses(f"http://127.0.0.1:{port}", data.provider_port(), free_port())
        environment = portal.environment(data, addresses)
        environment |= {portal.DATABASE: stack.enter_context(postgres), portal.REDIS: stack.enter_context(redis)}
        schema.upgrade(environment[portal.DATABASE])
        servers = [postgres.program, redis.program]
        for program, helper in portal.helpers(data, addresses, environment):
            stack.callback(program.stop)
            program.start()
            _wait_for_port(program, helper)
            servers.append(program)
        settings = config.from_environment(environment)
        database = Database(connect(settings.database_url), portal_url=settings.base_url, safe=settings.safe)
        stack.callback(database.dispose)
        yield Place(data, port, environment, settings, database, servers)


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """A port on which hundreds may wait until somebody takes them."""
    with socket.create_server(("127.0.0.1", port), backlog=BACKLOG) as taken:
        yield taken


@contextmanager
def running(place: Place, *names: str, processes: int = PROCESSES) -> Iterator[None]:
    """Those parts of the portal, each as `lararportal` calls it, until the end; what answers does so on its port."""
    options = {"web": (f"--workers={processes}",), "tick": (f"--every={TICK_SECONDS}",)}
    with listening(place.port) as taken:
        parts = [
            portal.part(
                place.data, name, place.environment, taken if name in ANSWER else None, *options.get(name, ())
            )
            for name in names
        ]
        with place.beside(*parts):
            yield


def wait(found: Callable[[], bool], *, seconds: float) -> bool:
    """Whether it came about in that time."""
    ends = time.monotonic() + seconds
    while not found():
        if time.monotonic() > ends:
            return False
        time.sleep(0.5)
    return True


def spent(costs: Sequence[Cost], name: str) -> float:
    """Seconds of the processor between the first look and the last."""
    return costs[-1].cpu.get(name, 0.0) - costs[0].cpu.get(name, 0.0)


def _wait_for_port(program: Program, port: int) -> None:
    def answers() -> bool:
        with socket.socket() as probe:
            return not program.is_running or probe.connect_ex(("127.0.0.1", port)) == 0

    if not wait(answers, seconds=READY_WITHIN) or not program.is_running:
        raise CannotStart(f"{program.name} does not answer; the end of {program.log}:\n{program.last_lines()}")


def _read(line: str) -> dict[str, str]:
    """A line of a log; what is none in JSON is something that nobody meant to say."""
    try:
        return dict(json.loads(line))
    except ValueError:
        return {"event": line}


def _where(said: dict[str, str]) -> list[str]:
    """The places of ours on the way to a fault, and what it was."""
    lines = (said.get("exception") or "").strip().splitlines()
    ours = [each for each in lines if f'File "{portal.ROOT}' in each and "site-packages" not in each]
    return [*ours[-3:], *lines[-1:]]


def seconds_of(process: psutil.Process) -> float:
    used = process.cpu_times()
    return used.user + used.system + used.children_user + used.children_system


def _asked(process: psutil.Process, question: Callable[[psutil.Process], float]) -> float:
    try:
        return question(process)
    except psutil.NoSuchProcess:
        return 0
