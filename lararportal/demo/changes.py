"""What a coordinator changes of sessions that people are booked in: fewer seats, another place, booking closed."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import moved_sessions, queries
from courses import closing, session_changes
from courses.models import BY_START, CourseSession
from courses.sessions import lock, said_of
from courses.states import Publicity
from lararportal.clock import day_of
from lararportal.demo.agenda import Act
from lararportal.demo.cast import words
from lararportal.demo.dates import Timeline
from lararportal.demo.offer import Offer
from lararportal.errors import Refused

FEWER = 2
AHEAD = timedelta(days=25)


def changing(timeline: Timeline, offers: Collection[Offer], *, spared: Collection[str], by: int) -> Iterator[Act]:
    """One of each, in the last hour, of sessions that none of `spared` (by key) is."""
    ids = [each.id for each in offers if each.key not in spared]
    for minutes, deed in ((50, _fewer_seats), (40, _another_place), (30, _close)):
        at = timeline.now - timedelta(minutes=minutes)
        yield Act(at, _at(deed, ids, at, by))


def _at(deed: Callable[..., None], ids: Collection[int], at: datetime, by: int) -> Callable[[Session], None]:
    return lambda db: deed(db, ids, at, by)


def _fewer_seats(db: Session, ids: Collection[int], now: datetime, by: int) -> None:
    """A room turned out to be smaller than a full session."""
    for session in _ahead(db, ids, now):
        if session.free_seats == 0 and session.seats - FEWER >= max(session.minimum, FEWER):
            _change(db, session, now, by, seats=session.seats - FEWER)
            return


def _another_place(db: Session, ids: Collection[int], now: datetime, by: int) -> None:
    """A session that is neither full nor empty is moved to another house."""
    for session in _ahead(db, ids, now):
        if session.seats_taken and session.free_seats:
            _change(db, session, now, by, place=words()["another_place"])
            return


def _close(db: Session, ids: Collection[int], now: datetime, by: int) -> None:
    """The last session with free seats takes nobody new."""
    for session in reversed(_ahead(db, ids, now)):
        if session.free_seats and not session.moved_at:
            closing.close_booking(db, session_id=session.id, reason=words()["booking_closed"], now=now, by=by)
            return


def _ahead(db: Session, ids: Collection[int], now: datetime) -> list[CourseSession]:
    return list(
        db.scalars(
            select(CourseSession)
            .where(
                CourseSession.id.in_(ids),
                CourseSession.publicity == Publicity.PUBLISHED,
                CourseSession.starts_on > day_of(now) + AHEAD,
            )
            .order_by(*BY_START)
        )
    )


def _change(db: Session, session: CourseSession, now: datetime, by: int, **facts: Any) -> None:
    """Asked about and confirmed, as on the desk."""
    [session] = lock(db, [session.id])
    db.refresh(session, ["leaders"])
    wanted = said_of(session) | facts
    about: dict[str, Any] = {
        "session_id": session.id,
        "interested": queries.interested,
        "seated": moved_sessions.WHO_SITS,
    }
    try:
        session_changes.change(db, **about, now=now, by=by, **wanted)
    except Refused as question:
        session_changes.change(db, **about, confirmed=question.facts["token"], now=now, by=by, **wanted)
