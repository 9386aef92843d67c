"""What reads the answers of the database, and says no more of them than is read."""

from typing import Any

from psycopg import Cursor


class TerseCursor(Cursor[Any]):
    """Says of the columns of an answer their names and types, which is all that SQLAlchemy reads of them.

    It asks anew for every answer, and the whole of it takes longer than reading a row.
    """

    @property
    def description(self) -> Any:
        """A name and a type for each column; None when the answer has none."""
        answer = self.pgresult
        if answer is None or not answer.nfields:
            return None
        return [((answer.fname(n) or b"").decode(), answer.ftype(n), *UNSAID) for n in range(answer.nfields)]


UNSAID = (None,) * 5
"""Sizes and scales."""
