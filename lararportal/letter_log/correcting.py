"""An address was wrong: it is put right, and everything that was not sent goes to the right one."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from lararportal import outbox
from lararportal.errors import NotFound
from lararportal.outbox import Letter, LetterState


def correct_and_resend(db: Session, *, letter_id: int, address: str, now: datetime, by: int) -> int:
    """The person has this address, and this letter is due to it, with all of theirs that were not sent; how many.

    Raises:
        NotFound: there is no such letter.
        Refused: no letter can be sent to that address.
    """
    letter = db.get(Letter, letter_id)
    if letter is None:
        raise NotFound
    people.correct_address(db, person_id=letter.person_id, email=address, now=now, by=by)
    if letter.state is LetterState.SENT or letter.stopped_at is not None:
        outbox.resend(db, letter_id=letter_id, now=now, by=by)
        db.flush()
    return outbox.readdress(db, person_id=letter.person_id, address=address, now=now, by=by)
