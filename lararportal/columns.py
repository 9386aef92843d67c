"""Columns alone, which are read past the session: it would look among them for rows, and for what it has loaded.

For statements that are put together once. With one that is new each time the library compares each column with the
one that it knows already, which takes longer than the session does.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import Row, Select
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache

Columns = TypeVarTuple("Columns")


def read(db: Session, wanted: Select[*Columns], told: Mapping[str, Any] | None = None) -> Sequence[Row[*Columns]]:
    """What a statement finds that asks for no row. What was changed before is written first, as before any look."""
    db.flush()
    return db.connection().execute(wanted, told, execution_options=AT_SIGHT).all()


class KnownAtSight(dict[Any, Any]):
    """What SQLAlchemy has compiled, by the statement itself.

    By itself it looks for it by all that a statement is made of: each use goes through a thousand parts of a look at
    a line. Only one that is not known at sight is looked for so, since another may be equal: what is searched for is
    a value in it.
    """

    MOST = 500
    """Statements; more are no longer put together once, and it begins anew."""

    def __init__(self) -> None:
        """Nothing is known."""
        super().__init__()
        self._alike: LRUCache[Any, Any] = LRUCache(self.MOST)

    def get(self, key: Any, default: Any = None) -> Any:
        """Of SQLAlchemy's key the second says what the statement is made of; the others, how it is asked."""
        _, compiled = super().get(_sight(key), (None, None))
        if compiled is None and (compiled := self._alike.get(key)) is not None:
            self._see(key, compiled)
        return default if compiled is None else compiled

    def __setitem__(self, key: Any, compiled: Any) -> None:
        """From now on it is known, and so is what is equal."""
        self._alike[key] = compiled
        self._see(key, compiled)

    def _see(self, key: Any, compiled: Any) -> None:
        """The statement's own part is kept beside: nothing else is called by its address as long as it is there."""
        if len(self) >= self.MOST:
            self.clear()
        super().__setitem__(_sight(key), (key[1], compiled))


def _sight(key: Any) -> tuple[Any, ...]:
    return (key[0], id(key[1]), *key[2:])


AT_SIGHT = {"compiled_cache": KnownAtSight()}
"""How a statement is asked that is put together once."""
