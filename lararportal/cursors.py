"""What asks the database and reads its answers, and takes nothing apart that it can be told as it is."""

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import RawCursor, RawServerCursor
from psycopg.pq.abc import PGresult

PLACES = "numeric_dollar"
"""SQLAlchemy's word for how such a statement says where its values go."""


class TerseCursor(RawCursor[Any]):
    """Asks by statements as PostgreSQL itself reads them, with `$1` for a value: they need not be taken apart for it.

    Says of the columns of an answer their names and types, which is all that SQLAlchemy reads of them; and only once
    it reads them: what it has done before it knows from then.
    """

    @property
    def description(self) -> Any:
        """A name and a type for each column; None when the answer has none."""
        answer = self.pgresult
        return Described(answer) if answer is not None and answer.nfields else None


def ask_as_it_reads(connection: Any, _record: object) -> None:
    """Of a new connection: also what is read bit by bit is asked so."""
    connection.cursor_factory = TerseCursor
    connection.server_cursor_factory = RawServerCursor


class Described(Sequence[tuple[Any, ...]]):
    """The columns of an answer, told when somebody asks for one of them."""

    __slots__ = ("_answer",)

    def __init__(self, answer: PGresult) -> None:
        """The answer, as the driver has it."""
        self._answer = answer

    def __len__(self) -> int:
        """How many columns there are."""
        return self._answer.nfields

    def __getitem__(self, which: Any) -> Any:
        """One of them, or some."""
        return [*self][which]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """Name, type, and what nobody reads."""
        for number in range(len(self)):
            yield (self._answer.fname(number) or b"").decode(), self._answer.ftype(number), *UNSAID


UNSAID = (None,) * 5
"""Sizes and scales."""
