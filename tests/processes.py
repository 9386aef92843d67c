"""What the tests of many at once share: threads that start together, parts of the portal as programs, waiting."""

import os
import resource
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from functools import partial
from pathlib import Path
from random import Random
from threading import Barrier

from portals import KEYS
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import make
from bookings import left_over_seats
from lararportal import clock
from lararportal.audit import invariants
from lararportal.cli.serving import one_tick
from lararportal.config import Settings
from lararportal.db import Database
from lararportal.dev.program import Program, end_session, free_port
from lararportal.edge import install
from lararportal.errors import Refused
from lararportal.outbox import Letter, LetterState

ROOT = Path(__file__).parents[1]
WITHIN = 90.0
"""Seconds until something that must come about is given up: far more than it takes, for a machine under load."""


def all_at_once(deeds: Sequence[Callable[[], object]]) -> list:
    """What each of these answers, all begun at the same moment by a thread of its own."""
    start = Barrier(len(deeds))

    def one(deed: Callable[[], object]) -> object:
        start.wait(WITHIN)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


Act = Callable[[Session, Random, datetime], object]


@dataclass(kw_only=True)
class Storm:
    """Threads that do one act after the other, drawn from a seed, each in a transaction of its own."""

    database: Database
    acts: Sequence[Act]
    begins: datetime
    threads: int
    seconds: float
    """How long they go on at least."""
    until: Callable[[], bool] = lambda: True
    """What must have come about before they end, once each act has been done often enough."""
    often: int = 5
    """How often each act is done at least."""
    beside: Callable[[datetime], object] = lambda _: time.sleep(0.1)
    """What goes on beside them again and again, in transactions of its own."""
    counted: Counter = field(default_factory=Counter)
    """How often each act was done, and each refusal given."""
    broken: list[BaseException] = field(default_factory=list)
    """What ended the storm for all of them."""

    def rage(self) -> None:
        """Anything but a refusal that is raised reaches the caller, and so does it that the end did not come."""
        begun = time.monotonic()

        def one(number: int) -> None:
            chance = Random(number)
            while self._goes_on(spent := time.monotonic() - begun):
                act = self._next(chance, spent)
                self.counted[self._outcome(act, chance, self.begins + timedelta(seconds=spent))] += 1

        def again_and_again() -> None:
            while self._goes_on(spent := time.monotonic() - begun):
                self.beside(self.begins + timedelta(seconds=spent))

        deeds = [*(partial(one, number) for number in range(self.threads)), again_and_again]
        all_at_once([partial(self._or_break, deed) for deed in deeds])
        if self.broken:
            raise self.broken[0]

    def _or_break(self, deed: Callable[[], object]) -> None:
        """What goes wrong first is what is told; the others stop."""
        try:
            deed()
        except BaseException as fault:  # noqa: BLE001 - raised by `rage`, once all have stopped
            self.broken.append(fault)

    def _goes_on(self, spent: float) -> bool:
        """Until there has been time for everything, and the end that is waited for has come."""
        if self.broken:
            return False
        rare = sorted({act.__name__ for act in self._rare()})
        is_over = spent >= self.seconds and not rare and self.until()
        missing = f"too seldom done: {rare}" if rare else "what must come about did not"
        assert is_over or spent < self.seconds + WITHIN, f"in vain: {missing}; {self.counted}"
        return not is_over

    def _rare(self) -> list[Act]:
        return [act for act in self.acts if self.counted[act.__name__] < self.often]

    def _next(self, chance: Random, spent: float) -> Act:
        """Any of them; once there has been time for all, every second one is of those that came too seldom."""
        rare = self._rare() if spent >= self.seconds and chance.random() < 0.5 else []
        return chance.choice(rare or self.acts)

    def _outcome(self, act: Act, chance: Random, now: datetime) -> str:
        try:
            with self.database.transaction() as db:
                act(db, chance, now)
        except Refused as refusal:
            reason, violation = refusal.reason, refusal.__cause__
        else:
            return act.__name__
        # Under the locks the rules know everything: the constraints behind them have nothing to add.
        assert violation is None, f"{act.__name__} was stopped by a constraint: {violation}"
        return reason


def kill(program: Program) -> None:
    """Ends a program and what it has started in the middle of whatever they do."""
    assert program.process is not None
    end_session(program.process.pid, signal.SIGKILL)
    program.stop()


def waits_for_a_lock(database: Database) -> bool:
    """Whether some transaction of this database waits for another."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.transaction() as db:
        return bool(db.scalar(text(waiting)))


def wait_until(found: Callable[[], bool], *, what: str) -> None:
    """Waits for something that others bring about."""
    end = time.monotonic() + WITHIN
    while not found():
        assert time.monotonic() < end, f"in vain: {what}"
        time.sleep(0.02)


def queue_letters(database: Database, number: int) -> None:
    """So many letters that are due, `<0@test>` and so on: each to a doctor who has just booked a seat."""
    now = clock.now()
    first = clock.day_of(now) + timedelta(days=90)
    with database.transaction() as db:
        session_id = make.session(db, days=[first], seats=max(number, 1)).id
        for _ in range(number):
            left_over_seats.book(db, session_id=session_id, person_id=make.person(db).id, now=now, by=None)
        db.flush()
        for each, letter in enumerate(db.scalars(select(Letter).order_by(Letter.id))):
            letter.message_id = f"<{each}@test>"


def insist_on_clean_audit(database: Database) -> None:
    """Nothing is over-booked, stuck, half done or unsent."""
    with database.transaction() as db:
        assert invariants(db, now=clock.now()) == []
        assert db.scalars(select(Letter.id).where(Letter.state != LetterState.SENT)).all() == []


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file can grow beyond it, as if the disk were full then."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@dataclass(frozen=True)
class Sink:
    """A mail server that takes everything, and where it lays the letters."""

    port: int
    folder: Path

    @property
    def count(self) -> int:
        """How many letters have come."""
        return sum(1 for _ in self.folder.glob("*.eml"))

    def received(self) -> Counter:
        """How often each letter has come, by Message-ID."""
        return Counter(message_from_bytes(path.read_bytes())["Message-ID"] for path in self.folder.glob("*.eml"))


@dataclass
class Parts:
    """The parts of one portal as the programs they are; all of them end with the test."""

    settings: Settings
    logs: Path
    smtp_port: int = field(default_factory=free_port)
    programs: list[Program] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The settings as a process reads them."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        provider = (
            '[{"name": "p", "title": "P", "issuer": "http://127.0.0.1:1", "client_id": "c", "client_secret": "s"}]'
        )
        return {
            **inherited,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            # Cookies without https.
            "LARARPORTAL_ENV": "development",
            "LARARPORTAL_SECRET_KEY": self.settings.secret_key,
            **KEYS,
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "LARARPORTAL_BASE_URL": self.settings.base_url,
            "LARARPORTAL_PROVIDERS": provider,
            "LARARPORTAL_SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "LARARPORTAL_MAIL_FROM": self.settings.mail_from,
            "LARARPORTAL_PACE_PAGES": self.settings.pace_pages,
            "LARARPORTAL_PACE_FORMS": self.settings.pace_forms,
            **({"PROMETHEUS_MULTIPROC_DIR": counters} if (counters := self.settings.counters_dir) else {}),
        }

    def start(self, *words: str, descriptors: Sequence[int] = ()) -> Program:
        """Starts `python` with these words beside the test."""
        name = f"{len(self.programs)}-{words[-1].strip('-')}"
        program = Program(
            name=name,
            command=[sys.executable, *words],
            log=self.logs / f"{name.replace('/', '_')[:40]}.log",
            environment=self.environment,
            directory=ROOT,
            descriptors=descriptors,
        )
        program.start()
        self.programs.append(program)
        return program

    def run(self, *words: str) -> str:
        """Runs `python` with these words to its end, which must be a good one; what it wrote."""
        program = self.start(*words)
        assert program.process is not None
        assert program.process.wait(WITHIN) == 0, program.last_lines()
        return program.log.read_text("utf-8")

    def tick(self) -> None:
        """One tick, by us: a program takes a second to start, and that it ticks is shown where it matters."""
        place = install(replace(self.settings, smtp_url=f"smtp://127.0.0.1:{self.smtp_port}"))
        try:
            one_tick(place, now=clock.now(), told=lambda: False)
        finally:
            place.database.dispose()
            place.redis.close()

    def worker(self) -> Program:
        """A worker; it takes what stands in the queue and what comes."""
        return self.start("-m", "lararportal.cli", "worker")

    def web(self, *, processes: int) -> str:
        """Web processes that can be asked at once, since the socket listens before they do; their address."""
        with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
            port = listening.getsockname()[1]
            self.start(
                "-m", "lararportal.cli", "web", "--workers", str(processes), "--fd", str(listening.fileno()),
                descriptors=[listening.fileno()],
            )  # fmt: skip
        return f"http://127.0.0.1:{port}"

    def sink(self) -> Sink:
        """A real mail server on the port that the portal knows."""
        folder = self.logs / "letters"
        program = self.start("-m", "lararportal.dev.sink", f"--port={self.smtp_port}", f"--folder={folder}")

        def answers() -> bool:
            assert program.is_running, program.last_lines()
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.smtp_port)) == 0

        wait_until(answers, what="the mail server answers")
        return Sink(self.smtp_port, folder)

    def stop(self) -> None:
        """Ends them all by force: how they end politely is shown elsewhere, and takes longer."""
        for program in reversed(self.programs):
            kill(program)


@contextmanager
def parts_of(settings: Settings, logs: Path) -> Iterator[Parts]:
    """A portal that is taken apart at the end."""
    parts = Parts(settings, logs)
    try:
        yield parts
    finally:
        parts.stop()
