"""Booking is closed before its time: nobody new books or joins the line, and whoever waits goes on waiting."""

from datetime import datetime

from sqlalchemy.orm import Session

from courses.concerned import Impartial, everybody
from courses.sessions import lock
from courses.states import Publicity, Refusal
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import Refused


def close_booking(
    db: Session,
    *,
    session_id: int,
    reason: str,
    impartial: Impartial = everybody,
    now: datetime,
    by: int | None,
) -> None:
    """Nobody new comes to a seat or a place in line; seats that come free still go to those who wait.

    Raises:
        Refused: `by` is not impartial, there is no reason, it is closed already, or nobody can book it anyway.
        NotFound: there is no such session.
    """
    if not reason.strip():
        raise Refused(Refusal.CLOSING_WITHOUT_REASON)
    (session,) = lock(db, [session_id])
    impartial(db, session, now=now, by=by)
    if session.publicity is not Publicity.PUBLISHED or session.starts_on <= day_of(now):
        raise Refused(Refusal.NOT_IN_THIS_STATE)
    if session.booking_is_closed:
        raise Refused(Refusal.BOOKING_CLOSED_ALREADY)
    session.booking_closed_at, session.booking_closed_reason = now, reason.strip()
    journal.note(db, "session.booking_closed", now=now, by=by, session=session_id, reason=reason.strip())


def reopen_booking(
    db: Session, *, session_id: int, impartial: Impartial = everybody, now: datetime, by: int | None
) -> None:
    """Seats and places in line are to be had again, as the rules say.

    Raises:
        Refused: it is not closed, or `by` is not impartial.
        NotFound: there is no such session.
    """
    (session,) = lock(db, [session_id])
    impartial(db, session, now=now, by=by)
    if not session.booking_is_closed:
        raise Refused(Refusal.BOOKING_NOT_CLOSED)
    session.booking_closed_at, session.booking_closed_reason = None, ""
    journal.note(db, "session.booking_reopened", now=now, by=by, session=session_id)
