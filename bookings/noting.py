"""What the journal keeps of a seat or a place in line: whose it is, in which session, and what became of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from bookings.models import Booking
from lararportal import journal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TRACE_LENGTH = 4
"""Hexadecimal digits: enough to see that words were changed, and too few to tell which they were."""


def note(db: Session, deed: str, booking: Booking, *, now: datetime, by: int | None, **facts: Any) -> None:
    """Remembers a deed about a stored booking, and how it stands now; else as `lararportal.journal.note`."""
    note_with(db, deed, booking, (), now=now, by=by, **facts)


def note_with(
    db: Session,
    deed: str,
    booking: Booking,
    also: Iterable[Booking],
    *,
    now: datetime,
    by: int | None,
    **facts: Any,
) -> None:
    """As `note`, where the deed has changed other bookings also."""
    stands = as_they_stand([booking, *also])
    about = {"person": booking.person_id, "session": booking.session_id, "booking": booking.id}
    journal.note(db, deed, now=now, by=by, **about, **facts, stands=stands)


def as_they_stand(bookings: Iterable[Booking]) -> dict[str, dict[str, Any]]:
    """What holds of these bookings and no other fact tells, by number: `bookings/audit/stands.sql` looks it up.

    Words that somebody wrote, and where they work, are not in it, but a few digits of what they hash to.
    """
    return {str(each.id): _as_it_stands(each) for each in bookings}


def _as_it_stands(booking: Booking) -> dict[str, Any]:
    charged_on, credited_on = booking.charged_on, booking.credited_on
    return {
        "rank": booking.rank,
        "joined_at": _moment(booking.joined_at),
        "standing_yes": booking.standing_yes,
        "short_notice": booking.short_notice,
        "bound_days": booking.bound_days,
        "cancel_ground": booking.cancel_ground,
        "end_reason": _trace(booking.end_reason),
        "charged_on": charged_on.isoformat() if charged_on is not None else None,
        "charged_category": booking.charged_category,
        "charged_workplace": _trace(booking.charged_workplace),
        "credited_on": credited_on.isoformat() if credited_on is not None else None,
        "funded_at": _moment(booking.funded_at),
        "funded_by": booking.funded_by,
    }


def _moment(at: datetime | None) -> int | None:
    """In microseconds, which are the same however a moment is written."""
    return (at - EPOCH) // timedelta(microseconds=1) if at is not None else None


def _trace(words: str | None) -> str | None:
    return sha256(words.encode()).hexdigest()[:TRACE_LENGTH] if words else words
