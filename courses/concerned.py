"""Whom a session concerns, and the question that is asked before something changes for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from courses.models import CourseSession
from courses.states import Publicity, Refusal
from lararportal.errors import Refused

TOLD = ("place", "area", "days", "cancel_by", "go_no_go_on", "prepare_by")
"""What stands on the page of a session and in letters about it, so that a change of it concerns people."""


@dataclass(frozen=True)
class Change:
    """One thing that a change of a session makes different."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Interested:
    """How many have no seat in a session and yet reckon with it."""

    waiting: int = 0
    """In its line."""
    applied: int = 0
    """In a round that has still to give its seats."""


NOBODY = Interested()

Count = Callable[[Session, int], Interested]
"""Who is interested in a session is not known in this room: whoever changes one is told how to find out."""


def nobody(_db: Session, _session_id: int) -> Interested:
    """Where there are no lines and no rounds, only who is booked is concerned."""
    return NOBODY


def insist_on_days(session: CourseSession, changes: Sequence[Change], *, taken: int, today: date) -> None:
    """Days that are taken stand fast, and what is published is moved to days that are still to come.

    Raises:
        Refused: the changes say otherwise.
    """
    for change in (each for each in changes if each.what == "days"):
        before, after = ({day.day for day in days} for days in (change.before, change.after))
        if taken and before != after:
            raise Refused(Refusal.SESSION_HAS_BOOKINGS, booked=taken)
        if session.publicity is Publicity.PUBLISHED and any(day <= today for day in after - before):
            raise Refused(Refusal.SESSION_DAYS_PAST)


def ask_first(
    session: CourseSession, changes: Sequence[Change], interested: Interested, *, confirmed: str = ""
) -> None:
    """What concerns people is done when it has been confirmed: exactly these changes, for exactly so many.

    Raises:
        Refused: somebody is concerned and `confirmed` is not the token that this refusal gives.
    """
    if not changes or not (session.seats_taken or interested != NOBODY):
        return
    token = sha256(repr((session.id, session.seats_taken, interested, changes)).encode()).hexdigest()
    if confirmed != token:
        raise Refused(
            Refusal.CHANGE_NOT_CONFIRMED,
            booked=session.seats_taken,
            interested=interested,
            changes=changes,
            token=token,
        )
