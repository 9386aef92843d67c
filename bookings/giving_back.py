"""What giving a seat back means today: what it costs, what a change takes along, and whether it can be undone."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from bookings import choices, facts, rounds
from bookings.facts import Taken
from bookings.had import HadIn
from bookings.models import Booking
from bookings.rules import late_fee
from bookings.rules import seats as rules
from bookings.rules.late_fee import FeeSteps
from bookings.rules.seats import GivenBack
from bookings.seat_calendar import Seat
from bookings.states import REFUSED, BookingState, CancelGround, Origin, Refusal
from courses.models import CourseSession
from lararportal.clock import day_of
from lararportal.journal import Entry

COMING = ("seat.booked", "seat.moved", "seat.from_line", "seat.swapped", "seat.displaced", "offer.made")
"""Deeds by which somebody comes to a seat, or to the promise of one."""


def fee_percent(
    booking: Booking,
    session: CourseSession,
    *,
    ground: CancelGround | None,
    steps: FeeSteps,
    is_late: bool,
    now: datetime,
) -> int | None:
    """What it would cost to give the seat back now, for this reason; None where nothing is charged for anything."""
    return late_fee.fee_percent(
        steps,
        is_late=is_late,
        ground=ground,
        starts_on=session.starts_on,
        bound_days=booking.bound_days,
        today=day_of(now),
    )


def is_late(db: Session, booking: Booking, session: CourseSession, *, now: datetime) -> bool:
    """Whether giving the seat back now counts as late: not while they must choose between it and another one."""
    return facts.is_late(booking, session, now=now) and not choices.is_chosen_against(db, booking)


def keeps_precedence(
    db: Session, booking: Booking, session: CourseSession, *, ground: CancelGround | None, now: datetime
) -> bool:
    """Whether precedence that led to the seat holds again when it is given back now, for this reason.

    Who was moved there, must choose between it and another, or has it taken by the office, did not want to lose it.
    """
    if ground is CancelGround.OURS:
        return True
    never_asked = booking.origin is Origin.DISPLACED or booking.state is BookingState.MUST_CHOOSE
    return (never_asked or choices.is_chosen_against(db, booking)) and not is_late(db, booking, session, now=now)


def bound_days(db: Session, left: Collection[Seat], *, now: datetime) -> int | None:
    """How a seat is bound that these are left for now: by the nearest start among those that it is late to leave."""
    return min(
        (
            late_fee.days_left(starts_on=session.starts_on, bound_days=booking.bound_days, today=day_of(now))
            for booking, session in left
            if is_late(db, booking, session, now=now)
        ),
        default=None,
    )


def seats_given_back(db: Session, booking_ids: Collection[int]) -> dict[int, GivenBack]:
    """What has become of these cancelled seats, by booking."""
    mine, other = aliased(Booking), aliased(Booking)
    of_others = other.session_id == mine.session_id
    freed = (
        select(func.count())
        .where(of_others, other.ended_at.is_not(None), _was_kept(other), _noted_of(other, after=mine))
        .scalar_subquery()
    )
    since = freed + _added_after(mine)
    by_the_clock = exists().where(of_others, (other.booked_at >= mine.ended_at) | (other.asked_at >= mine.ended_at))
    came = by_the_clock | _noted_after(mine)
    is_asked = exists().where(of_others, other.state == BookingState.ASKED)
    in_round = CourseSession.id.in_(rounds.sessions_to_be_given())
    rows = db.execute(
        select(mine.id, mine.ended_at, CourseSession.free_seats, since, came, is_asked, in_round)
        .join(CourseSession, CourseSession.id == mine.session_id)
        .where(mine.id.in_(booking_ids), mine.state == BookingState.CANCELLED)
    )
    return {
        booking_id: GivenBack(
            ended_at=ended_at,
            free_seats=free_seats,
            freed_since=freed_since,
            somebody_came=somebody_came,
            is_asked_about=is_asked_about,
            is_to_be_given=is_to_be_given,
        )
        for booking_id, ended_at, free_seats, freed_since, somebody_came, is_asked_about, is_to_be_given in rows
    }


def _was_kept(other: type[Booking]) -> ColumnElement[bool]:
    """Whether it was a seat, or kept one until somebody answered."""
    return other.state.in_(REFUSED) | other.booked_at.is_not(None)


def _noted_of(other: type[Booking], *, after: type[Booking]) -> ColumnElement[bool]:
    """Whether the journal has what became of one seat after the cancellation of another, as `_noted_after`."""
    later = aliased(Entry)
    is_of_it = later.facts["booking"].as_integer() == other.id
    is_left = later.facts["left"].contains(func.to_jsonb(other.id))
    return exists().where(later.person_id == other.person_id, later.id > _noted_as(after), is_of_it | is_left)


def _noted_after(mine: type[Booking]) -> ColumnElement[bool]:
    """Whether the journal has somebody come after the cancellation, whatever their clocks said.

    Who waited long for the lock comes after a cancellation that was asked for later, and has an earlier moment.
    """
    later = aliased(Entry)
    return exists().where(later.session_id == mine.session_id, later.id > _noted_as(mine), later.deed.in_(COMING))


def _added_after(mine: type[Booking]) -> ColumnElement[int]:
    """How many more seats the session has been given since than were taken from it: they are for the line."""
    later = aliased(Entry)
    seats = later.facts["changed"]["seats"]
    more = func.sum(seats[1].as_integer() - seats[0].as_integer())
    return (
        select(func.greatest(more, 0))
        .where(later.session_id == mine.session_id, later.id > _noted_as(mine), later.deed == "session.changed")
        .scalar_subquery()
    )


def _noted_as(mine: type[Booking]) -> ColumnElement[int]:
    """The last entry of the journal that says that the seat was cancelled."""
    cancelled = aliased(Entry)
    return (
        select(func.max(cancelled.id))
        .where(
            cancelled.session_id == mine.session_id,
            cancelled.deed == "seat.cancelled",
            cancelled.facts["booking"].as_integer() == mine.id,
        )
        .correlate_except(cancelled)
        .scalar_subquery()
    )


def why_not_undo(
    session: CourseSession | HadIn, seat: GivenBack, live: Sequence[Taken], *, now: datetime
) -> Refusal | None:
    """Why a cancellation stands; `live` is all that the person has."""
    today = day_of(now)
    return rules.may_undo(facts.target(session, None), facts.holdings(live, today=today), seat, now=now, today=today)
