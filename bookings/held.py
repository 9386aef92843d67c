"""What somebody has: their live seats and places in line as facts, for rules that look at those of a whole line.

One statement for however many persons, of the columns that count. The rows themselves, for a deed that changes them,
are `facts.live_bookings`. Where one person stands in a line is found without reading all of it: `bookings.counted`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from auth.models import Person
from auth.states import Category, Standing
from bookings.in_vain import has_seat_in, in_vain
from bookings.models import Application, Booking, is_in
from bookings.states import LIVE, OPEN, BookingState
from courses.models import Course, CourseDay, CourseSession
from courses.rules import last_told


class HeldCourse(NamedTuple):
    """The course of a seat or a place in line."""

    id: int
    title: str


class HeldIn(NamedTuple):
    """The session of a seat or a place in line."""

    id: int
    course_id: int
    course: HeldCourse
    dates: frozenset[date]
    former_cancel_by: Sequence[Sequence[str]]
    starts_on: date
    cancel_by: date
    moved_at: datetime | None
    seats_over: int

    @classmethod
    def of(cls, session: CourseSession) -> Self:
        """Of a row with its course and days."""
        course = HeldCourse(session.course_id, session.course.title)
        former, over = session.former_cancel_by, session.seats_over
        dates = session.starts_on, session.cancel_by, session.moved_at
        return cls(session.id, session.course_id, course, session.dates, former, *dates, over)

    def cancel_by_since(self, moment: datetime | None) -> date:
        """As that of the row."""
        return last_told(self.cancel_by, self.former_cancel_by, since=moment)


class Held(NamedTuple):
    """A live seat or place in line."""

    session_id: int
    session: HeldIn
    id: int
    state: BookingState
    rank: int
    wave: int
    key: Sequence[int]
    joined_at: datetime
    round_id: int | None
    booked_at: datetime | None
    asked_at: datetime | None
    answer_by: datetime | None
    standing_yes: bool
    short_notice: bool
    is_in_vain: bool
    cap: int | None
    """Most seats the person wanted of the round that it comes from."""
    targets: Mapping[str, int] | None
    """Those of the course, of a place that was asked for."""

    @classmethod
    def of(cls, booking: Booking, session: CourseSession) -> Self:
        """Of a row that was made just now, by itself, for a session that is loaded with its course and days."""
        return cls(
            session_id=session.id,
            session=HeldIn.of(session),
            id=booking.id,
            state=booking.state,
            rank=booking.rank,
            wave=booking.wave,
            key=booking.key,
            joined_at=booking.joined_at,
            round_id=booking.round_id,
            booked_at=booking.booked_at,
            asked_at=booking.asked_at,
            answer_by=booking.answer_by,
            standing_yes=booking.standing_yes,
            short_notice=booking.short_notice,
            is_in_vain=False,
            cap=None,
            targets=session.course.targets,
        )

    @property
    def place(self) -> tuple[int, Sequence[int], datetime, int]:
        """By what the line is in order."""
        return self.wave, self.key, self.joined_at, self.id


class Holder(NamedTuple):
    """Somebody with all that they have, what they want most first."""

    id: int
    category: Category | None
    standing: Standing
    erased_at: datetime | None
    bookings: list[Held]

    @property
    def counting(self) -> list[Held]:
        """But for seats in vain: who did not pass a course has as little of it as who never had a seat there."""
        return [each for each in self.bookings if not each.is_in_vain]


def in_lines(db: Session, session_ids: Collection[int], *, states: Collection[BookingState]) -> dict[int, Holder]:
    """Who has a place of such a state in one of these sessions, with all that they have."""
    return holders(db.execute(_IN_LINES, {"session_ids": list(session_ids), "states": list(states)}))


def in_lines_of_holders(db: Session, course_id: int, *, states: Collection[BookingState]) -> dict[int, Holder]:
    """As `in_lines`, of all sessions of a course, but only those who have a seat in it already."""
    of_course = select(CourseSession.id).where(CourseSession.course_id == course_id)
    persons = _in_state.where(Booking.session_id.in_(of_course), has_seat_in(course_id))
    return holders(db.execute(having(persons), {"states": list(states)}))


def holders(rows: Iterable[Sequence[Any]]) -> dict[int, Holder]:
    """The persons of the rows of `having`, each with all that they have."""
    found: dict[int, Holder] = {}
    sessions: dict[int, HeldIn] = {}
    for row in rows:
        person_id, category, standing, erased_at, session_id, *facts = row
        holder = found.get(person_id)
        if holder is None:
            holder = found[person_id] = Holder(person_id, category, standing, erased_at, [])
        if session_id is None:
            continue
        session = sessions.get(session_id)
        if session is None:
            session = sessions[session_id] = _session(session_id, *facts[:OF_SESSION])
        holder.bookings.append(Held(session_id, session, *facts[OF_SESSION : OF_SESSION + OF_PLACE]))
    return found


def _session(session_id: int, course_id: int, title: str, days: Sequence[date], former: Any, *more: Any) -> HeldIn:
    return HeldIn(session_id, course_id, HeldCourse(course_id, title), frozenset(days), former or (), *more)


_mine, _its = aliased(Booking, name="m"), aliased(CourseSession, name="its")
_sent = aliased(Application, name="sent")
_days = select(func.array_agg(CourseDay.day)).where(CourseDay.session_id == _mine.session_id).scalar_subquery()
_waits = is_in(OPEN, _mine)
_OF_PERSON = (Person.id, Person.category, Person.standing, Person.erased_at)
_SESSION = (
    _its.course_id,
    Course.title,
    _days,
    func.nullif(_its.former_cancel_by, literal_column("'[]'::jsonb")),  # What hardly any has need not be read.
    _its.starts_on,
    _its.cancel_by,
    _its.moved_at,
    _its.seats_over,
)
_PLACE = (
    _mine.id,
    _mine.state,
    _mine.rank,
    _mine.wave,
    _mine.key,
    _mine.joined_at,
    _mine.round_id,
    _mine.booked_at,
    _mine.asked_at,
    _mine.answer_by,
    _mine.standing_yes,
    _mine.short_notice,
    in_vain(_mine),
    _sent.cap,
    case((_waits, Course.targets)),
)
OF_SESSION, OF_PLACE = len(_SESSION), len(_PLACE)
WIDTH = len(_OF_PERSON) + 1 + OF_SESSION + OF_PLACE
"""So many columns a row of `having` has before what else it is asked for."""


def having(persons: Select[Any] | CompoundSelect[Any], *more: ColumnElement[Any]) -> Select[Any]:
    """Rows for these persons: one for each seat and place, what they want most first, or one for who has nothing.

    Built once for each use: to put it together takes as long as to read some twenty rows.
    """
    return (
        select(*_OF_PERSON, _mine.session_id, *_SESSION, *_PLACE, *more)
        .select_from(Person)
        .outerjoin(_mine, (_mine.person_id == Person.id) & is_in(LIVE, _mine))
        .outerjoin(_its, _its.id == _mine.session_id)
        .outerjoin(Course, Course.id == _its.course_id)
        .outerjoin(_sent, (_sent.round_id == _mine.round_id) & (_sent.person_id == _mine.person_id))
        .where(Person.id.in_(persons))
        .order_by(Person.id, _mine.rank, _mine.id)
    )


_in_state = select(Booking.person_id).where(Booking.state.in_(bindparam("states", expanding=True)))
_in_sessions = _in_state.where(Booking.session_id.in_(bindparam("session_ids", expanding=True)))
_IN_LINES = having(_in_sessions)
