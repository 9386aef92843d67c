"""Left-over seats: what no round gives and nobody waits for is booked directly, first come, first served."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings import call_outs, coming, letters, noting, seats, seats_from_line, waitlist
from bookings.coming import Coming
from bookings.models import Booking
from bookings.rules import seats as rules
from bookings.rules.answer_time import needs_short_notice
from bookings.states import BookingState, Origin


def book(db: Session, *, session_id: int, person_id: int, saw: str = "", now: datetime, by: int | None) -> Booking:
    """The person has a seat; or, when none is free or somebody waits who would take it, a place in line.

    Whoever waits already books a free seat in the last days; where others are asked before them, it is a yes as
    theirs (`bookings.rules.last_days`). `saw` stands for the session as it was shown; by default it was never moved.

    Raises:
        Refused: the rules of `bookings.rules.seats.may_book` say no, or `may_take` for who waits; or the session was
            moved since it was shown.
    """
    asked = coming.hold(db, session_id=session_id, person_id=person_id, now=now)
    session, waiting = asked.session, _waiting_for_days(db, asked)
    asked.insist(rules.may_take if waiting else rules.may_book)
    asked.insist_on_what_was_shown(saw)
    if session.free_seats >= 1 and not _goes_another_before(db, asked):
        return _seat(db, asked, waiting or _new(asked), by=by)
    if waiting is not None:
        return call_outs.join(db, waiting, now=now, by=by)
    return waitlist.enter(db, asked, by=by)


def _goes_another_before(db: Session, asked: Coming) -> bool:
    return waitlist.goes_before(db, asked.session, asked.line, now=asked.now)


def _waiting_for_days(db: Session, asked: Coming) -> Booking | None:
    """The place of who waits for a session that begins within days and has a free seat."""
    session = asked.session
    if session.free_seats < 1 or not needs_short_notice(starts_on=session.starts_on, today=asked.today):
        return None
    waits = (
        each.id for each in asked.bookings if each.session_id == session.id and each.state is BookingState.WAITING
    )
    return next((db.get(Booking, each, populate_existing=True) for each in waits), None)


def _new(asked: Coming) -> Booking:
    rank = waitlist.next_rank(asked.bookings)
    return waitlist.numbered_place(asked, rank=rank, origin=Origin.DIRECT, key=[])


def _seat(db: Session, asked: Coming, booking: Booking, *, by: int | None) -> Booking:
    session, person, now = asked.session, asked.person, asked.now
    take = seats.take if asked.has_precedence else seats.take_without_precedence
    take(db, booking, session, now=now)
    settled = seats_from_line.settle_if_waiting(db, asked.bookings, booking, course_id=session.course_id, now=now)
    noting.note(db, "seat.booked", booking, now=now, by=by, struck=[each.id for each in settled.struck])
    letters.seat_booked(db, booking, person=person, session=session, lines=settled.lines, now=now)
    return booking
