"""What is done on pages that show first what it means: looked at and done in one stroke."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings import answers
from bookings.minimum import calling_off, reserve_sessions
from courses import sessions
from lararportal.errors import Refused


def set_seats(db: Session, *, session_id: int, seats: int, now: datetime, by: int) -> None:
    [session] = sessions.lock(db, [session_id])
    db.refresh(session, ["leaders"])
    minimum = min(session.minimum, seats)
    wanted = {**sessions.said_of(session), "seats": seats, "minimum": minimum}
    sessions.change(db, session_id=session_id, **wanted, now=now, by=by)


def call_off(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    saw = calling_off.foreseen(db, session_id=session_id, now=now).token
    calling_off.call_off(db, session_id=session_id, reason="För få", saw=saw, now=now, by=by)


def merge(db: Session, *, session_id: int, into: int, now: datetime, by: int) -> None:
    saw = calling_off.foreseen_merger(db, session_id=session_id, into=into, now=now).token
    calling_off.merge(db, session_id=session_id, into=into, reason="För få", saw=saw, now=now, by=by)


def open_and_fill(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    saw = reserve_sessions.demand_for(db, session_id=session_id, now=now).token
    reserve_sessions.open_and_fill(db, session_id=session_id, saw=saw, now=now, by=by)


def archive(db: Session, *, session_id: int, now: datetime, by: int) -> None:
    try:
        sessions.archive(db, session_id=session_id, now=now, by=by)
    except Refused as refusal:
        if "token" not in refusal.facts:
            raise
        sessions.archive(db, session_id=session_id, confirmed=refusal.facts["token"], now=now, by=by)


def accept(db: Session, *, session_id: int, person_id: int, now: datetime, by: int) -> None:
    saw = answers.seen(db, session_id=session_id, person_id=person_id, now=now)
    answers.accept(db, session_id=session_id, person_id=person_id, saw=saw, now=now, by=by)
