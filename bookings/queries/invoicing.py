"""What there is to invoice in a period: seats that ran and that an employer pays, and what was given back late."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from auth.models import Person
from auth.states import Category
from bookings.models import Booking
from bookings.states import BookingState, CancelGround, Charge
from courses.models import Course, CourseDay, CourseSession
from courses.states import Publicity
from lararportal.clock import at, day_of
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
    ground: CancelGround | None
    reason: str
    """In words; it is for the office, and does not leave the portal."""
    percent: int | None
    """Of the fee of the course; None where a late cancellation is recorded only."""


def month_before(today: date) -> Period:
    """The whole month before this one."""
    last = today.replace(day=1) - timedelta(days=1)
    return Period(first=last.replace(day=1), last=last)


def invoice_rows(db: Session, period: Period, *, number: int, now: datetime) -> Page[InvoiceRow]:
    """A page of them, by workplace and name, in three statements."""
    page = paginate(db, _of(period, now).with_only_columns(Booking.id), number=number)
    rows = db.execute(_all().where(Booking.id.in_(page.rows))) if page.rows else ()
    return replace(page, rows=[_row(each) for each in rows])


def all_invoice_rows(db: Session, period: Period, *, now: datetime) -> Iterator[InvoiceRow]:
    """All of them, in one statement, some hundreds in memory at a time."""
    for each in db.execute(_of(period, now).execution_options(yield_per=AT_ONCE)):
        yield _row(each)


def _all() -> Select[*tuple[Any, ...]]:
    days = (
        select(func.array_agg(aggregate_order_by(CourseDay.day, CourseDay.day)))
        .where(CourseDay.session_id == CourseSession.id)
        .correlate(CourseSession)
        .scalar_subquery()
    )
    return (
        select(
            Booking.state,
            Booking.ended_at,
            Booking.cancel_ground,
            Booking.end_reason,
            Booking.fee_percent,
            Person.id.label("person_id"),
            Person.given_name,
            Person.family_name,
            Person.category,
            Person.workplace,
            CourseSession.id.label("session_id"),
            CourseSession.place,
            Course.code,
            Course.title,
            days.label("days"),
        )
        .join(Person, Person.id == Booking.person_id)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .join(Course, Course.id == CourseSession.course_id)
        .order_by(Person.workplace, Person.family_name, Person.given_name, CourseSession.starts_on, Booking.id)
    )


def _of(period: Period, now: datetime) -> Select[*tuple[Any, ...]]:
    """What was called off costs nobody anything."""
    chosen = _given_back_late(period) | _ran(period, today=day_of(now))
    return _all().where(CourseSession.publicity != Publicity.CALLED_OFF, chosen)


def _given_back_late(period: Period) -> ColumnElement[bool]:
    """By the day on which it was."""
    return (
        (Booking.state == BookingState.CANCELLED)
        & Booking.ended_late
        & (Booking.ended_at >= at(period.first))
        & (Booking.ended_at < at(period.last + timedelta(days=1)))
    )


def _ran(period: Period, *, today: date) -> ColumnElement[bool]:
    """The seats of doctors before their residency, whom an employer pays for, by the last day of the session."""
    last_day = (
        select(func.max(CourseDay.day))
        .where(CourseDay.session_id == CourseSession.id)
        .correlate(CourseSession)
        .scalar_subquery()
    )
    return (
        (Booking.state == BookingState.BOOKED)
        & (Person.category == Category.PRE_ST)
        & (last_day >= period.first)
        & (last_day <= period.last)
        & (last_day < today)
    )


def _row(found: Any) -> InvoiceRow:
    is_seat = found.state is BookingState.BOOKED
    return InvoiceRow(
        person_id=found.person_id,
        name=f"{found.given_name} {found.family_name}".strip(),
        category=found.category,
        workplace=found.workplace,
        charge=Charge.SEAT if is_seat else Charge.LATE_CANCELLATION,
        session_id=found.session_id,
        course_code=found.code,
        course_title=found.title,
        place=found.place,
        days=tuple(found.days),
        cancelled_at=None if is_seat else found.ended_at,
        ground=found.cancel_ground,
        reason=found.end_reason,
        percent=WHOLE if is_seat else found.fee_percent,
    )
