"""Absences: when a completed session says that somebody was never there, the basis for invoices follows.

It does so at the next tick, by the fee of that day, and once more when it is corrected: what has been invoiced stays
as it was, and the difference is put down for the day on which it was known.
"""

from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from auth.states import Category
from bookings import noting
from bookings.models import AbsenceCharge, Booking
from bookings.rules.absence_fee import difference, no_show_percent, seat_percent
from bookings.states import BookingState
from courses import sessions
from courses.models import Completion
from courses.states import Absence
from lararportal.clock import day_of

_LAST = (
    select(AbsenceCharge.absence)
    .where(AbsenceCharge.booking_id == Booking.id)
    .order_by(AbsenceCharge.id.desc())
    .limit(1)
    .correlate(Booking)
    .scalar_subquery()
)
_DECIDED = and_(Completion.session_id == Booking.session_id, Completion.person_id == Booking.person_id)
_UNLIKE = and_(
    Booking.state == BookingState.BOOKED, Booking.charged_on.is_not(None), Completion.absence.is_distinct_from(_LAST)
)
"""Of a seat and what was decided of it: it was put down, and what holds of it there is something else."""


def due(db: Session, *, now: datetime) -> list[int]:  # noqa: ARG001 - asked as whatever the tick asks
    """The sessions of which somebody's absence is not in the basis for invoices as it was decided."""
    session_id = Booking.session_id
    return list(
        db.scalars(select(session_id).join(Completion, _DECIDED).where(_UNLIKE).distinct().order_by(session_id))
    )


def settle(db: Session, session_id: int, *, fee: int | None = None, now: datetime, by: int | None) -> int:
    """Every seat of the session that was put down counts as its holder came to it, from today; how many change.

    `fee` is what it costs here to stay away, in per cent; by default it is recorded, and nothing more.

    Raises:
        NotFound: there is no such session.
    """
    sessions.lock(db, [session_id])
    found = db.execute(
        select(Booking, Completion.absence)
        .join(Completion, _DECIDED)
        .where(_UNLIKE, Booking.session_id == session_id)
        .order_by(Booking.id)
    ).all()
    for booking, absence in found:
        _put_down(db, booking, absence, fee=fee, now=now, by=by)
    return len(found)


def _put_down(
    db: Session, booking: Booking, absence: Absence | None, *, fee: int | None, now: datetime, by: int | None
) -> None:
    is_paid = booking.charged_category is Category.PRE_ST
    before = _percent_so_far(db, booking, is_paid=is_paid)
    after = (
        no_show_percent(is_paid=is_paid, fee=fee)
        if absence is Absence.NO_SHOW
        else seat_percent(is_paid=is_paid, was_ill=absence is Absence.ILL)
    )
    charge = AbsenceCharge(
        booking_id=booking.id,
        person_id=booking.person_id,
        on=day_of(now),
        absence=absence,
        percent=difference(before, after),
    )
    db.add(charge)
    db.flush()
    said = {"charge": charge.id, "on": charge.on.isoformat(), "absence": absence, "percent": charge.percent}
    noting.note(db, "absence.charged", booking, now=now, by=by, **said)


def _percent_so_far(db: Session, booking: Booking, *, is_paid: bool) -> int | None:
    """What the seat comes to with all that was put down of it; None while its last row is recorded only."""
    rows = db.scalars(
        select(AbsenceCharge).where(AbsenceCharge.booking_id == booking.id).order_by(AbsenceCharge.id)
    ).all()
    if rows and rows[-1].absence is Absence.NO_SHOW and rows[-1].percent is None:
        return None
    told = sum(each.percent for each in rows if each.percent is not None)
    return told + seat_percent(is_paid=is_paid, was_ill=False)
