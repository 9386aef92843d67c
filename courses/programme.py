"""The programme: what happens when on the days of a session, and who teaches it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from courses import reach
from courses.rules.programme import Item
from lararportal import journal


def put(db: Session, *, session_id: int, items: Sequence[Item], now: datetime, by: int) -> bool:
    """This is the programme of the session; whether it is another than before.

    Raises:
        NotFound: there is no such session, or `by` neither leads it nor is a coordinator.
    """
    session = reach.session_of(db, session_id=session_id, by=by)
    wanted = [each.as_kept for each in items]
    if session.programme == wanted:
        return False
    session.programme = wanted
    journal.note(db, "programme.put", now=now, by=by, session=session_id, programme=wanted)
    db.flush()
    return True
