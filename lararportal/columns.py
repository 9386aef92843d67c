"""Columns alone, which are read past the session: it would look among them for rows, and for what it has loaded.

For statements that are put together once. With one that is new each time the library compares each column with the
one that it knows already, which takes longer than the session does.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import Row, Select
from sqlalchemy.orm import Session

Columns = TypeVarTuple("Columns")


def read(db: Session, wanted: Select[*Columns], told: Mapping[str, Any] | None = None) -> Sequence[Row[*Columns]]:
    """What a statement finds that asks for no row. What was changed before is written first, as before any look."""
    db.flush()
    return db.connection().execute(wanted, told).all()
