"""What is done on pages that show first what it means: looked at and done in one stroke."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from session_changes_room import SEATED, on
from sqlalchemy.orm import Session

from bookings import answers, queries
from bookings.minimum import calling_off, reserve_sessions
from courses import session_changes, sessions
from lararportal.errors import Refused


def set_seats(db: Session, *, session_id: int, seats: int, now: datetime, by: int) -> None:
    _change(db, session_id, now, by, seats=seats)


def move(db: Session, *, session_id: int, days: Sequence[date], now: datetime, by: int) -> None:
    dates = {"cancel_by": days[0] - timedelta(days=21), "go_no_go_on": days[0] - timedelta(days=28)}
    _change(db, session_id, now, by, days=on(*days), **dates)


def _change(db: Session, session_id: int, now: datetime, by: int, **said: Any) -> None:
    """Asked about, and confirmed as it was asked."""
    [session] = sessions.lock(db, [session_id])
    db.refresh(session, ["leaders"])
    wanted = {**sessions.said_of(session), **said}
    wanted["minimum"] = min(wanted["minimum"], wanted["seats"])
    about = {"session_id": session_id, "interested": queries.interested, "seated": SEATED, "now": now, "by": by}
    try:
        session_changes.change(db, **about, **wanted)
    except Refused as refusal:
        if "token" not in refusal.facts:
            raise
        session_changes.change(db, **about, **wanted, confirmed=refusal.facts["token"])


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
