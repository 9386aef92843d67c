"""What one person has and had: their seats and places in line, also ended ones, as facts for their own page.

One statement of the columns that count. What the rules ask of a whole line is `held`; the rows themselves, for a deed
that changes them, are `facts.live_bookings`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, func, literal_column, select, tuple_
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import NULLTYPE

from auth.models import Person
from auth.states import Category
from bookings.models import Booking, LineException
from bookings.rules.history import term_before
from bookings.states import BookingState, CancelGround, Origin
from courses.days_in_order import DAYS_IN_ORDER
from courses.models import Completion, Course, CourseSession
from courses.rules import last_told
from courses.shown import OF_COURSE, ShownCourse
from courses.states import CourseOutcome, Publicity
from lararportal import columns


class HadIn(NamedTuple):
    """The session of a seat or a place in line, called as in the row."""

    course: ShownCourse
    id: int
    in_order: Sequence[date]
    """Its days."""
    place: str
    seats: int
    seats_taken: int
    free_seats: int
    seats_over: int
    minimum: int
    starts_on: date
    cancel_by: date
    former_cancel_by: Sequence[Sequence[str]] | None
    go_no_go_on: date
    publicity: Publicity
    booking_is_closed: bool
    is_reserve: bool
    moved_at: datetime | None

    @property
    def course_id(self) -> int:
        """As that of the row; so are the others."""
        return self.course.id

    @property
    def dates(self) -> frozenset[date]:
        """Its days."""
        return frozenset(self.in_order)

    @property
    def last_day(self) -> date:
        """The last of them."""
        return self.in_order[-1]

    def cancel_by_since(self, moment: datetime | None) -> date:
        """The latest last day to cancel that was told since then."""
        return last_told(self.cancel_by, self.former_cancel_by or (), since=moment)


class Own(NamedTuple):
    """A seat or a place in line, live or ended."""

    session: HadIn
    id: int
    person_id: int
    category: Category | None
    """That of the person."""
    state: BookingState
    origin: Origin
    rank: int
    joined_at: datetime
    booked_at: datetime | None
    ended_at: datetime | None
    ended_late: bool
    cancel_ground: CancelGround | None
    cancelled_by_staff: bool | None
    end_reason: str
    fee_percent: int | None
    bound_days: int | None
    answer_by: datetime | None
    yes_at: datetime | None
    standing_yes: bool
    short_notice: bool
    funded_at: datetime | None
    funding_reminders: int
    release_told_at: datetime | None
    outcome: CourseOutcome | None
    """Whether they have been through the session, once that is decided."""
    came_before: Sequence[int] | None
    """Of a place in line: how many came from it to each session of the course in the half-year before this one."""
    overtaken_at: datetime | None
    """Of a place in line: when a decision last put somebody before it."""

    @property
    def session_id(self) -> int:
        """That of its session."""
        return self.session.id

    @property
    def is_bound(self) -> bool:
        """As that of the row."""
        return self.bound_days is not None


def all_of(db: Session, person_id: int, *, today: date) -> list[Own]:
    """Everything that a person has and had, as it came."""
    first, last = term_before(today)
    return [_own(*row) for row in columns.read(db, _ALL_OF, {"person_id": person_id, "first": first, "last": last})]


def _own(*row: Any) -> Own:
    course, session = ShownCourse(*row[:_SESSION_AT]), row[_SESSION_AT:_OWN_AT]
    return Own(HadIn(course, *session), *row[_OWN_AT:])


_SESSION = (
    CourseSession.id,
    DAYS_IN_ORDER,
    CourseSession.place,
    CourseSession.seats,
    CourseSession.seats_taken,
    CourseSession.free_seats,
    CourseSession.seats_over,
    CourseSession.minimum,
    CourseSession.starts_on,
    CourseSession.cancel_by,
    func.nullif(CourseSession.former_cancel_by, literal_column("'[]'::jsonb")),  # As in `held`.
    CourseSession.go_no_go_on,
    CourseSession.publicity,
    CourseSession.booking_closed_at.is_not(None),
    CourseSession.is_reserve,
    CourseSession.moved_at,
)
_given, _came, _first = aliased(CourseSession), aliased(Booking), aliased(Booking)
_who_came = select(func.count()).where(
    _came.session_id == _given.id,
    _came.origin.in_((Origin.LINE, Origin.ROUND)),
    _came.booked_at > _came.joined_at,
)
_CAME_BEFORE = (
    select(func.array_agg(_who_came.correlate(_given).scalar_subquery(), type_=NULLTYPE))
    .where(
        _given.course_id == CourseSession.course_id,
        _given.starts_on.between(bindparam("first"), bindparam("last")),
        _given.takes_place,
    )
    .correlate(CourseSession)
)
_OVERTAKEN_AT = (
    select(func.max(LineException.made_at))
    .join(_first, _first.id == LineException.booking_id)
    .where(
        LineException.session_id == Booking.session_id,
        LineException.made_at > Booking.joined_at,
        _first.person_id != Booking.person_id,
        tuple_(_first.wave, _first.key) < tuple_(Booking.wave, Booking.key),
    )
    .correlate(Booking)
)
_waits = Booking.state == BookingState.WAITING
_SESSION_AT, _OWN_AT = len(OF_COURSE), len(OF_COURSE) + len(_SESSION)
_ALL_OF: Select[*tuple[Any, ...]] = (
    select(
        *OF_COURSE,
        *_SESSION,
        Booking.id,
        Booking.person_id,
        Person.category,
        Booking.state,
        Booking.origin,
        Booking.rank,
        Booking.joined_at,
        Booking.booked_at,
        Booking.ended_at,
        Booking.ended_late,
        Booking.cancel_ground,
        Booking.cancelled_by_staff,
        Booking.end_reason,
        Booking.fee_percent,
        Booking.bound_days,
        Booking.answer_by,
        Booking.yes_at,
        Booking.standing_yes,
        Booking.short_notice,
        Booking.funded_at,
        Booking.funding_reminders,
        Booking.release_told_at,
        Completion.outcome,
        case((_waits, _CAME_BEFORE.scalar_subquery())),
        case((_waits, _OVERTAKEN_AT.scalar_subquery())),
    )
    .select_from(Booking)
    .join(Person, Person.id == Booking.person_id)
    .join(CourseSession, CourseSession.id == Booking.session_id)
    .join(Course, Course.id == CourseSession.course_id)
    .outerjoin(
        Completion, and_(Completion.session_id == Booking.session_id, Completion.person_id == Booking.person_id)
    )
    .where(Booking.person_id == bindparam("person_id"))
    .order_by(Booking.id)
)
