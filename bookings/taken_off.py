"""Somebody is taken off a line by staff, by name and with a reason that they are told."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from bookings import letters, noting, seats, waitlist
from bookings.models import Booking
from bookings.precedence import insist_on_powers, insist_on_reason
from bookings.states import OPEN, BookingState, Refusal
from courses import sessions
from lararportal.errors import Refused


def take_off(db: Session, *, session_id: int, person_id: int, reason: str, now: datetime, by: int) -> Booking:
    """The person no longer waits for the session; a seat that was kept for them there belongs to the next.

    Raises:
        NotFound: there is no such session or person.
        Refused: there is no reason, the person does not wait there, or `by` waits for the course too.
    """
    insist_on_reason(reason)
    [session] = sessions.lock(db, [session_id])
    [person] = people.lock(db, [person_id])
    if by != person_id:
        insist_on_powers(db, person, course_id=session.course_id, now=now, by=by)
    booking = waitlist.live(db, session_id=session_id, person_id=person_id)
    if booking is None or booking.state not in OPEN:
        raise Refused(Refusal.PERSON_NOT_WAITING)
    was_offered = booking.state is BookingState.OFFERED
    if was_offered:
        seats.let_go(booking, session, to=BookingState.LEFT, now=now)
    else:
        booking.move_to(BookingState.LEFT, now=now)
    booking.end_reason = reason.strip()
    noting.note(db, "line.taken_off", booking, now=now, by=by, was_offered=was_offered)
    letters.taken_off_line(db, booking, person=person, session=session, was_offered=was_offered, now=now)
    return booking
