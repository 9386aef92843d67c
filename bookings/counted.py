"""A line as one person sees it, in about the same time however many stand in it.

Of most who wait it is plain that they would take the seat: the session is for them, they can be asked in time, they
have no seat in its course or on one of its days, and fewer of its list than they wanted at most. What the rules
(`bookings.rules.line`) say of whoever has nothing in the way they say of them, so the database only counts them.
Everybody else is read, with all that they have, and the rules are asked: also whoever it cannot tell of.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Date,
    DateTime,
    Integer,
    Select,
    SelectBase,
    and_,
    any_,
    bindparam,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, aliased

from auth.models import Person
from bookings import held
from bookings.held import Holder
from bookings.models import Application, Booking, is_in
from bookings.rules.answer_time import SHORT_NOTICE_DAYS
from bookings.states import IN_LINE, IN_TIME, SEATED, BookingState
from courses.models import Course, CourseDay, CourseSession
from lararportal import columns

Place = tuple[int, Sequence[int], datetime]
"""Wave, key and moment of joining: what a line is in order by; who comes last stands behind all who have the same."""


@dataclass(frozen=True)
class Counted:
    """How many in a line would plainly take the seat, by group: before somebody, and behind."""

    before: Counter[str] = field(default_factory=Counter)
    behind: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Lines:
    """What one look at some lines tells."""

    holders: Mapping[int, Holder]
    """Whoever must be asked, by id, with all that they have; the person who looks is among them, if there is one."""
    counts: Mapping[int, Counted]
    """How many need not be, by session."""
    beside: Sequence[Any]
    """What else was asked for, of `one_line`."""


def lines(
    db: Session,
    session_ids: Collection[int],
    *,
    person_id: int,
    joins: Place | None = None,
    today: date,
    look: Select[Any] | None = None,
) -> Lines:
    """These lines as somebody sees them; in one look, which is one of `one_line` where more is asked for beside.

    They are behind everybody where they have no place; where it is told that and where they join, no other place of
    theirs counts.
    """
    wave, key, joined_at = joins or (None, None, None)
    told = {"one": next(iter(session_ids)), "some": list(session_ids), "me": person_id}
    place = {"wave": wave, "key": key, "joined_at": joined_at}
    soon = today + timedelta(days=SHORT_NOTICE_DAYS)
    if look is None:
        look = _ONE if len(session_ids) == 1 else _SOME
    rows = columns.read(db, look, {**told, **place, "soon": soon})
    counted, *beside = next((row[held.WIDTH :] for row in rows if row[0] == person_id), (None,))
    counts: dict[int, Counted] = defaultdict(Counted)
    for session_id, group, before, plain in counted or ():
        counts[session_id].before[group] = before
        counts[session_id].behind[group] = plain - before
    return Lines(held.holders(rows), counts, beside)


Number = ColumnElement[int] | Mapped[int]
Wanted = Callable[[Number], ColumnElement[bool]]
"""Whether the number of a session is that of a line that is looked at."""
_me = bindparam("me", type_=Integer)
_wanted, _sister = aliased(CourseSession, name="wanted"), aliased(CourseSession, name="o")
_day, _same_day = aliased(CourseDay, name="day"), aliased(CourseDay, name="same")
_wish, _seat, _own = (aliased(Booking, name=each) for each in ("w", "seat", "own"))
_sent = aliased(Application, name="asks")
_of_list = select(func.count()).where(
    _seat.person_id == _wish.person_id,
    _seat.round_id == _wish.round_id,
    _seat.wave == IN_TIME,
    is_in(SEATED, _seat),
)
_cap = select(_sent.cap).where(_sent.round_id == _wish.round_id, _sent.person_id == _wish.person_id)
_has_room = or_(_wish.wave != IN_TIME, _wish.round_id.is_(None), _of_list.scalar_subquery() < _cap.scalar_subquery())


def _elsewhere(is_wanted: Wanted) -> Select[Any]:
    """Who has a seat in a session of the same course, or with a day in common: session and person."""
    excluding = union(
        select(_wanted.id.label("wanted"), _sister.id.label("other"))
        .join(_sister, _sister.course_id == _wanted.course_id)
        .where(is_wanted(_wanted.id)),
        select(_day.session_id, _same_day.session_id)
        .join(_same_day, _same_day.day == _day.day)
        .where(is_wanted(_day.session_id)),
    ).subquery("x")
    seated = select(_seat.person_id).where(_seat.session_id == excluding.c.other, is_in(SEATED, _seat))
    # Looked up session by session: a plan that was made while there were few seats would read all that there are.
    apart = seated.offset(literal_column("0")).lateral("y")
    return select(excluding.c.wanted, apart.c.person_id).join(apart, true())


def _line(is_wanted: Wanted, session: Number, stands: SelectBase) -> CTE:
    """Everybody in it. What is asked of the session is asked once where its number is the same for all."""
    starts_on = select(_wanted.starts_on).where(_wanted.id == session).scalar_subquery()
    targets = select(Course.targets).join(_wanted).where(_wanted.id == session).scalar_subquery()
    is_plain = and_(
        type_coerce(targets, JSONB).has_key(_wish.seat_group),
        _wish.state == BookingState.WAITING,
        or_(_wish.short_notice, starts_on > bindparam("soon", type_=Date)),
        _has_room,
        tuple_(_wish.session_id, _wish.person_id).not_in(_elsewhere(is_wanted)),
    )
    # With no place to compare with it is unknown, and they are behind everybody.
    is_before = tuple_(_wish.wave, _wish.key, _wish.joined_at, _wish.id) < stands.scalar_subquery()
    return (
        select(
            _wish.session_id,
            _wish.person_id,
            _wish.seat_group,
            is_before.is_not(false()).label("is_before"),
            is_plain.is_(true()).label("is_plain"),
        )
        .where(is_wanted(_wish.session_id), is_in(IN_LINE, _wish))
        .cte("line")
    )


_joins: list[ColumnElement[Any]] = [
    bindparam("wave", type_=Integer),
    bindparam("key", type_=ARRAY(BigInteger)),
    bindparam("joined_at", type_=DateTime(timezone=True)),
    literal_column(str(2**31 - 1)),
]


def _stands(of: Number, *unless: ColumnElement[bool]) -> SelectBase:
    """Where the person stands in a line, looked up by its index.

    How long a line is nobody knows when PostgreSQL plans, and to join a line with itself may take the square of it.
    """
    mine = and_(_own.person_id == _me, _own.session_id == of, is_in(IN_LINE, _own))
    return select(_own.wave, _own.key, _own.joined_at, _own.id).where(mine, *unless)


def _look(line: CTE, *beside: ColumnElement[Any]) -> Select[Any]:
    """Who is not counted in these lines, with all that they have; in the person's own rows stand counts and `beside`.

    The counts are rows of session, group, how many plainly take the seat before the person's place, and in all.
    """
    asked = union_all(select(line.c.person_id).where(~line.c.is_plain), select(_me)).cte("asked")
    counts = (
        select(
            line.c.session_id,
            line.c.seat_group,
            func.count().filter(line.c.is_before).label("before"),
            func.count().label("plain"),
        )
        .where(line.c.person_id.not_in(select(asked.c[0])))
        .group_by(line.c.session_id, line.c.seat_group)
        .subquery()
    )
    rows = select(func.jsonb_agg(func.jsonb_build_array(*counts.c))).scalar_subquery()
    return held.having(select(asked.c[0]), *(case((Person.id == _me, each)) for each in (rows, *beside)))


_number = bindparam("one", type_=Integer)
_hidden = select(_number).scalar_subquery()
"""The same, of which PostgreSQL knows nothing when it plans: it would plan for each session anew, for 3 ms."""
_place: CompoundSelect[Any] = union_all(
    _stands(_number, _joins[0].is_(None)), select(*_joins).where(_joins[0].is_not(None))
)


def one_line(*beside: ColumnElement[Any]) -> Select[Any]:
    """The look at one line, which is what most look at: PostgreSQL plans better for it than for several.

    What is asked for `beside` it is told too, of a session `one` and a person `me`. Built once for each use.
    """
    return _look(_line(lambda number: number == _hidden, _number, _place), *beside)


_ONE = one_line()
_numbers = bindparam("some", type_=ARRAY(Integer))
_SOME = _look(_line(lambda number: number == any_(_numbers), _wish.session_id, _stands(_wish.session_id)))
