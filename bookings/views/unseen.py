"""A session that nobody is shown yet is not there for a doctor who tries its number, whatever they try with it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from courses import queries
from lararportal import edge
from lararportal.errors import NotFound, Refused


def untold(view: Callable[..., Any]) -> Callable[..., Any]:
    """The page of something of one's own in a session; a reason to refuse would tell that there is such a session."""

    @wraps(view)
    def silent(session_id: int) -> Any:
        try:
            return view(session_id=session_id)
        except Refused:
            with edge.reading() as db:
                session = queries.session(db, session_id)
            if not queries.everybody_sees(session):
                raise NotFound from None
            raise

    return silent
