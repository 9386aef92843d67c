"""Which cancellations can still be taken back, for the pages that offer it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from bookings import giving_back
from bookings.had import Own
from bookings.models import Booking
from bookings.rules.seats import UNDO_WITHIN, undo_until
from bookings.states import BookingState

Seat = TypeVar("Seat", Booking, Own)


@dataclass(frozen=True, kw_only=True)
class Undoable:
    """Somebody whose seat was given back just now, and until when that can be undone."""

    person_id: int
    name: str
    until: datetime


def cancelled_just_now(now: datetime) -> ColumnElement[bool]:
    """Of a booking: a cancellation young enough to be taken back."""
    return (Booking.state == BookingState.CANCELLED) & (Booking.ended_at >= now - UNDO_WITHIN)


def undoable(
    db: Session, cancelled: Collection[Seat], live: Mapping[int, Sequence[Seat]], *, now: datetime
) -> list[Seat]:
    """Those of the cancellations that would be undone now, if it were asked for; of one seat only the last.

    Their sessions are loaded, with course and days; `live` is what each person has, by id.
    """
    young = [each for each in cancelled if each.ended_at is not None and now <= undo_until(each.ended_at)]
    last = {(each.person_id, each.session_id): each for each in sorted(young, key=lambda each: each.id)}
    seats = giving_back.seats_given_back(db, [each.id for each in last.values()]) if last else {}
    return [
        each
        for each in last.values()
        if giving_back.why_not_undo(each.session, seats[each.id], live.get(each.person_id, []), now=now) is None
    ]
