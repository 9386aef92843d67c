"""The residents' seats ahead whose funding is settled or not, for who answers for them, and for themselves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from auth.models import BY_NAME, Person
from auth.states import RESIDENTS, Area, Category
from bookings.facts import Taken
from bookings.funding import is_at_risk
from bookings.models import Booking
from bookings.queries.rows import SessionRow, row_of
from bookings.states import SEATED
from courses.models import CourseSession
from courses.states import Publicity
from lararportal.errors import NotFound
from lararportal.paging import Page, paginate


@dataclass(frozen=True, kw_only=True)
class Funding:
    """Whether a resident's seat is paid for; a seat of anybody else has none of this."""

    settled_at: datetime | None
    due: date
    """The last day to cancel."""
    is_at_risk: bool
    """Where seats without funding are released, this one is: its holder was told so in time, or can be."""


def funding_of(booking: Taken, category: Category | None, *, today: date) -> Funding | None:
    """Of the seat of somebody of that category, whose session is loaded; None when there is nothing to settle."""
    if category is None or not category.is_resident:
        return None
    session = booking.session
    at_risk = is_at_risk(booking, session, today=today)
    return Funding(settled_at=booking.funded_at, due=session.cancel_by, is_at_risk=at_risk)


@dataclass(frozen=True, kw_only=True)
class FundingRow:
    """A resident's seat, and whether it is paid for."""

    booking_id: int
    name: str
    area: Area | None
    workplace: str
    session: SessionRow
    is_past: bool
    """The last day to cancel has been."""
    reminders: int
    settled_at: datetime | None
    settled_by: str


def unsettled(db: Session, *, areas: Collection[Area] | None, number: int, today: date) -> Page[FundingRow]:
    """A page of the seats in some areas (None is everywhere) that nobody says are paid for, the most urgent first."""
    return _page(db, _seats(areas, Booking.funded_at.is_(None), today=today), number=number, today=today)


def settled(db: Session, *, areas: Collection[Area] | None, number: int, today: date) -> Page[FundingRow]:
    """As `unsettled`, of those that are."""
    return _page(db, _seats(areas, Booking.funded_at.is_not(None), today=today), number=number, today=today)


def unsettled_count(db: Session, *, areas: Collection[Area] | None, today: date) -> int:
    """How many seats in some areas (None is everywhere) are still to be paid for."""
    seats = _seats(areas, Booking.funded_at.is_(None), today=today).order_by(None)
    return db.scalar(select(func.count()).select_from(seats.with_only_columns(Booking.id).subquery())) or 0


def insist_on_seats_in(db: Session, booking_ids: Collection[int], *, areas: Collection[Area] | None) -> None:
    """For who answers for some areas, seats elsewhere do not exist.

    Raises:
        NotFound: one of them is elsewhere.
    """
    if areas is None:
        return
    found = select(Booking.id).join(Person, Person.id == Booking.person_id)
    here = db.scalars(found.where(Booking.id.in_(booking_ids), Person.area.in_(areas))).all()
    if set(here) != set(booking_ids):
        raise NotFound


def _seats(areas: Collection[Area] | None, *conditions: ColumnElement[bool], today: date) -> Select[Booking]:
    seats = (
        select(Booking)
        .join(Booking.session)
        .join(CourseSession.course)
        .join(Booking.person)
        .where(
            Booking.state.in_(SEATED),
            Person.category.in_(RESIDENTS),
            CourseSession.publicity == Publicity.PUBLISHED,
            CourseSession.starts_on >= today,
            *conditions,
        )
        .order_by(CourseSession.cancel_by, CourseSession.id, *BY_NAME, Booking.id)
        .options(
            contains_eager(Booking.person),
            contains_eager(Booking.session).contains_eager(CourseSession.course),
            contains_eager(Booking.session).options(selectinload(CourseSession.days)),
        )
    )
    return seats if areas is None else seats.where(Person.area.in_(areas))


def _page(db: Session, seats: Select[Booking], *, number: int, today: date) -> Page[FundingRow]:
    found = paginate(db, seats, number=number)
    by = {each.funded_by for each in found.rows if each.funded_by is not None}
    names = {each.id: each.name for each in db.scalars(select(Person).where(Person.id.in_(by)))} if by else {}
    rows = [
        FundingRow(
            booking_id=each.id,
            name=each.person.name,
            area=each.person.area,
            workplace=each.person.workplace,
            session=row_of(each.session),
            is_past=today > each.session.cancel_by,
            reminders=each.funding_reminders,
            settled_at=each.funded_at,
            settled_by=names.get(each.funded_by or 0, ""),
        )
        for each in found.rows
    ]
    return Page(rows=rows, number=found.number, size=found.size, total=found.total)
