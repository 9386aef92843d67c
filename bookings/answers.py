"""The answer to an offer: yes, and the seat is theirs; no, and it goes to the next; or a yes given beforehand."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from bookings import facts, in_line, noting, seats, seats_from_line, waitlist
from bookings.models import Booking
from bookings.rules.line import Move, Waiter, stands_for, would_leave
from bookings.states import ANSWERABLE, BookingState, Refusal
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal.clock import day_of
from lararportal.errors import Refused


def accept(db: Session, *, session_id: int, person_id: int, saw: str = "", now: datetime, by: int | None) -> Booking:
    """The seat is the person's, at one stroke with what they leave for it; in a call-out their yes is remembered.

    `saw` stands for the seats that they were told they would leave, and for the session as it was shown; by default
    there are none, and it was never moved.

    Raises:
        NotFound: there is no such session or person.
        Refused: nothing is offered to them there, the time to answer has passed, or the session is held no more or
            has begun; they may not have the seat, or have another one by now that they would not leave for it, or
            would leave other seats than what they saw, or it was moved since then.
    """
    foreseen = _move(_waiter(db, session_id=session_id, person_id=person_id, now=now))
    left = seats_from_line.sessions_left([foreseen] if foreseen else [])
    locked = {each.id: each for each in sessions.lock(db, {session_id, *left})}
    [person] = people.lock(db, [person_id])
    booking = _answerable(db, locked[session_id], person_id=person_id, now=now)
    move = _insist(_waiter(db, session_id=session_id, person_id=person_id, now=now))
    if saw != stands_for(move.leaves, locked[session_id].moved_at):
        raise Refused(Refusal.ANSWER_MEANS_OTHER)
    if booking.state is BookingState.ASKED:
        booking.yes_at, booking.yes_leaves = now, list(move.leaves)
        noting.note(db, "call_out.accepted", booking, now=now, by=by)
        return booking
    if not seats_from_line.sessions_left([move]) <= locked.keys():
        raise Refused(Refusal.DAY_TAKEN_MEANWHILE)
    return seats_from_line.give(db, move, locked, person, session_id=session_id, now=now, by=by)


def decline(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> None:
    """The person is off that line; a seat that was kept for them belongs to the next.

    Raises:
        NotFound: there is no such session or person.
        Refused: nothing is offered to them there, the time to answer has passed, or there is nothing to answer about.
    """
    [session] = sessions.lock(db, [session_id])
    people.lock(db, [person_id])
    booking = _answerable(db, session, person_id=person_id, now=now)
    if booking.state is BookingState.ASKED:
        booking.move_to(BookingState.LEFT, now=now)
        noting.note(db, "call_out.declined", booking, now=now, by=by)
    else:
        seats.let_go(booking, session, to=BookingState.DECLINED, now=now)
        noting.note(db, "offer.declined", booking, now=now, by=by)


def answer_beforehand(
    db: Session,
    *,
    session_id: int,
    person_id: int,
    standing_yes: bool,
    short_notice: bool,
    now: datetime,
    by: int | None,
) -> None:
    """How the person wants to have a seat from this line: at once or asked first, and in the last days or not.

    Raises:
        NotFound: there is no such session or person.
        Refused: they do not wait for it.
    """
    sessions.lock(db, [session_id])
    people.lock(db, [person_id])
    booking = waitlist.live(db, session_id=session_id, person_id=person_id)
    if booking is None or booking.state is not BookingState.WAITING:
        raise Refused(Refusal.NOT_WAITING)
    booking.standing_yes, booking.short_notice = standing_yes, short_notice
    noting.note(
        db, "line.answered_beforehand", booking, now=now, by=by, standing_yes=standing_yes, short_notice=short_notice
    )


def seen(db: Session, *, session_id: int, person_id: int, now: datetime) -> str:
    """What stands for the session as it is, and the seats that a yes would give up, to be said yes to."""
    move = _move(_waiter(db, session_id=session_id, person_id=person_id, now=now))
    return stands_for(move.leaves if move else (), db.get_one(CourseSession, session_id).moved_at)


def _waiter(db: Session, *, session_id: int, person_id: int, now: datetime) -> Waiter | None:
    """Who is asked, with all that they have; None when nothing is asked."""
    asked = in_line.answerable(db, [session_id], today=day_of(now))[session_id]
    return next((waiter for waiter in asked if waiter.person_id == person_id), None)


def _move(waiter: Waiter | None) -> Move | None:
    """What a yes would mean; None when nothing is asked, or the seat would not be taken."""
    leaves = would_leave(waiter) if waiter is not None else None
    return Move(waiter, tuple(leaves)) if waiter is not None and leaves is not None else None


def _insist(waiter: Waiter | None) -> Move:
    move = _move(waiter)
    if move is None:
        barred = waiter.barred if waiter is not None else None
        raise Refused(barred or Refusal.OFFER_COLLIDES)
    return move


def _answerable(db: Session, session: CourseSession, *, person_id: int, now: datetime) -> Booking:
    booking = waitlist.live(db, session_id=session.id, person_id=person_id)
    if booking is None or booking.state not in ANSWERABLE:
        raise Refused(Refusal.NOT_OFFERED)
    if booking.answer_by is None or now > booking.answer_by:
        raise Refused(Refusal.OFFER_LAPSED)
    if session.publicity is not Publicity.PUBLISHED:
        raise Refused(Refusal.SESSION_NOT_OPEN)
    if facts.start_of(session).moment <= now:
        raise Refused(Refusal.SESSION_STARTED)
    return booking
