"""A line as one person sees it, in about the same time however many stand in it.

Of most who wait it is plain that they would take the seat: the session is for them, they can be asked in time, they
have no seat in its course or on one of its days, and fewer of its list than they wanted at most. What the rules
(`bookings.rules.line`) say of whoever has nothing in the way they say of them, so the database only counts them.
Everybody else is read, with all that they have, and the rules are asked: also whoever it cannot tell of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from auth.models import Person
from auth.states import Category, Standing
from bookings import held
from bookings.held import Holder
from bookings.models import Application, Booking, is_in
from bookings.rules.answer_time import SHORT_NOTICE_DAYS
from bookings.states import IN_LINE, IN_TIME, SEATED, BookingState
from courses.models import Course, CourseDay, CourseSession

Place = tuple[int, Sequence[int], datetime]
"""Wave, key and moment of joining: what a line is in order by; who comes last stands behind all who have the same."""


@dataclass(frozen=True)
class Counted:
    """How many in a line would plainly take the seat: before somebody, and behind."""

    before: int = 0
    behind: int = 0


def line(
    db: Session, session_id: int, *, person_id: int, joins: Place | None = None, today: date
) -> tuple[dict[int, Holder], Counted]:
    """Whoever must be asked in a line, with all that they have, and how many need not be; in one look.

    The person is among those who are read. They are behind everybody where they have no place, unless it is told
    where they join.
    """
    wave, key, joined_at = joins or (None, None, None)
    place = {"wave": wave, "key": key, "joined_at": joined_at}
    soon = today + timedelta(days=SHORT_NOTICE_DAYS)
    told = {"session_id": session_id, "person_id": person_id, "soon": soon, **place}
    rows = db.execute(_LINE, told).all()
    *_, before, plain = rows[0] if rows else (0, 0)
    return held.holders(rows), Counted(before, plain - before)


_wanted, _me = bindparam("session_id", type_=Integer), bindparam("person_id", type_=Integer)
_sister, _same_day, _seat = aliased(CourseSession), aliased(CourseDay), aliased(Booking)

_excluding = union(
    select(_sister.id)
    .join(CourseSession, CourseSession.course_id == _sister.course_id)
    .where(CourseSession.id == _wanted),
    select(_same_day.session_id)
    .join(CourseDay, CourseDay.day == _same_day.day)
    .where(CourseDay.session_id == _wanted),
)
"""The sessions of the same course, or with a day in common."""
_excluded = select(_seat.person_id).where(_seat.session_id.in_(_excluding), is_in(SEATED, _seat))
_of_list = select(func.count()).where(
    _seat.person_id == Booking.person_id,
    _seat.round_id == Booking.round_id,
    _seat.wave == IN_TIME,
    is_in(SEATED, _seat),
)
_cap = select(Application.cap).where(
    Application.round_id == Booking.round_id, Application.person_id == Booking.person_id
)


def _is_eligible() -> ColumnElement[bool]:
    """As `register.group_of`, and in a group that the course is for."""
    group = case({each.value: each.group for each in Category}, value=Person.category)
    is_confirmed = and_(Person.standing == Standing.CONFIRMED, Person.erased_at.is_(None))
    return and_(is_confirmed, Course.targets.has_key(group))


_is_plain = and_(
    _is_eligible(),
    Booking.state == BookingState.WAITING,
    or_(Booking.short_notice, CourseSession.starts_on > bindparam("soon", type_=Date)),
    Booking.person_id.not_in(_excluded),
    or_(Booking.wave != IN_TIME, Booking.round_id.is_(None), _of_list.scalar_subquery() < _cap.scalar_subquery()),
)
_line = (
    select(
        Booking.person_id,
        Booking.wave,
        Booking.key,
        Booking.joined_at,
        Booking.id,
        func.coalesce(_is_plain, False).label("is_plain"),
    )
    .join(Person, Person.id == Booking.person_id)
    .join(CourseSession, CourseSession.id == Booking.session_id)
    .join(Course, Course.id == CourseSession.course_id)
    .where(Booking.session_id == _wanted, is_in(IN_LINE, Booking))
    .cte("line")
)
_asked = union_all(select(_line.c.person_id).where(~_line.c.is_plain), select(_me)).cte("asked")
_own = select(_line.c.wave, _line.c.key, _line.c.joined_at, _line.c.id).where(_line.c.person_id == _me)
_joins: list[ColumnElement[Any]] = [
    bindparam("wave", type_=Integer),
    bindparam("key", type_=ARRAY(BigInteger)),
    bindparam("joined_at", type_=DateTime(timezone=True)),
    literal_column(str(2**31 - 1)),
]
_stands = union_all(_own, select(*_joins).where(~_own.exists())).scalar_subquery()
"""Where the person stands, or joins, or nowhere."""
_is_before = func.coalesce(tuple_(_line.c.wave, _line.c.key, _line.c.joined_at, _line.c.id) < _stands, True)
_counts = (
    select(func.count().filter(_is_before).label("before"), func.count().label("plain"))
    .where(_line.c.person_id.not_in(select(_asked.c[0])))
    .cte("counts")
)
_LINE = held.having(
    select(_asked.c[0]), select(_counts.c.before).scalar_subquery(), select(_counts.c.plain).scalar_subquery()
)
