"""The parts of one host, begun by one process that has loaded everything: what they only read lies in memory once.

It opens no connection that outlives the parting, and does nothing itself but look after them.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import structlog

from lararportal.leash import end_with

log = structlog.get_logger()

PAUSE = 1.0
"""Seconds between the end of a part and its next beginning."""

SIGNS = frozenset({signal.SIGCHLD, signal.SIGTERM, signal.SIGINT})


@dataclass
class Part:
    """What it is called, and what it does until SIGTERM tells it to stop."""

    name: str
    work: Callable[[], object]
    process: int = field(default=0, init=False)

    def start(self) -> None:
        """Runs it as a process of its own, which is told to stop when this one is killed."""
        parent = os.getpid()
        self.process = os.fork()
        if not self.process:
            self._live(parent)

    def _live(self, parent: int) -> NoReturn:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNS)
        end_with(parent, signal.SIGTERM)
        self.work()
        sys.exit()


def keep_running(parts: Sequence[Part]) -> None:
    """Runs the parts until SIGTERM or SIGINT, and then until each has finished what it has in hand.

    One that ends before that is begun again, whatever ended it; the others do not notice.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNS)
    for each in parts:
        each.start()
    while signal.sigwait(SIGNS) == signal.SIGCHLD:
        for process, status in _ended():
            for each in parts:
                if each.process == process:
                    log.error("a part has ended and begins again", part=each.name, code=status)
                    time.sleep(PAUSE)
                    each.start()
    for each in parts:
        os.kill(each.process, signal.SIGTERM)
    for each in parts:
        os.waitpid(each.process, 0)


def _ended() -> Iterator[tuple[int, int]]:
    """Processes that have ended, and how: those of parts, and in a container whatever they have left."""
    while True:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        yield process, os.waitstatus_to_exitcode(status)
