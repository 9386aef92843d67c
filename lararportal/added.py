"""Rows that a deed adds and does not look at again: letters, entries of the journal, days of a seat.

They are written when the unit of work writes, behind all else that it does, by one statement where they are few. It
would itself ask for the number of each and keep up with it, and takes three times as long for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any
from typing import cast as as_type

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Insert,
    String,
    Table,
    bindparam,
    cast,
    event,
    insert,
    inspect,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, UOWTransaction, make_transient_to_detached

from lararportal.columns import AT_SIGHT
from lararportal.db import KNOWN_AS, NUMBER, Base

Alike = tuple[type[Base], tuple[str, ...]]
"""A table, and the columns of which something is said."""
VALUES = 50
"""At most in a statement that adds to several tables: longer ones are seldom alike, and compiled for one use."""
WAITING = "rows that are only added"
NUMBERED = "those of them that go on"
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


def add_numbered(db: Session, rows: Sequence[Base]) -> None:
    """As `add`, of rows that have their numbers already: they are rows of the session like any other afterwards."""
    for each in rows:
        vars(each).update({**_said(type(each)), **vars(each)})
    add(db, rows)
    db.info.setdefault(NUMBERED, []).extend(rows)


def is_numbered(db: Session, row: Base) -> bool:
    """Whether it waits to be stored as such a row."""
    return any(each is row for each in db.info.get(NUMBERED, ()))


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


def _write(db: Session, rows: Sequence[Base]) -> None:
    alike: dict[Alike, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        told = {name: value for name, value in vars(row).items() if name in _columns(type(row))}
        alike[type(row), tuple(told)].append(told)
    for some in _in_statements(alike):
        if len(alike[some[0]]) > 1 and len(some) == 1:
            db.connection().execute(insertion(some[0][0]), alike[some[0]])
        else:
            _write_together(db, {each: alike[each] for each in some})
    numbered = {id(row) for row in db.info.pop(NUMBERED, ())}
    for row in rows:
        if id(row) in numbered:
            go_on_with(db, row)


def go_on_with(db: Session, row: Base) -> None:
    """A row that is stored, with its number, is one of the session like any other: the unit of work keeps up with it.

    What nobody has said of it is as its column is by itself.
    """
    vars(row).update({**said_by_itself(type(row)), **vars(row)})
    make_transient_to_detached(row)
    db.add(row)


def _write_together(db: Session, few: Mapping[Alike, Sequence[Mapping[str, Any]]]) -> None:
    values = {
        _place(number, row, name): value
        for number, told in enumerate(few.values())
        for row, each in enumerate(told)
        for name, value in each.items()
    }
    statement = _together(tuple((*each, len(told)) for each, told in few.items()))
    answer = db.connection().execute(statement, values, execution_options=AT_SIGHT)
    db.info[KNOWN_AS] = answer.scalars().first()


def _in_statements(alike: Mapping[Alike, Sequence[object]]) -> Iterator[list[Alike]]:
    """What is added by one statement, in the order in which it was added: what says whose it is comes behind that."""
    together: list[Alike] = []
    room = VALUES
    for table, names in alike:
        size = len(alike[table, names]) * len({*names, *_said(table)})
        if together and size > room:
            yield together
            together, room = [], VALUES
        together.append((table, names))
        room -= size
    if together:
        yield together


@cache
def _columns(table: type[Base]) -> frozenset[str]:
    return frozenset(inspect(table).columns.keys())


@cache
def insertion(table: type[Base]) -> Insert:
    """The statement that adds rows to it, put together once."""
    return insert(as_type("Table", table.__table__))


@lru_cache(maxsize=256)
def _together(wanted: tuple[tuple[type[Base], tuple[str, ...], int], ...]) -> Insert:
    """Adds so many rows with such columns to each table; put together once.

    It answers anyway: with what else had to be asked for before the commit (`lararportal.db`).
    """
    *others, last = (_several(number, *each) for number, each in enumerate(wanted))
    return last.returning(NUMBER).add_cte(*(each.cte(f"added_{number}") for number, each in enumerate(others)))


def _several(number: int, table: type[Base], names: Sequence[str], count: int) -> Insert:
    """Selected, since SQLAlchemy puts together anew each time what has several rows of values."""
    columns = inspect(table).columns
    unsaid = {name: value for name, value in _said(table).items() if name not in names}
    rows = [
        select(
            *(_typed(bindparam(_place(number, row, name), type_=columns[name].type)) for name in names),
            *(_typed(literal(value, columns[name].type)) for name, value in unsaid.items()),
        )
        for row in range(count)
    ]
    return insertion(table).from_select([*names, *unsaid], union_all(*rows) if count > 1 else rows[0])


def _typed(value: BindParameter[Any]) -> ColumnElement[Any]:
    """Of several rows what has no type is taken for text. Text is not cast: what is too long would be cut off."""
    return value if isinstance(value.type, String) else cast(value, value.type)


def _place(number: int, row: int, name: str) -> str:
    return f"{number}_{row}_{name}"


@cache
def _said(table: type[Base]) -> dict[str, Any]:
    return {name: value for name, value in said_by_itself(table).items() if value is not None}


@cache
def said_by_itself(table: type[Base]) -> dict[str, Any]:
    """What each column but the number is when nothing is said of it.

    Raises:
        TypeError: of one it is not known before the row is stored: it is made up for each, or by the database.
    """
    columns = {name: each for name, each in inspect(table).columns.items() if not each.primary_key}
    for name, each in columns.items():
        if not _has_constant_default(each):
            raise TypeError(f"what {table.__tablename__}.{name} is by itself is not known before it is stored")
    return {name: getattr(each.default, "arg", None) for name, each in columns.items()}


def _has_constant_default(column: Column[Any]) -> bool:
    return column.server_default is None if column.default is None else column.default.is_scalar
