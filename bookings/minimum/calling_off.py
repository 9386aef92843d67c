"""Calling off: a session is not held, and everybody in it has a seat in another one, or precedence for the next.

One deed, whoever and however many it concerns: a person decides it with a name and a reason, after a look at what it
means (`displaced`), and everybody has one letter. Who finds no room has `compensation`.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from auth import people
from bookings import (
    choices,
    funding,
    impartiality,
    letters,
    noting,
    precedence,
    rebooking,
    rounds,
    seats,
    seats_from_line,
)
from bookings.deciders import deciders
from bookings.minimum import cases, compensation, displaced
from bookings.minimum.displaced import Outlook
from bookings.models import Booking
from bookings.rules import calling_off as rules
from bookings.rules.calling_off import Fate
from bookings.rules.history import last_term, term_of
from bookings.rules.minimum import CaseEnd
from bookings.seats_from_line import Settled
from bookings.states import LIVE, BookingState, Origin, Refusal
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import journal, pages
from lararportal.clock import day_of
from lararportal.errors import NotFound, Refused, insist


def foreseen(db: Session, *, session_id: int, now: datetime) -> Outlook:
    """What calling the session off would mean now; nothing is held, and nothing is changed.

    Raises:
        NotFound: there is no such session.
        Refused: it cannot be called off.
    """
    session = _called_for(db, session_id, now=now)
    sisters = displaced.sessions_by_id(db, displaced.sister_ids(db, session, today=day_of(now)))
    return displaced.look(db, session, list(sisters.values()), now=now)


def foreseen_merger(db: Session, *, session_id: int, into: int, now: datetime) -> Outlook:
    """As `foreseen`, when everybody would be moved to this one sister session.

    Raises:
        NotFound: there is no such session.
        Refused: it cannot be called off, or the other is no session of the course that has seats to give.
    """
    session = _called_for(db, session_id, now=now)
    _insist_on_sister(db, session, into, now=now)
    return displaced.look(db, session, list(displaced.sessions_by_id(db, [into]).values()), now=now)


def call_off(db: Session, *, session_id: int, reason: str, saw: str, now: datetime, by: int) -> Outlook:
    """The session is not held. Everybody has a seat in a sister session or precedence, and a letter; nobody waits.

    Raises:
        NotFound: there is no such session.
        Refused: no reason is given, `by` has a seat in the course, waits or has applied for it; the session cannot be
            called off; or it would mean something else by now than what `saw` stands for.
    """
    outlook = _hold(db, session_id, None, reason=reason, saw=saw, now=now, by=by)
    _carry_out(db, outlook, CaseEnd.CALLED_OFF, reason=reason.strip(), now=now, by=by)
    return outlook


def merge(db: Session, *, session_id: int, into: int, reason: str, saw: str, now: datetime, by: int) -> Outlook:
    """As `call_off`, but everybody is moved to one sister session, or nobody is.

    Raises:
        NotFound: there is no such session.
        Refused: as for `call_off`; the other is no sister with seats to give, not everybody can come there, or nobody
            is booked who could.
    """
    outlook = _hold(db, session_id, into, reason=reason, saw=saw, now=now, by=by)
    if outlook.unplaced:
        raise Refused(Refusal.MERGE_LEAVES_SOMEBODY, left=len(outlook.unplaced))
    if not outlook.placed:
        raise Refused(Refusal.NOBODY_TO_MOVE)
    _carry_out(db, outlook, CaseEnd.MERGED, reason=reason.strip(), now=now, by=by)
    return outlook


def _called_for(db: Session, session_id: int, *, now: datetime) -> CourseSession:
    found = displaced.sessions_by_id(db, [session_id]).get(session_id)
    if found is None:
        raise NotFound
    _insist_on_state(db, found, now=now)
    return found


def _insist_on_state(db: Session, session: CourseSession, *, now: datetime) -> None:
    to_be_given = select(exists().where(rounds.sessions_to_be_given().subquery().c.session_id == session.id))
    insist(
        rules.may_be_called_off(
            is_published=session.publicity is Publicity.PUBLISHED,
            is_to_be_given=bool(db.scalar(to_be_given)),
            starts_on=session.starts_on,
            today=day_of(now),
        )
    )


def _insist_on_sister(db: Session, session: CourseSession, into: int, *, now: datetime) -> None:
    if into not in displaced.sister_ids(db, session, today=day_of(now)):
        raise Refused(Refusal.NO_SUCH_SISTER)


def _hold(
    db: Session, session_id: int, into: int | None, *, reason: str, saw: str, now: datetime, by: int
) -> Outlook:
    """Locks the sessions of the course and then everybody in this one, and looks again."""
    precedence.insist_on_reason(reason)
    first = _called_for(db, session_id, now=now)
    wanted = displaced.sister_ids(db, first, today=day_of(now)) if into is None else [into]
    locked = {each.id: each for each in sessions.lock(db, {session_id, *wanted})}
    session = locked[session_id]
    _insist_on_state(db, session, now=now)
    if into is not None:
        _insist_on_sister(db, session, into, now=now)
    in_it = select(Booking.person_id).where(Booking.session_id == session_id, Booking.state.in_(LIVE))
    people.lock(db, db.scalars(in_it).all())
    impartiality.insist(db, session, now=now, by=by)
    still = displaced.sister_ids(db, session, today=day_of(now))
    outlook = displaced.look(db, session, [locked[each] for each in wanted if each in still], now=now)
    if saw != outlook.token:
        raise Refused(Refusal.OUTLOOK_CHANGED)
    return outlook


def _carry_out(db: Session, outlook: Outlook, end: CaseEnd, *, reason: str, now: datetime, by: int) -> None:
    session = outlook.session
    cases.end(db, session, end, reason=reason, now=now, by=by)
    lost = [outlook.bookings[fate.person.booking_id] for fate in outlook.fates]
    for old in lost:
        old.end_reason = reason
    seats.release_all(db, [(old, session) for old in lost], to=BookingState.CALLED_OFF, now=now)
    for booking in outlook.waiting:
        _end_place(db, booking, outlook, now=now, by=by)
    compensation.give_precedence(db, outlook, reason=reason, now=now, by=by)
    new = [_new_seat(outlook, fate, now=now) for fate in outlook.placed]
    for fate, booking in zip(outlook.placed, new, strict=True):
        old = outlook.bookings[fate.person.booking_id]
        funding.carry_over(old, booking, session=outlook.sisters[booking.session_id], left=session)
    seats.take_all(db, [(booking, outlook.sisters[booking.session_id]) for booking in new], now=now)
    settled = seats_from_line.settle_all(db, new, course_id=session.course_id, now=now)
    for fate, booking in zip(outlook.placed, new, strict=True):
        _tell_moved(db, outlook, fate, booking, settled[booking.id], reason=reason, now=now, by=by)
    compensation.give_places(db, outlook, reason=reason, now=now, by=by)
    choices.settle(db, [fate.person.person_id for fate in outlook.fates], now=now)
    _note(db, outlook, reason=reason, now=now, by=by)
    sessions.call_off(db, session_id=session.id, now=now, by=by)


def _note(db: Session, outlook: Outlook, *, reason: str, now: datetime, by: int) -> None:
    """The decision is in the journal, and those who could have taken it have a letter."""
    session = outlook.session
    told = deciders(db, session, but=by)
    journal.note(
        db,
        "calling_off.decided",
        now=now,
        by=by,
        session=session.id,
        reason=reason,
        moved=len(outlook.placed),
        with_precedence=len(outlook.unplaced),
        waiting=len(outlook.waiting),
        told=[each.id for each in told],
    )
    letters.session_called_off_to_staff(
        db,
        persons=told,
        session=session,
        moved=len(outlook.placed),
        left=len(outlook.unplaced),
        reason=reason,
        decided_by=precedence.name_of(db, by),
        now=now,
    )


def _end_place(db: Session, booking: Booking, outlook: Outlook, *, now: datetime, by: int) -> None:
    """The place in line is over, and so is an offer; the letter says where else the course can be asked for."""
    if booking.state is BookingState.OFFERED:
        seats.let_go(booking, outlook.session, to=BookingState.LEFT, now=now)
    else:
        booking.move_to(BookingState.LEFT, now=now)
    booking.end_reason = pages.words()["line_ended"][Publicity.CALLED_OFF]
    noting.note(db, "line.called_off", booking, now=now, by=by)
    letters.line_called_off(
        db,
        booking,
        person=outlook.persons[booking.person_id],
        session=outlook.session,
        sisters=displaced.by_start(outlook.sisters.values()),
        now=now,
    )


def _new_seat(outlook: Outlook, fate: Fate, *, now: datetime) -> Booking:
    """The seat in the sister session: the place that the person has in its line, else a new booking."""
    old = outlook.bookings[fate.person.booking_id]
    assert fate.to is not None, "only who is placed has a new seat"
    waiting = outlook.place_in(fate, fate.to)
    new = rebooking.successor(old, waiting, outlook.sisters[fate.to], outlook.persons[old.person_id], now=now)
    if waiting is None:
        new.origin, new.key = Origin.DISPLACED, list(fate.person.key)
    return new


def _tell_moved(
    db: Session,
    outlook: Outlook,
    fate: Fate,
    new: Booking,
    settled: Settled,
    *,
    reason: str,
    now: datetime,
    by: int,
) -> None:
    old, sister = outlook.bookings[fate.person.booking_id], outlook.sisters[new.session_id]
    noting.note(db, "seat.called_off", old, now=now, by=by, to=new.id)
    noting.note(db, "seat.displaced", new, now=now, by=by, left=old.id, struck=[each.id for each in settled.struck])
    letters.session_called_off(
        db,
        (old, outlook.session),
        person=outlook.persons[old.person_id],
        moved_to=(new, sister),
        lines=settled.lines.still_wanted,
        struck=settled.lines.struck,
        until=last_term(term_of(day_of(now))),
        reason=reason,
        now=now,
    )
