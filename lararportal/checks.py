"""Checks: what must hold of the rows, asked of the rows and never of a counter; every room offers its own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

HEADING = "--: "


@dataclass(frozen=True)
class When:
    """The moment that is asked about, and the one before which everything must have come to rest.

    What was set in motion between the two may be half done: a freed seat is given away a moment later, and an offer
    lapses at the next tick.
    """

    now: datetime
    settled: datetime


@dataclass(frozen=True)
class Finding:
    """Something that does not hold, with the numbers and words that its sentence is made of."""

    check: str
    facts: Mapping[str, Any]


Look = Callable[[Session, When], Iterable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Check:
    """One thing that must hold. `look` returns the facts of every case in which it does not."""

    name: str
    look: Look
    parts: Callable[[Session], Sequence[Look]] | None = None
    """What takes long is looked at part by part, so that it can be told how far it has come."""

    def findings(self, db: Session, when: When) -> Iterator[Finding]:
        """Every case in which it does not hold."""
        for facts in self.look(db, when):
            yield Finding(self.name, facts)

    def steps(self, db: Session) -> list["Check"]:
        """The check in as many steps as it takes."""
        return [self] if self.parts is None else [Check(self.name, part) for part in self.parts(db)]


def in_sql(path: Path) -> tuple[Check, ...]:
    """The checks of a file: what stands before the first heading stands before each of the statements too.

    A heading is the name of a check. Its statement selects a row for every case in which the check does not hold, and
    the columns are the facts; it may ask for `:now` and `:settled`.
    """
    return checks_in(path.read_text("utf-8"))


def checks_in(written: str) -> tuple[Check, ...]:
    """As `in_sql`, of a text."""
    common, *parts = written.split(HEADING)
    headed = (part.partition("\n") for part in parts)
    return tuple(Check(name.strip(), _asking(common + statement)) for name, _, statement in headed)


def _asking(statement: str) -> Look:
    asked, named = text(statement), [name for name in ("now", "settled") if f":{name}" in statement]

    def look(db: Session, when: When) -> Iterator[Mapping[str, Any]]:
        for row in db.execute(asked, {name: getattr(when, name) for name in named}).mappings():
            yield dict(row)

    return look
