"""The seals of the journal, done again: what was sealed still says the same, and nobody can change it unseen."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lararportal.checks import Check, Look, When, in_sql
from lararportal.journal import Entry
from lararportal.seals import BEGINNING, Seal, hashed, lines

STEP = 500
"""So many seals are held at once."""
ROWS = 2_000
"""So many entries are."""
OF_HEAD = "journal_head_gone"
"""What is found when a hash that was kept elsewhere is in the chain no more."""


def _parts(db: Session) -> Sequence[Look]:
    """The chain in pieces, by the numbers of seals: each from the one after, up to."""
    counted = select(Seal.number, func.row_number().over(order_by=Seal.number).label("place")).subquery()
    ends = db.scalars(select(counted.c.number).where(counted.c.place % STEP == 0).order_by(counted.c.number)).all()
    return [partial(_of_part, after=after, upto=upto) for after, upto in pairwise([None, *ends, None])]


def _look(db: Session, when: When) -> Iterator[Mapping[str, Any]]:
    for part in _parts(db):
        yield from part(db, when)


def _of_part(db: Session, _when: When, *, after: int | None, upto: int | None) -> Iterator[Mapping[str, Any]]:
    """Each seal that is not what its entries, its own words and the seal before make it."""
    asked, before = select(Seal).order_by(Seal.number), None
    if after is not None:
        asked, before = asked.where(Seal.number > after), db.get_one(Seal, after)
    found = db.scalars(asked if upto is None else asked.where(Seal.number <= upto)).all()
    if not found:
        return
    asked_rows = lines().where(Entry.id <= max(each.upto for each in found))
    if before is not None:
        asked_rows = asked_rows.where(Entry.id > before.upto)
    with closing(db.execute(asked_rows, execution_options={"yield_per": ROWS})) as rows:
        following = next(rows, None)
        for seal in found:
            written: list[str] = []
            while following is not None and following[0] <= seal.upto:
                written.append(following[1])
                following = next(rows, None)
            if not _holds(seal, before, written):
                yield {"seal": seal.number, "at": seal.sealed_at, "says": seal.entries, "has": len(written)}
            before = seal


def _holds(seal: Seal, before: Seal | None, written: Sequence[str]) -> bool:
    previous, number = (before.hash, before.number) if before is not None else (BEGINNING, 0)
    is_complete = seal.number == number + 1 and seal.entries == len(written)
    return is_complete and hashed(previous, written, seal) == seal.hash


def head(kept: str) -> Check:
    """Whether a seal with that hash is there still."""

    def look(db: Session, _when: When) -> Iterator[Mapping[str, Any]]:
        if db.scalar(select(Seal.number).where(Seal.hash == kept)) is None:
            yield {"hash": kept}

    return Check(OF_HEAD, look)


CHECKS = (Check("journal_not_as_sealed", _look, _parts), *in_sql(Path(__file__).with_suffix(".sql")))
