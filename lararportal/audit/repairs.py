"""What can be put right by one press, where that is safe: a deed with a name, in the journal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from bookings import putting_right
from lararportal import journal, outbox
from lararportal.checks import Finding


class Repair(StrEnum):
    """What can be done about a finding."""

    RECOUNT = "recount"
    OCCUPY = "occupy"
    RESEND = "resend"
    CATCH_UP = "catch_up"


@dataclass(frozen=True)
class Offer:
    """A repair of one finding: of the row with that number, or of the portal as a whole, which is 0."""

    repair: Repair
    number: int


OFFERED: Mapping[str, tuple[Repair, str | None]] = {
    "seats_taken": (Repair.RECOUNT, "session"),
    "seats_offered": (Repair.RECOUNT, "session"),
    "day_not_occupied": (Repair.OCCUPY, "booking"),
    "day_occupied_by_nothing": (Repair.OCCUPY, "booking"),
    "letter_failed": (Repair.RESEND, "letter"),
    **dict.fromkeys(
        (
            "tick_never",
            "tick_late",
            "journal_unsealed",
            "letters_wait",
            "offer_overdue",
            "seat_not_given",
            "offer_in_vain",
            "certificate_not_made",
        ),
        (Repair.CATCH_UP, None),
    ),
}
"""By the check that found it, and which of its facts is the number of the row."""


def offer_for(finding: Finding) -> Offer | None:
    """What can be done about it; None where a person has to look."""
    if finding.check not in OFFERED:
        return None
    repair, fact = OFFERED[finding.check]
    return Offer(repair, finding.facts[fact] if fact is not None else 0)


def _recount(db: Session, number: int, **deed: Any) -> bool:
    return putting_right.recount(db, session_id=number, **deed)


def _occupy(db: Session, number: int, **deed: Any) -> bool:
    return putting_right.occupy(db, booking_id=number, **deed)


def _resend(db: Session, number: int, **deed: Any) -> bool:
    return outbox.resend(db, letter_id=number, **deed)


def _catch_up(db: Session, _number: int, *, now: datetime, by: int | None) -> bool:
    journal.note(db, "audit.caught_up", now=now, by=by)
    return True


DEEDS: Mapping[Repair, Callable[..., bool]] = {
    Repair.RECOUNT: _recount,
    Repair.OCCUPY: _occupy,
    Repair.RESEND: _resend,
    Repair.CATCH_UP: _catch_up,
}


def put_right(db: Session, offer: Offer, *, now: datetime, by: int) -> bool:
    """The repair is done, by somebody with a name; whether there was anything to do.

    Raises:
        NotFound: there is no such row.
        Refused: it cannot be done as things stand.
    """
    return DEEDS[offer.repair](db, offer.number, now=now, by=by)
