"""What there is to invoice in a period: paid seats, late cancellations, and who stayed away."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from auth.models import BY_NAME, Person, shown_name
from auth.states import Category
from bookings.models import AbsenceCharge, Booking
from bookings.states import BookingState, Charge
from courses.days_in_order import DAYS_IN_ORDER
from courses.models import Course, CourseSession
from courses.states import Absence
from lararportal.paging import Page, paginate

WHOLE = 100
AT_ONCE = 500
"""Rows that are fetched together, of a list that is handed out whole."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days in Stockholm, the last one included."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class InvoiceRow:
    """One seat that somebody may be invoiced for."""

    person_id: int
    name: str
    category: Category | None
    workplace: str
    charge: Charge
    session_id: int
    course_code: str
    course_title: str
    place: str
    days: tuple[date, ...]
    cancelled_at: datetime | None
    reason: str
    """In words; it is for the office, and does not leave the portal."""
    is_credited: bool
    """A late cancellation of the seat that was charged for is taken off."""
    percent: int | None
    """Of the fee of the course; None where a late cancellation, or staying away, is recorded only."""


def month_before(today: date) -> Period:
    """The whole month before this one."""
    last = today.replace(day=1) - timedelta(days=1)
    return Period(first=last.replace(day=1), last=last)


def invoice_rows(db: Session, period: Period, *, number: int) -> Page[InvoiceRow]:
    """A page of them, by workplace and name, in three statements."""
    first = func.min(_EVENTS.c.booking_id)
    page = paginate(db, _of(period).with_only_columns(first), number=number)
    rows = db.execute(_of(period).having(first.in_(page.rows))) if page.rows else ()
    return replace(page, rows=[_row(each) for each in rows])


def all_invoice_rows(db: Session, period: Period) -> Iterator[InvoiceRow]:
    """All of them, in one statement, some hundreds in memory at a time."""
    for each in db.execute(_of(period).execution_options(yield_per=AT_ONCE)):
        yield _row(each)


def _charged() -> Select[*tuple[Any, ...]]:
    """What was put down: seats that somebody had, which an employer pays for some, and late cancellations."""
    is_paid = Booking.charged_category == Category.PRE_ST
    price = case((Booking.state != BookingState.BOOKED, Booking.fee_percent), (is_paid, WHOLE), else_=0)
    return select(
        Booking.id.label("booking_id"),
        Booking.charged_on.label("on"),
        price.label("percent"),
        case((Booking.state == BookingState.BOOKED, Charge.SEAT.value), else_=Charge.LATE_CANCELLATION.value).label(
            "charge"
        ),
    ).where(Booking.charged_on.is_not(None))


def _credited() -> Select[*tuple[Any, ...]]:
    """And late cancellations that cost nothing after all, from the day on which that was put down."""
    return select(Booking.id, Booking.credited_on, -Booking.fee_percent, literal(Charge.CREDIT.value)).where(
        Booking.credited_on.is_not(None)
    )


_ABSENCE = "absence"
"""What is less or more since it was said whether they came: it is no row of its own, unless that is all there is."""


def _absences() -> Select[*tuple[Any, ...]]:
    """And what a seat costs more or less by whether they came to it, from the day on which that was put down."""
    change = AbsenceCharge.percent
    kind = case(
        (AbsenceCharge.absence == Absence.NO_SHOW, Charge.NO_SHOW.value),
        (change > 0, Charge.SEAT.value),
        else_=literal(_ABSENCE),
    )
    return select(AbsenceCharge.booking_id, AbsenceCharge.on, change, kind)


_EVENTS = union_all(_charged(), _credited(), _absences()).subquery()


def _of(period: Period) -> Select[*tuple[Any, ...]]:
    """For each person, session and payer what it comes to in the period; what comes to nothing is left out."""
    sum_, kind = func.sum(_EVENTS.c.percent), _EVENTS.c.charge
    paid = _count((kind == Charge.SEAT.value) & (_EVENTS.c.percent > 0))
    is_late, is_no_show = (kind == each.value for each in (Charge.LATE_CANCELLATION, Charge.NO_SHOW))
    adds, has_no_sum = is_late | is_no_show, _EVENTS.c.percent.is_(None)
    return (
        select(
            func.nullif(sum_, 0).label("percent"),
            paid.label("paid"),
            _count(is_no_show).label("stayed_away"),
            _count(kind == Charge.CREDIT.value).label("credited"),
            func.max(Booking.ended_at).filter(is_late).label("cancelled_at"),
            func.max(Booking.end_reason).filter(is_late).label("reason"),
            Booking.charged_category.label("category"),
            Booking.charged_workplace.label("workplace"),
            Person.id.label("person_id"),
            Person.given_name,
            Person.family_name,
            Person.is_protected,
            CourseSession.id.label("session_id"),
            CourseSession.place,
            Course.code,
            Course.title,
            DAYS_IN_ORDER.label("days"),
        )
        .select_from(_EVENTS)
        .join(Booking, Booking.id == _EVENTS.c.booking_id)
        .join(Person, Person.id == Booking.person_id)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .join(Course, Course.id == CourseSession.course_id)
        .where(_EVENTS.c.on.between(period.first, period.last))
        .group_by(Person.id, CourseSession.id, Course.id, Booking.charged_category, Booking.charged_workplace)
        .having(or_(sum_ != 0, _count(has_no_sum & adds) > _count(has_no_sum & ~adds)))
        .order_by(
            Booking.charged_workplace,
            *BY_NAME,
            CourseSession.starts_on,
            func.min(_EVENTS.c.booking_id),
        )
    )


def _count(of: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(of)


def _row(found: Any) -> InvoiceRow:
    return InvoiceRow(
        person_id=found.person_id,
        name=shown_name(found.person_id, found.given_name, found.family_name, found.is_protected),
        category=found.category,
        workplace=found.workplace or "",
        charge=_charge(found),
        session_id=found.session_id,
        course_code=found.code,
        course_title=found.title,
        place=found.place,
        days=tuple(found.days),
        cancelled_at=None if found.paid or found.stayed_away else found.cancelled_at,
        reason="" if found.paid or found.stayed_away else found.reason or "",
        is_credited=bool(found.credited),
        percent=found.percent,
    )


def _charge(found: Any) -> Charge:
    if found.paid:
        return Charge.SEAT
    if (found.percent or 0) < 0:
        return Charge.CREDIT
    return Charge.NO_SHOW if found.stayed_away else Charge.LATE_CANCELLATION
