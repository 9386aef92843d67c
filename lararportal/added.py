"""Rows that a deed adds and does not look at again: letters, entries of the journal, days of a seat.

They are written when the unit of work writes, behind all else that it does, each table's as one statement. It would
itself ask for the number of each and keep up with it, and takes three times as long for it.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, cast

from sqlalchemy import Insert, Table, event, insert, inspect
from sqlalchemy.orm import Session, UOWTransaction

from lararportal.db import KNOWN_AS, NUMBER, Base

WAITING = "rows that are only added"
STATE = "_sa_instance_state"
"""Under what name SQLAlchemy keeps up with an object, in the object."""


def add(db: Session, rows: Iterable[Base]) -> None:
    """Stores these with the next flush. The objects hear nothing of it: they have no number afterwards.

    Raises:
        ValueError: one is told what another object is to it: only columns are written, and it would be without that.
    """
    added = list(rows)
    for each in added:
        if not vars(each).keys() <= {*_columns(type(each)), STATE}:
            raise ValueError("only columns of rows that are only added")
    db.add_all(added)
    db.info.setdefault(WAITING, []).extend(added)


@event.listens_for(Session, "before_flush")
def _set_aside(db: Session, flush: UOWTransaction, _objects: object) -> None:
    """What was undone since, to a savepoint, is not in the session any more."""
    rows = [each for each in db.info.pop(WAITING, ()) if each in db]
    for each in rows:
        db.expunge(each)
    if db.new or db.dirty or db.deleted:
        flush.attributes[WAITING] = rows
    else:  # There is nothing else to write, and the flush ends here.
        _write(db, rows)


@event.listens_for(Session, "after_flush")
def _write_what_was_set_aside(db: Session, flush: UOWTransaction) -> None:
    _write(db, flush.attributes.get(WAITING, ()))


def _write(db: Session, rows: Iterable[Base]) -> None:
    tables: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        told = {name: value for name, value in vars(row).items() if name in _columns(type(row))}
        tables[type(row), *told].append(told)
    for (table, *_), told_ in tables.items():
        if len(told_) > 1:
            db.connection().execute(insertion(table), told_)
        else:
            db.info[KNOWN_AS] = db.connection().execute(_insert_one(table), told_).scalar_one()


@cache
def _columns(table: type[Base]) -> frozenset[str]:
    return frozenset(inspect(table).columns.keys())


@cache
def insertion(table: type[Base]) -> Insert:
    """The statement that adds rows to it, put together once."""
    return insert(cast("Table", table.__table__))


@cache
def _insert_one(table: type[Base]) -> Insert:
    """It answers anyway: with what else had to be asked for before the commit (`lararportal.db`)."""
    return insertion(table).returning(NUMBER)
