"""What reads the answers of the database, and says no more of them than is read."""

from collections.abc import Iterator, Sequence
from typing import Any

from psycopg import Cursor
from psycopg.pq.abc import PGresult


class TerseCursor(Cursor[Any]):
    """Says of the columns of an answer their names and types, which is all that SQLAlchemy reads of them.

    And only once it reads them: what it has done before it knows from then.
    """

    @property
    def description(self) -> Any:
        """A name and a type for each column; None when the answer has none."""
        answer = self.pgresult
        return Described(answer) if answer is not None and answer.nfields else None


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
