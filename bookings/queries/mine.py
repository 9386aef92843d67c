"""What a doctor sees of their own: seats, places in line, decisions and applications."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.types import NULLTYPE

from auth.states import Category
from bookings import choices, facts, giving_back, had, seats
from bookings.facts import Taken
from bookings.models import Application, Booking, Choice, Round
from bookings.queries.choosing import ToChoose, chosen_against, to_choose
from bookings.queries.decided import DecisionView, decisions
from bookings.queries.funding import Funding, funding_of
from bookings.queries.places import Offer, Place, offers, places
from bookings.queries.rows import SessionRow, row_of
from bookings.queries.undoable import undoable
from bookings.rules import seats as rules
from bookings.states import (
    ANSWERABLE,
    LIVE,
    OPEN,
    REFUSED,
    SEATED,
    ApplicationState,
    BookingState,
    CancelGround,
    Origin,
    Refusal,
    RoundState,
)
from courses.models import COURSE_AND_DAYS
from courses.states import CourseOutcome
from lararportal import columns
from lararportal.clock import day_of
from lararportal.errors import NotFound

WHOLE = (
    joinedload(Booking.session).options(*COURSE_AND_DAYS),
    joinedload(Booking.person),
)
"""What a seat is shown with."""


@dataclass(frozen=True)
class ApplicationView:
    """An application with its round; `choices` are session ids, most wanted first."""

    round_id: int
    round_title: str
    round_state: RoundState
    closes_at: datetime
    decision_on: date
    state: ApplicationState
    cap: int
    standing_yes: bool
    short_notice: bool
    submitted_at: datetime
    version: int
    choices: list[int]


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A seat, live or ended; or an offer that was not taken, or a place in a line that was ended."""

    booking_id: int
    session: SessionRow
    state: BookingState
    origin: Origin
    booked_at: datetime | None
    ended_at: datetime | None
    ended_late: bool
    cancel_ground: CancelGround | None
    end_reason: str
    fee_percent: int | None
    """What giving it back has cost; None where that is recorded only."""
    cancel_by: date
    """The last day to cancel: the latest that they have been told since they booked."""
    is_late: bool
    """Giving it back now counts as late."""
    bound_days: int | None
    """That is so whatever its own last day to cancel is: it was changed for so many days before another's start."""
    is_free: bool
    """It may be given back however late: its session has changed, or has more people than seats."""
    is_chosen_against: bool
    """Another session was moved to its days, and they have still to choose: it may be given back however late."""
    may_cancel: Refusal | None
    funding: Funding | None
    """Of a resident's seat."""
    precedence_until: str | None = None
    """Until which term the precedence that led to it would hold, were it not used up by it."""
    keeps_precedence: bool = False
    """Giving it back now, for whatever reason, opens that again."""
    outcome: CourseOutcome | None = None
    """Whether they have been through the session, once that is decided."""

    @property
    def is_bound(self) -> bool:
        """Whether it was changed for when giving the former one back was late already."""
        return self.bound_days is not None

    @property
    def new_until(self) -> datetime | None:
        """Until when it may be given back as if in time, whatever the day, since it was given just before."""
        return self.booked_at + rules.GRACE if self.booked_at is not None else None

    @property
    def undo_until(self) -> datetime | None:
        """The last moment at which giving it back can be undone."""
        return rules.undo_until(self.ended_at) if self.ended_at is not None else None


@dataclass(frozen=True, kw_only=True)
class MyCourses:
    """Everything on `/mina-kurser`."""

    seats: list[Seat] = field(default_factory=list)
    choosing: list[ToChoose] = field(default_factory=list)
    undoable: list[Seat] = field(default_factory=list)
    """Seats that were given back just now, and can be had again."""
    offers: list[Offer] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    decisions: list[DecisionView] = field(default_factory=list)
    applications: list[ApplicationView] = field(default_factory=list)
    past: list[Seat] = field(default_factory=list)
    """Seats in sessions that are over, seats that were given up or not taken, and places whose line was ended."""


def application(db: Session, *, round_id: int, person_id: int) -> ApplicationView | None:
    """The person's application in a round, if there ever was one."""
    found = _applications(db, _OF_ROUND, person_id=person_id, round_id=round_id)
    return found[0] if found else None


def my_courses(db: Session, person_id: int, *, now: datetime) -> MyCourses:
    """A doctor's own page in a handful of statements, however much there is on it."""
    today = day_of(now)
    bookings = had.all_of(db, person_id, today=today)
    live = [each for each in bookings if each.state in LIVE and each.session.last_day >= today]
    held = [each for each in live if each.state in SEATED]
    against = chosen_against(held)
    booked = [
        _seat(each, each.category, now=now, against=against) for each in held if each.state is BookingState.BOOKED
    ]
    cancelled = [each for each in bookings if each.state is BookingState.CANCELLED and not each.cancelled_by_staff]
    lasting = {each.id for each in live}
    past = [
        replace(_seat(each, each.category, now=now), outcome=each.outcome)
        for each in bookings
        if each.id not in lasting and (each.booked_at is not None or each.end_reason or each.state in REFUSED)
    ]
    return MyCourses(
        seats=sorted(booked, key=_by_start),
        choosing=to_choose(db, held, now=now),
        undoable=[
            _seat(each, each.category, now=now) for each in undoable(db, cancelled, {person_id: live}, now=now)
        ],
        offers=offers(db, [each for each in live if each.state in ANSWERABLE], held, today=today),
        places=places(db, [each for each in live if each.state in OPEN], today=today),
        decisions=decisions(db, person_id),
        applications=_applications(db, _SENT_IN, person_id=person_id),
        past=sorted(past, key=_by_start, reverse=True),
    )


def my_seat(db: Session, *, session_id: int, person_id: int, now: datetime) -> Seat:
    """The person's seat in a session.

    Raises:
        NotFound: they have none there.
    """
    booking = db.scalars(
        select(Booking)
        .where(Booking.session_id == session_id, Booking.person_id == person_id, Booking.state.in_(SEATED))
        .options(*WHOLE)
    ).one_or_none()
    if booking is None:
        raise NotFound
    against = {booking.id} if choices.is_chosen_against(db, booking) else ()
    seat = _seat(booking, booking.person.category, now=now, against=against)
    return replace(
        seat,
        precedence_until=seats.precedences_to_keep(db, [booking], now=now).get(booking.id),
        keeps_precedence=giving_back.keeps_precedence(db, booking, booking.session, ground=None, now=now),
    )


def _by_start(seat: Seat) -> tuple[date, int]:
    return seat.session.starts_on, seat.booking_id


def _seat(booking: Taken, category: Category | None, *, now: datetime, against: Collection[int] = ()) -> Seat:
    session, is_chosen_against = booking.session, booking.id in against
    return Seat(
        booking_id=booking.id,
        session=row_of(session),
        state=booking.state,
        origin=_came(booking),
        booked_at=booking.booked_at,
        ended_at=booking.ended_at,
        ended_late=booking.ended_late,
        cancel_ground=booking.cancel_ground,
        end_reason=booking.end_reason,
        fee_percent=booking.fee_percent,
        cancel_by=session.cancel_by_since(booking.booked_at),
        is_late=facts.is_late(booking, session, now=now) and not is_chosen_against,
        is_chosen_against=is_chosen_against,
        bound_days=booking.bound_days,
        is_free=facts.is_free(booking, session),
        may_cancel=rules.may_cancel(starts_on=session.starts_on, today=day_of(now)),
        funding=funding_of(booking, category, today=day_of(now)),
    )


def _came(booking: Taken) -> Origin:
    """How the seat came: a place in line that a round gave becomes, when it is its turn, a seat from the line."""
    waited = booking.booked_at is not None and booking.booked_at > booking.joined_at
    return Origin.LINE if waited and booking.origin is Origin.ROUND else booking.origin


def _applications(db: Session, wanted: Select[*tuple[Any, ...]], **whose: int) -> list[ApplicationView]:
    return [ApplicationView(*facts) for facts in columns.read(db, wanted, whose)]


_CHOICES = select(Choice.session_id).where(Choice.application_id == Application.id).order_by(Choice.rank)
_APPLICATIONS = (
    select(
        Round.id,
        Round.title,
        Round.state,
        Round.closes_at,
        Round.decision_on,
        Application.state,
        Application.cap,
        Application.standing_yes,
        Application.short_notice,
        Application.submitted_at,
        Application.version,
        func.array(_CHOICES.scalar_subquery(), type_=NULLTYPE),
    )
    .join(Round, Round.id == Application.round_id)
    .where(Application.person_id == bindparam("person_id"))
    .order_by(Round.closes_at.desc())
)
_OF_ROUND = _APPLICATIONS.where(Round.id == bindparam("round_id"))
_SENT_IN = _APPLICATIONS.where(Round.state != RoundState.PUBLISHED, Application.state == ApplicationState.SUBMITTED)
