"""The agenda: what is to happen when, played in order, some dozens of deeds to a transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from lararportal.db import Database
from lararportal.tick import run_due

TOGETHER = 50
"""Deeds to a transaction: enough that a commit costs nothing, few enough that progress shows."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


@dataclass(frozen=True)
class Act:
    """Something that somebody does; it has its moment in it, as every deed is told `now`."""

    at: datetime
    do: Callable[[Session], object]


@dataclass(frozen=True)
class Tick:
    """The tick of that moment, in transactions of its own."""

    at: datetime


def play(database: Database, agenda: Iterable[Act | Tick], *, label: str, progress: Progress) -> None:
    """Everything on the agenda has happened, the earliest first."""
    ordered = sorted(agenda, key=lambda each: each.at)
    done, total = 0, len(ordered)
    progress(label, done, total)
    for kind, stretch in groupby(ordered, key=type):
        size = TOGETHER if kind is Act else 1
        entries = list(stretch)
        for begin in range(0, len(entries), size):
            _happen(database, entries[begin : begin + size])
            done += len(entries[begin : begin + size])
            progress(label, done, total)


def _happen(database: Database, entries: list[Act | Tick]) -> None:
    if isinstance(entries[0], Tick):
        run_due(database, now=entries[0].at)
        return
    with database.transaction() as db:
        for act in entries:
            assert isinstance(act, Act)
            act.do(db)
