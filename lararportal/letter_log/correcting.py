"""An address was wrong, or a letter: what was not sent goes to the right one, or is not sent.

Whoever waits for the same course as the person would gain by a letter that does not come, and does neither.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from bookings import impartiality
from lararportal import outbox
from lararportal.errors import NotFound
from lararportal.outbox import Letter, LetterState


def correct_and_resend(db: Session, *, letter_id: int, address: str, now: datetime, by: int) -> int:
    """The person has this address, and this letter is due to it, with all of theirs that were not sent; how many.

    Raises:
        NotFound: there is no such letter.
        Refused: no letter can be sent to that address, or `by` has something to do with a course of the person.
    """
    letter = _letter(db, letter_id)
    impartiality.insist_between(db, person_id=letter.person_id, now=now, by=by)
    people.correct_address(db, person_id=letter.person_id, email=address, now=now, by=by)
    if letter.state is LetterState.SENT or letter.stopped_at is not None:
        outbox.resend(db, letter_id=letter_id, now=now, by=by)
        db.flush()
    return outbox.readdress(db, person_id=letter.person_id, address=address, now=now, by=by)


def stop(db: Session, *, letter_id: int, now: datetime, by: int) -> bool:
    """The letter is not sent; whether it could still be stopped.

    Raises:
        NotFound: there is no such letter.
        Refused: `by` has something to do with a course of the person.
    """
    impartiality.insist_between(db, person_id=_letter(db, letter_id).person_id, now=now, by=by)
    return outbox.stop(db, letter_id=letter_id, now=now, by=by)


def _letter(db: Session, letter_id: int) -> Letter:
    found = db.get(Letter, letter_id)
    if found is None:
        raise NotFound
    return found
