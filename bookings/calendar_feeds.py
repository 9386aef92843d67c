"""Calendar feeds: a private address by which somebody's own calendar follows what they have here.

Whoever has the address reads the calendar, without signing in: so it cannot be guessed, its owner sees it whenever
they want it for another device, makes it another when it has come into wrong hands, and closes it.
"""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from bookings.models import CalendarFeed
from lararportal import journal
from lararportal.sealing import safe_of

KIND = "calendar_feed"
SALT_BYTES = 16


def open_anew(db: Session, *, person_id: int, now: datetime, by: int) -> None:
    """The person has an address, and one that they had before leads nowhere any more.

    Raises:
        NotFound: there is no such person.
        Refused: they have been erased.
    """
    people.lock_present(db, person_id)
    feed = db.get(CalendarFeed, person_id, populate_existing=True)
    renewed = feed is not None
    if feed is None:
        feed = CalendarFeed(person_id=person_id)
        db.add(feed)
    feed.salt, feed.opened_at = secrets.token_hex(SALT_BYTES), now
    feed.token_hash = hashed(token_of(db, feed))
    journal.note(db, "calendar_feed.opened", now=now, by=by, person=person_id, renewed=renewed)
    db.flush()


def close(db: Session, *, person_id: int, now: datetime, by: int) -> None:
    """The address that the person had leads nowhere any more; if they had none, nothing happens.

    Raises:
        NotFound: there is no such person.
    """
    people.lock(db, [person_id])
    feed = db.get(CalendarFeed, person_id, populate_existing=True)
    if feed is None:
        return
    db.delete(feed)
    journal.note(db, "calendar_feed.closed", now=now, by=by, person=person_id)
    db.flush()


def token_of(db: Session, feed: CalendarFeed) -> str:
    """What stands in the address: 256 bits that are reckoned when they are shown, and kept nowhere.

    They are made with the index key, so that the rows or a backup alone open no calendar, and so that the address can
    be shown again. That key is kept for good: no address changes with the keys that seal.
    """
    return safe_of(db).imprint(f"{feed.person_id}:{feed.salt}", kind=KIND)


def hashed(token: str) -> str:
    """What the row has of it."""
    return hashlib.sha256(token.encode()).hexdigest()
