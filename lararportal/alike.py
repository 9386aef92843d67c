"""Writing many rows alike: what a deed has changed of them reaches the database as one batch and not row by row."""

from collections.abc import Collection

from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from lararportal.db import Base


def write(db: Session, rows: Collection[Base]) -> None:
    """Stores what has changed of these rows of one table, as one statement even where it is not the same of each.

    Rows in which different columns have changed are sent apart, so each has all that changed in any of them written,
    also where it is as it was. Therefore the caller has locked them, or who writes to them, and read them since.
    """
    stored = [row for row in rows if inspect(row).persistent]
    changed = {name for row in stored for name in _changed(row)}
    for row in stored:
        for name in changed:
            flag_modified(row, name)
    db.flush()


def _changed(row: Base) -> set[str]:
    state = inspect(row)
    touched = set(state.mapper.column_attrs.keys()) - state.unmodified
    return {name for name in touched if state.attrs[name].history.has_changes()}
