"""What the journal keeps of a seat or a place in line: whose it is, in which session, and what became of it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bookings.models import Booking
from lararportal import journal


def note(db: Session, deed: str, booking: Booking, *, now: datetime, by: int | None, **facts: Any) -> None:
    """Remembers a deed about a stored booking; as `lararportal.journal.note`."""
    journal.note(
        db, deed, now=now, by=by, person=booking.person_id, session=booking.session_id, booking=booking.id, **facts
    )
