"""The rehearsal: a term without a browser, on servers of its own, that goes on into the future.

The revealed round is decided, the open one closed and decided, weeks of changes follow, the tick runs, and every
letter is spoken by SMTP to a real server; then the rows are looked at.
"""

import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select

from bookings import allocation
from bookings.models import Round
from bookings.states import RoundState
from lararportal import schema
from lararportal.audit import invariants, telling
from lararportal.clock import at
from lararportal.db import Database, connect
from lararportal.demo import lottery, rounds
from lararportal.demo.aftermath import Aftermath
from lararportal.demo.agenda import Act, Progress, Tick, play
from lararportal.demo.answers import Answers
from lararportal.demo.arrivals import confirmation
from lararportal.demo.cast import EVA, OLLE
from lararportal.demo.dates import Timeline
from lararportal.demo.figures import Report, report
from lararportal.demo.lottery import SEED
from lararportal.demo.term import Term, build_term
from lararportal.dev.only import MODE
from lararportal.dev.portal import ROOT
from lararportal.dev.postgres import FORGETFUL, Postgres
from lararportal.dev.program import CannotStart, Program, free_port
from lararportal.dev.shelter import discard
from lararportal.mail import Mailer
from lararportal.outbox import Letter
from lararportal.sealing import KEY_BYTES, Key, Ring, Safe
from lararportal.tick import deliver_letters

ISSUER = "http://127.0.0.1"
PORTAL = "http://127.0.0.1:8000"
SENDER = "kurser@example.org"
WEEKS_ON = timedelta(weeks=6)
SINK_ANSWERS_WITHIN = 30.0


@dataclass
class Outcome:
    """What a rehearsal showed: the figures at each of its stages, and what did not hold."""

    stages: dict[str, Report] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def table(self) -> list[list[str]]:
        """A row for each figure, with its value at each stage."""
        names = [each.name for each in fields(Report)]
        return [
            [name.replace("_", " "), *(str(getattr(each, name)) for each in self.stages.values())] for name in names
        ]


def rehearse(*, now: datetime, progress: Progress, share: float = 1.0) -> Outcome:
    """Builds a term in a folder that is removed afterwards, lives through it, and says what came of it.

    Raises:
        CannotStart: a server does not come up.
    """
    with _servers(progress) as (database, smtp_url, letters):
        stage = _Rehearsal(database, progress, Random(f"{SEED}:rehearsal"))  # noqa: S311 - the same each time
        term = build_term(database, now=now, issuer=ISSUER, progress=progress, share=share)
        with _Postman(smtp_url, sender=SENDER) as postman:
            stage.look("today", postman, now=now)
            decided = stage.decide(term)
            stage.look("decided", postman, now=decided)
            later = decided + WEEKS_ON
            stage.live_on(term, decided, later, share=share)
            stage.look("six weeks on", postman, now=later)
        stage.count_letters(letters)
        return stage.outcome


class _Postman(Mailer):
    """Speaks to the mail server, and says how far it has come."""

    def __init__(self, url: str, *, sender: str) -> None:
        super().__init__(url, sender=sender)
        self.delivered = 0
        self.tell: Callable[[int], object] = str

    def send(self, letter: Letter) -> str:
        answer = super().send(letter)
        self.delivered += 1
        self.tell(self.delivered)
        return answer


class _Rehearsal:
    """One rehearsal, stage by stage."""

    def __init__(self, database: Database, progress: Progress, rng: Random) -> None:
        self._database, self._progress, self._rng = database, progress, rng
        self.outcome = Outcome()

    def look(self, name: str, postman: _Postman, *, now: datetime) -> None:
        """The letters are delivered, the figures counted, the rows looked at."""
        waiting, before = report(self._database, now=now).letters_queued, postman.delivered
        postman.tell = lambda delivered: self._progress("letters", delivered - before, waiting)
        deliver_letters(self._database, postman, now=now)
        self.outcome.stages[name] = report(self._database, now=now)
        with self._database.transaction() as db:
            self.outcome.violations += [
                f"{name}: {each.check}: {telling.sentence(each)}" for each in invariants(db, now=now)
            ]

    def decide(self, term: Term) -> datetime:
        """The revealed round is drawn up and published on its day; the open one is closed, revealed, and likewise."""
        olle, eva = term.cast.colleague(OLLE).id, term.cast.colleague(EVA)
        with self._database.transaction() as db:
            round_ = db.scalars(select(Round).where(Round.state == RoundState.OPEN)).one()
            revealed = db.scalars(select(Round).where(Round.state == RoundState.REVEALED)).one()
        before, drawn = round_.closes_at - timedelta(hours=3), round_.closes_at + timedelta(days=2)
        decided = at(round_.decision_on, 9)
        first = at(revealed.decision_on, 9)
        newcomers = [each for each in term.cast.pending[1:] if each.area is eva.area]
        confirmed = [Act(before, confirmation(term.cast, each, before)) for each in newcomers]
        agenda: list[Act | Tick] = [
            *_decided(revealed.id, drawn=first - timedelta(hours=1), published=first, by=olle),
            *confirmed,
            Tick(round_.closes_at),
            *lottery.reveal(round_.id, second_party=eva.id, office=olle, closed=round_.closes_at),
            *_decided(round_.id, drawn=drawn, published=decided, by=olle),
        ]
        play(self._database, agenda, label="deciding two rounds", progress=self._progress)
        return decided

    def live_on(self, term: Term, decided: datetime, later: datetime, *, share: float) -> None:
        """Weeks in which seats are given back, changed, booked and waited for."""
        aftermath = Aftermath(self._rng, term.cast, term.offers, spared=(), kept_free={})
        begin = decided + timedelta(hours=49)
        answers = Answers(Random(f"{SEED}:answers"), term.cast, term.offers, spared=())  # noqa: S311 - the same each time
        agenda = [
            *aftermath.acts(Timeline(later), begin=begin, share=share),
            *answers.acts(Timeline(later), begin=begin, share=share),
        ]
        play(self._database, agenda, label="the weeks after it", progress=self._progress)

    def count_letters(self, letters: Path) -> None:
        """Every letter that was sent lies in the sink, once."""
        lying = len(list(letters.glob("*.eml")))
        sent = list(self.outcome.stages.values())[-1].letters_sent
        if lying != sent:
            self.outcome.violations.append(f"{sent} letters were sent, and {lying} have arrived")


def _decided(round_id: int, *, drawn: datetime, published: datetime, by: int) -> Iterator[Act | Tick]:
    yield Act(drawn, lambda db: allocation.draw_up(db, round_id=round_id, now=drawn, by=by))
    yield Act(published, lambda db: rounds.publish(db, round_id, now=published, by=by))
    yield Tick(published)


@contextmanager
def _servers(progress: Progress) -> Iterator[tuple[Database, str, Path]]:
    """An empty database, and a mail server with the folder in which it lays the letters."""
    folder = Path(tempfile.mkdtemp(prefix="lararportal-demo-"))
    # PostgreSQL runs under another account when this is root's.
    folder.chmod(0o755)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        progress("servers", 0, 2)
        stack.callback(discard, folder / "postgres")
        url = stack.enter_context(Postgres(folder / "postgres", configuration=FORGETFUL))
        schema.upgrade(url)
        progress("servers", 1, 2)
        letters = folder / "letters"
        smtp_url = stack.enter_context(_sink(letters, folder / "sink.log"))
        database = Database(connect(url), portal_url=PORTAL, safe=_safe())
        stack.callback(database.dispose)
        progress("servers", 2, 2)
        yield database, smtp_url, letters


def _safe() -> Safe:
    """Keys that nobody keeps: what they seal goes with the database."""
    one, other = (Key("rehearsal", secrets.token_bytes(KEY_BYTES)) for _ in range(2))
    return Safe(Ring((one,)), other)


@contextmanager
def _sink(letters: Path, log: Path) -> Iterator[str]:
    port = free_port()
    sink = Program(
        name="sink",
        command=[sys.executable, "-m", "lararportal.dev.sink", f"--port={port}", f"--folder={letters}"],
        log=log,
        environment={**os.environ, MODE: "development"},
        directory=ROOT,
    )
    sink.start()
    try:
        _wait_for(sink, port)
        yield f"smtp://127.0.0.1:{port}"
    finally:
        sink.stop()


def _wait_for(sink: Program, port: int) -> None:
    end = time.monotonic() + SINK_ANSWERS_WITHIN
    while sink.is_running and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CannotStart(f"the mail sink does not answer:\n{sink.last_lines()}")
