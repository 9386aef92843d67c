"""The parts of one host, begun by one process that has loaded everything: what they only read lies in memory once.

It opens no connection that outlives the parting, and does nothing itself but look after them.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn

import structlog

from lararportal.leash import end_with

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds between the end of a part and its next beginning; twice as many each time that it has ended soon again."""

LONGEST = 60.0
"""The longest pause, in seconds; what has lived for so long had begun well."""

SIGNS = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT})


@dataclass
class Part:
    """What it is called, and what it does until SIGTERM tells it to stop."""

    name: str
    work: Callable[[], object]
    process: int = field(default=0, init=False)
    """0 while it rests."""
    begun: float = field(default=0.0, init=False)
    pause: float = field(default=0.0, init=False)
    rests_until: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Runs it as a process of its own, which is told to stop when this one is killed."""
        parent = os.getpid()
        self.begun = time.monotonic()
        self.process = os.fork()
        if not self.process:
            self._live(parent)

    def rest(self, *, now: float) -> None:
        """It has ended, and begins again after a pause. `now` is by the clock that only goes forward."""
        lived = now - self.begun
        self.pause = PAUSE if lived > LONGEST else min(max(PAUSE, 2 * self.pause), LONGEST)
        self.process, self.rests_until = 0, now + self.pause

    def _live(self, parent: int) -> NoReturn:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNS)
        end_with(parent, signal.SIGTERM)
        self.work()
        sys.exit()


def keep_running(parts: Sequence[Part]) -> None:
    """Runs the parts until SIGTERM or SIGINT, and then until each has finished what it has in hand.

    One that ends before that is begun again, whatever ended it; the others do not notice. One that ends again and
    again is begun ever more seldom.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNS)
    for each in parts:
        each.start()
    while _heard(parts) in {None, signal.SIGCHLD}:
        now = time.monotonic()
        for process, status in _ended():
            for each in parts:
                if each.process == process:
                    each.rest(now=now)
                    log.error("a part has ended and begins again", part=each.name, code=status, after=each.pause)
        for each in _resting(parts):
            if each.rests_until <= now:
                each.start()
    running = [each.process for each in parts if each.process]
    for process in running:
        os.kill(process, signal.SIGTERM)
    for process in running:
        os.waitpid(process, 0)


def _resting(parts: Sequence[Part]) -> list[Part]:
    return [each for each in parts if not each.process]


def _heard(parts: Sequence[Part]) -> int | None:
    """The next sign; None if a part has rested before one comes."""
    resting = _resting(parts)
    if not resting:
        return signal.sigwait(SIGNS)
    rest = min(each.rests_until for each in resting) - time.monotonic()
    told = signal.sigtimedwait(SIGNS, max(0.0, rest))
    return told.si_signo if told is not None else None


def _ended() -> Iterator[tuple[int, int]]:
    """Processes that have ended, and how: those of parts, and in a container whatever they have left."""
    with suppress(ChildProcessError):  # None is left while all of them rest.
        while True:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                return
            yield process, os.waitstatus_to_exitcode(status)
