"""Cancellation: a seat is given back, and belongs to the next in line; for some minutes it can be undone."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import (
    asking,
    charging,
    choices,
    giving_back,
    impartiality,
    letters,
    noting,
    seats,
    seats_from_line,
    waitlist,
)
from bookings.asking import Asking
from bookings.models import Booking
from bookings.rules import late_fee
from bookings.rules import seats as rules
from bookings.rules.late_fee import FeeSteps
from bookings.states import SEATED, BookingState, CancelGround, Refusal
from courses import sessions
from courses.models import CourseSession
from lararportal.clock import day_of
from lararportal.errors import Refused, insist


def cancel(
    db: Session,
    *,
    session_id: int,
    person_id: int,
    reason: str,
    ground: CancelGround | None = None,
    fee: FeeSteps = (),
    now: datetime,
    by: int | None,
) -> Booking:
    """The seat is free, and the person has a letter about it; what was late is recorded with its ground and its cost.

    Who never asked for the seat, or not to lose it, and gives it back in time, goes before others again.

    `reason` is in words. In time nobody owes one, and what the person says of their own is not kept. `fee` is what
    late cancellations cost here; by default they are recorded, and nothing more. Where staff cancel for a reason of
    the office, whenever it is, nobody was late and the reason is told.

    Raises:
        NotFound: there is no such session or person.
        Refused: the person has no seat there, the session has begun, it is late and the ground is missing, or
            somebody else cancels who has an interest in the course.
    """
    [session] = sessions.lock(db, [session_id])
    [person] = people.lock(db, [person_id])
    impartiality.insist_for(db, session, person_id=person_id, now=now, by=by)
    booking = waitlist.live(db, session_id=session_id, person_id=person_id)
    if booking is None or booking.state not in SEATED:
        raise Refused(Refusal.NOT_BOOKED)
    owes_ground = giving_back.is_late(db, booking, session, now=now)
    if by == person_id and ground not in late_fee.OWN_GROUNDS:
        ground = None
    insist(rules.may_cancel(starts_on=session.starts_on, today=day_of(now)))
    insist(late_fee.what_ground_lacks(is_late=owes_ground, ground=ground, words=reason))
    is_late = owes_ground and ground is not CancelGround.OURS
    holds_again = giving_back.keeps_precedence(db, booking, session, ground=ground, now=now)
    booking.fee_percent = giving_back.fee_percent(
        booking, session, ground=ground, steps=fee, is_late=is_late, now=now
    )
    booking.cancelled_by_staff = by != person_id
    booking.ended_late = is_late
    booking.cancel_ground = ground if owes_ground or ground is CancelGround.OURS else None
    booking.end_reason = reason if owes_ground or by != person_id else ""
    credited = charging.charge_late(db, booking, person, now=now) if owes_ground else []
    seats.release(db, booking, session, to=BookingState.CANCELLED, now=now)
    what = {"late": is_late, "fee": booking.fee_percent}
    noting.note_with(db, "seat.cancelled", booking, credited, now=now, by=by, **what)
    until = seats.keep_precedence(db, booking, now=now, by=by) if holds_again else None
    _tell(db, booking, person, session, until=until, now=now, by=by)
    choices.settle(db, [person_id], now=now)
    return booking


def _tell(
    db: Session,
    booking: Booking,
    person: Person,
    session: CourseSession,
    *,
    until: str | None,
    now: datetime,
    by: int | None,
) -> None:
    """What is late has a letter of its own."""
    if booking.ended_late:
        letters.seat_cancelled_late(db, booking, person=person, session=session, by=by, now=now)
    else:
        letters.seat_cancelled(db, booking, person=person, session=session, until=until, by=by, now=now)


def undo(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> Booking:
    """The person has the very seat that was cancelled, as if it never had been, and a letter about it.

    It keeps its rank: what they have wished for since they want less, and do not wait for in its course any more.

    Raises:
        NotFound: there is no such session or person.
        Refused: nothing was cancelled there, or not just now; it was by staff, and the person asks themselves; the
            session has begun or is not held; somebody else has the seat, or is asked about it; or the person has
            something else by now that it collides with, or somebody else asks who has an interest in the course.
    """
    asked = asking.hold(db, session_id=session_id, person_id=person_id, now=now)
    impartiality.insist_for(db, asked.session, person_id=person_id, now=now, by=by)
    booking = _cancelled(db, asked)
    if booking.cancelled_by_staff and by == person_id:
        raise Refused(Refusal.CANCELLED_BY_STAFF)
    seat = giving_back.seats_given_back(db, [booking.id])[booking.id]
    refusal = giving_back.why_not_undo(asked.session, seat, asked.bookings, now=now)
    if refusal is not None:
        raise Refused(refusal, **asked.facts_for(refusal))
    booking.ended_late, booking.cancel_ground, booking.end_reason = False, None, ""
    booking.fee_percent = booking.cancelled_by_staff = None
    charging.take_back(booking)
    lowered = _wish_less(asked.bookings, booking, since=seat.ended_at)
    seats.restore(db, booking, asked.session, now=now)
    settled = seats_from_line.settle_among(asked.bookings, booking, course_id=asked.session.course_id, now=now)
    struck = [each.id for each in settled.struck]
    noting.note_with(db, "seat.restored", booking, lowered, now=now, by=by, struck=struck)
    letters.cancellation_undone(
        db,
        booking,
        person=asked.person,
        session=asked.session,
        lines=settled.lines,
        since=seat.ended_at,
        by=by,
        now=now,
    )
    return booking


def _wish_less(bookings: Iterable[Booking], than: Booking, *, since: datetime) -> list[Booking]:
    """What was wished for after the seat was given back comes after it, as it would have with the seat in hand."""
    lowered = [each for each in bookings if each.joined_at >= since and each.rank <= than.rank]
    for each in lowered:
        each.rank += than.rank
    return lowered


def _cancelled(db: Session, asked: Asking) -> Booking:
    """The person's last seat in the session, when it was cancelled."""
    had = db.scalars(
        select(Booking)
        .where(
            Booking.session_id == asked.session.id,
            Booking.person_id == asked.person.id,
            Booking.booked_at.is_not(None),
        )
        .order_by(Booking.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()
    if had is None or had.state is not BookingState.CANCELLED:
        raise Refused(Refusal.NOTHING_TO_UNDO)
    return had
