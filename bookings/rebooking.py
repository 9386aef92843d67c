"""Re-booking: one seat is changed for another of the same course, at one stroke."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth.models import Person
from bookings import (
    asking,
    choices,
    facts,
    funding,
    giving_back,
    impartiality,
    letters,
    noting,
    seats,
    seats_from_line,
    waitlist,
)
from bookings.models import Booking
from bookings.rules import seats as rules
from bookings.states import BookingState, Origin, Refusal
from courses.models import CourseSession
from lararportal.errors import Refused


def rebook(
    db: Session,
    *,
    from_session_id: int,
    to_session_id: int,
    person_id: int,
    saw: str = "",
    now: datetime,
    by: int | None,
) -> Booking:
    """The person has a seat in the other session and the old one is free; or nothing has changed at all.

    What they wait for of the course and want less is waited for no more, and the letter names it and the rest. When
    it would have been late to give the old seat back, it is late to give the new one back.

    Where no seat is free, or somebody waits for it, one joins the line instead and keeps the old seat meanwhile
    (`bookings.waitlist.join`). `saw` stands for the other session as it was shown; by default it was never moved.

    Raises:
        NotFound: a session or the person does not exist.
        Refused: the rules of `bookings.rules.seats.may_rebook` say no, the session was moved since it was shown or is
            full, the line goes first, or somebody else re-books who has an interest in the course.
    """
    asked = asking.hold(db, session_id=to_session_id, besides=[from_session_id], person_id=person_id, now=now)
    person, new_session, old_session = asked.person, asked.session, asked.locked[from_session_id]
    impartiality.insist_for(db, new_session, person_id=person_id, now=now, by=by)
    asked.insist(rules.may_rebook, leaving=facts.target(old_session, None))
    asked.insist_on_what_was_shown(saw)
    if new_session.free_seats < 1:
        raise Refused(Refusal.SESSION_FULL)
    if waitlist.somebody_goes_before(db, new_session, person_id=person_id, now=now):
        raise Refused(Refusal.LINE_GOES_FIRST)
    mine = {each.session_id: each for each in asked.bookings}
    old = mine[from_session_id]
    new = successor(old, mine.get(to_session_id), new_session, person, now=now)
    new.bound_days = giving_back.bound_days(db, [(old, old_session)], now=now)
    funding.carry_over(old, new, session=new_session, left=old_session)
    seats.release(db, old, old_session, to=BookingState.MOVED, now=now)
    seats.take(db, new, new_session, now=now)
    settled = seats_from_line.settle_among(asked.bookings, new, course_id=new_session.course_id, now=now)
    struck = [each.id for each in settled.struck]
    noting.note(db, "seat.moved", new, now=now, by=by, left=old.id, late=new.is_bound, struck=struck)
    letters.seat_moved(
        db, new, person=person, session=new_session, left=[(old, old_session)], lines=settled.lines, now=now
    )
    choices.settle(db, [person_id], now=now)
    return new


def successor(
    old: Booking, waiting: Booking | None, session: CourseSession, person: Person, *, now: datetime
) -> Booking:
    """What becomes the seat: the place that the person has in the line, else a new one.

    It stands where the old one stood on the round's list, if any, and counts against the same cap.
    """
    new = waiting or waitlist.place(session, person, rank=old.rank, origin=Origin.REBOOKING, key=[], now=now)
    if new.round_id is None and old.round_id is not None:
        new.round_id, new.wave = old.round_id, old.wave
    new.rank = min(new.rank, old.rank)  # No line that the old seat kept the person out of takes the new one away.
    return new
