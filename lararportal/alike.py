"""Writing many rows alike: what a deed has made or changed of them reaches the database as one batch, not row by row.

A row that is new, or of which it is known what changes, is written without the unit of work, which would take three
times as long for it.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Insert, Table, Update, bindparam, func, inspect, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified, set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from lararportal.added import add_numbered, go_on_with, insertion, is_numbered, said_by_itself
from lararportal.db import KNOWN_AS, NUMBER, Base

Row = TypeVar("Row", bound=Base)
ROW = "number of the row"


def write(db: Session, rows: Collection[Base]) -> None:
    """Stores these rows of one table: the new ones as one statement, and what has changed of the others as one.

    The new ones have their numbers afterwards; those that have one already are stored with what else the deed adds.
    Of the others those in which different columns have changed are sent apart, so each has all that changed in any of
    them written, also where it is as it was. Therefore the caller has locked them, or who writes to them, and read
    them since.
    """
    new = [row for row in rows if not inspect(row).has_identity]
    numbered = [row for row in new if _has_number(row) and not db.in_nested_transaction()]
    add_numbered(db, [row for row in numbered if not is_numbered(db, row)])
    if rows and len(numbered) == len(rows):
        return
    _store(db, [row for row in new if row not in numbered])
    stored = [row for row in rows if inspect(row).persistent]
    changed = {name for row in stored for name in _changed(row)}
    for row in stored:
        for name in changed:
            flag_modified(row, name)
    db.flush()


def _has_number(row: Base) -> bool:
    return None not in inspect(row).mapper.primary_key_from_instance(row)


def _changed(row: Base) -> set[str]:
    state = inspect(row)
    touched = set(state.mapper.column_attrs.keys()) - state.unmodified
    return {name for name in touched if state.attrs[name].history.has_changes()}


def put(db: Session, told: Mapping[Row, Mapping[str, Any]]) -> None:
    """What is told of these stored rows of one table is so from now on: the same columns of each, by one statement.

    The caller has locked them. Where something else of one was changed and is not written yet, it is written too.

    Raises:
        ValueError: it is not the same columns: what is told of one only would not be written.
    """
    if len({frozenset(values) for values in told.values()}) > 1:
        raise ValueError("the same columns of each row")
    if db.in_nested_transaction() or any(inspect(row).modified for row in told):
        for row, values in told.items():
            for name, value in values.items():
                setattr(row, name, value)
        db.flush()
    elif told:
        kind, names = type(next(iter(told))), tuple(next(iter(told.values())))
        number = inspect(kind).primary_key_from_instance
        rows = [{**values, ROW: number(row)[0]} for row, values in told.items()]
        if len(rows) == 1:
            db.info[KNOWN_AS] = db.connection().execute(_update_and_tell(kind, names), rows[0]).scalar()
        else:
            db.connection().execute(_update(kind, names), rows)
        for row, values in told.items():
            for name, value in values.items():
                set_committed_value(row, name, value)


def _store(db: Session, rows: Sequence[Base]) -> None:
    """What nobody has said of a row is as its column is by itself, also in the row at hand."""
    if not rows:
        return
    if db.in_nested_transaction():  # Only the unit of work knows what a savepoint takes back.
        db.add_all(rows)
        return
    kind = type(rows[0])
    unsaid = said_by_itself(kind)
    said = {name for row in rows for name in vars(row) if name in unsaid}
    told = [{name: vars(row).get(name, unsaid[name]) for name in said} for row in rows]
    for row, number in zip(rows, _stored(db, kind, told), strict=True):
        if row in db:
            db.expunge(row)
        vars(row)["id"] = number
        go_on_with(db, row)


def _stored(db: Session, kind: type[Base], told: Sequence[dict[str, Any]]) -> Sequence[int]:
    """The numbers of these new rows. Of many they are drawn beforehand, for to answer with them takes far longer."""
    connection = db.connection()
    if len(told) == 1:
        return connection.execute(_insert_and_tell(kind), told).scalars().all()
    numbers = connection.execute(_DRAWN, {"table": kind.__tablename__, "count": len(told)}).scalars().all()
    connection.execute(insertion(kind), [{**each, "id": number} for each, number in zip(told, numbers, strict=True)])
    return numbers


_DRAWN = select(func.nextval(func.pg_get_serial_sequence(bindparam("table"), "id"))).select_from(
    func.generate_series(1, bindparam("count"))
)


@cache
def _insert_and_tell(kind: type[Base]) -> Insert:
    return insertion(kind).returning(cast("Table", kind.__table__).c.id)


@cache
def _update(kind: type[Base], names: tuple[str, ...]) -> Update:
    table = cast("Table", kind.__table__)
    return update(table).where(table.c.id == bindparam(ROW)).values({name: bindparam(name) for name in names})


@cache
def _update_and_tell(kind: type[Base], names: tuple[str, ...]) -> ReturningUpdate[tuple[str]]:
    """And tells by what the database knows the transaction, which is asked for at its end."""
    return _update(kind, names).returning(NUMBER)
