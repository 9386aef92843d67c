"""What came of a term, counted from the rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bookings.models import Application, Booking, Decision, MinimumCase
from bookings.rounds import sessions_to_be_given
from bookings.states import ApplicationState, BookingState, Origin
from courses.models import CourseSession
from courses.states import Publicity
from lararportal.clock import day_of
from lararportal.db import Database
from lararportal.journal import Entry
from lararportal.outbox import Letter, LetterState


@dataclass(frozen=True, kw_only=True)
class Report:
    """The figures of a moment, in the order in which they are shown."""

    applications: int
    decisions: int
    seated: int
    from_the_line: int
    offers_made: int
    offers_open: int
    offers_declined: int
    offers_lapsed: int
    booked_directly: int
    waiting: int
    moved: int
    cancelled: int
    cancelled_late: int
    left_the_line: int
    sessions: int
    """Published ones, also those that are over."""
    sessions_full: int
    """As `sessions_below_minimum`: of the sessions ahead whose seats are given."""
    sessions_below_minimum: int
    go_no_go_asked: int
    letters_queued: int
    letters_sent: int
    letters_failed: int

    @property
    def letters(self) -> int:
        """All of them."""
        return self.letters_queued + self.letters_sent + self.letters_failed


def report(database: Database, *, now: datetime) -> Report:
    """The figures as they are now."""
    with database.transaction() as db:
        states = _by(db, Booking.state)
        letters = _by(db, Letter.state)
        ahead = select(func.count(CourseSession.id)).where(
            CourseSession.publicity == Publicity.PUBLISHED,
            CourseSession.starts_on > day_of(now),
            CourseSession.id.not_in(sessions_to_be_given()),
        )
        submitted = Application.state == ApplicationState.SUBMITTED
        counted = select(func.count(Booking.id))
        came = counted.where(Booking.booked_at.is_not(None))
        published = CourseSession.publicity == Publicity.PUBLISHED
        return Report(
            applications=_count(db, select(func.count(Application.id)).where(submitted)),
            decisions=_count(db, select(func.count(Decision.id))),
            seated=states.get(BookingState.BOOKED, 0),
            from_the_line=_count(db, select(func.count(Entry.id)).where(Entry.deed == "seat.from_line")),
            **_offers(db, states),
            booked_directly=_count(db, came.where(Booking.origin == Origin.DIRECT)),
            waiting=states.get(BookingState.WAITING, 0),
            moved=states.get(BookingState.MOVED, 0),
            cancelled=states.get(BookingState.CANCELLED, 0),
            cancelled_late=_count(db, counted.where(Booking.state == BookingState.CANCELLED, Booking.ended_late)),
            left_the_line=states.get(BookingState.LEFT, 0),
            sessions=_count(db, select(func.count(CourseSession.id)).where(published)),
            sessions_full=_count(db, ahead.where(CourseSession.free_seats < 1)),
            sessions_below_minimum=_count(db, ahead.where(CourseSession.seats_taken < CourseSession.minimum)),
            go_no_go_asked=_count(db, select(func.count(MinimumCase.asked_at))),
            letters_queued=letters.get(LetterState.QUEUED, 0),
            letters_sent=letters.get(LetterState.SENT, 0),
            letters_failed=letters.get(LetterState.FAILED, 0),
        )


def _offers(db: Session, states: dict[BookingState, int]) -> dict[str, int]:
    return {
        "offers_made": _count(db, select(func.count(Entry.id)).where(Entry.deed == "offer.made")),
        "offers_open": states.get(BookingState.OFFERED, 0),
        "offers_declined": states.get(BookingState.DECLINED, 0),
        "offers_lapsed": states.get(BookingState.LAPSED, 0),
    }


def _count(db: Session, counted: Select[Any]) -> int:
    return db.scalar(counted) or 0


def _by(db: Session, column: Any) -> dict[Any, int]:
    return dict(db.execute(select(column, func.count()).group_by(column)).all())
