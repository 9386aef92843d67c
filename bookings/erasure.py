"""Erasure on request: somebody who has nothing ahead here is nobody any more, and what was decided of them stays."""

from datetime import datetime

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.orm import Session

from auth import erasure, rules
from auth.models import Person
from auth.states import Refusal
from bookings.models import Application, Booking, CalendarFeed, CourseWish, Precedence, Round
from bookings.rules.history import precedence_state, term_of
from bookings.states import LIVE, ApplicationState, BookingState, PrecedenceState, RoundState
from courses.certificates import forgetting
from courses.models import CourseSession, Message, Need, SessionLeader
from courses.reports import forgetting as documents
from courses.states import Publicity
from lararportal.clock import day_of
from lararportal.errors import Refused


def erase(db: Session, *, person_id: int, reason: str, now: datetime, by: int) -> Person:
    """Nothing tells any more who the person was, and they wish for nothing; decisions and the journal stay.

    They cannot sign in: who comes with the same identity is somebody new.

    Raises:
        NotFound: there is no such person.
        Refused: something holds them still, or as for `auth.erasure.lock`.
    """
    person = erasure.lock(db, person_id=person_id, reason=reason, by=by)
    if refusals := held_by(db, person_id, now=now):
        raise Refused(refusals[0])
    for table in (CalendarFeed, CourseWish, Need, Message):
        db.execute(delete(table).where(table.person_id == person_id))
    forgetting.forget(db, person_id=person_id, now=now, by=by)
    documents.forget(db, person_id=person_id)
    erasure.forget(db, person, reason=reason, now=now, by=by)
    return person


def held_by(db: Session, person_id: int, *, now: datetime) -> list[Refusal]:
    """What has to come to an end before the person can be erased."""
    return rules.holds_back(
        rules.Ahead(
            has_role=erasure.holds_role(db, person_id),
            leads=_any(db, _leading(person_id, now)),
            has_seat=_any(db, _places(person_id)),
            applies=_any(db, _applying(person_id)),
            goes_first=_goes_first(db, person_id, now=now),
        )
    )


def _places(person_id: int) -> Select[int]:
    """Seats whose session is over have been put down for the invoices; until then they are needed there."""
    is_over = (Booking.state == BookingState.BOOKED) & Booking.charged_on.is_not(None)
    return select(Booking.id).where(Booking.person_id == person_id, Booking.state.in_(LIVE), ~is_over)


def _applying(person_id: int) -> Select[int]:
    applies = exists().where(
        Application.round_id == Round.id,
        Application.person_id == person_id,
        Application.state == ApplicationState.SUBMITTED,
    )
    return select(Round.id).where(
        Round.state != RoundState.PUBLISHED, or_(applies, Round.second_party_id == person_id)
    )


def _leading(person_id: int, now: datetime) -> Select[int]:
    return (
        select(SessionLeader.session_id)
        .join(CourseSession, CourseSession.id == SessionLeader.session_id)
        .where(
            SessionLeader.person_id == person_id,
            CourseSession.publicity != Publicity.CALLED_OFF,
            CourseSession.last_day >= day_of(now),
        )
    )


def _goes_first(db: Session, person_id: int, *, now: datetime) -> bool:
    """A precedence whose terms are over binds nobody."""
    still_open = select(Precedence.term).where(Precedence.person_id == person_id, Precedence.is_open)
    this_term = term_of(day_of(now))
    states = [
        precedence_state(since=term, is_used=False, is_revoked=False, in_term=this_term)
        for term in db.scalars(still_open)
    ]
    return PrecedenceState.HELD in states


def _any(db: Session, found: Select[int]) -> bool:
    return db.scalar(found.limit(1)) is not None
