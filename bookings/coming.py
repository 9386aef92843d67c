"""Somebody comes for a seat or a place in line: the session is held still, and they are judged by what holds then.

Hundreds may come for one session at the same moment, and only one of them can hold it. So what they are judged by is
read before, and behind the lock it is only asked whether it is still so; whatever is not is read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, String, bindparam, exists, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from auth.models import Person
from bookings import asking, counted, in_line, register
from bookings.asking import Look
from bookings.counted import Place
from bookings.held import Held, Holder
from bookings.models import Decision, Precedence, Round, RoundSession
from bookings.register import History
from bookings.rules.line import Outlook
from courses.models import Course, CourseDay, CourseSession
from lararportal import columns
from lararportal.clock import day_of
from lararportal.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Coming(Look):
    """A person comes for a seat or a place in line, beside what they have; session and person are held still."""

    person: Person
    session: CourseSession
    round_: Round | None
    bookings: list[Held]
    holder: Holder
    line: Outlook
    """As the person sees it: from the end, or from where they join it."""
    joins: Place | None
    """Where that is; asked for where nothing else than a place in line is left."""
    has_precedence: bool
    """For the course: a seat uses it up."""
    brings: History | None
    """From earlier terms for the course, where that is known."""
    number: int
    """Drawn for the booking that may come of it, behind the lock: who joins last stands last."""


class _Seen(NamedTuple):
    """Of somebody who comes, and of what they come for; the session has its course and days."""

    session: CourseSession
    person: Person
    round_: Round | None
    has_precedence: bool
    brings: History | None
    """Nothing, of most: hardly anybody has precedence, and most were in no round. Else it is not known yet."""
    versions: list[Any]


def hold(db: Session, *, session_id: int, person_id: int, now: datetime) -> Coming:
    """Locks the session and then the person, as `asking.hold`; and what all of it is once they are locked.

    Raises:
        NotFound: the session or the person does not exist.
    """
    about = {"one": session_id, "me": person_id}
    seen = _read(db, about)
    held = [*chain.from_iterable(columns.read(db, _HOLD, about))]
    if held != seen.versions[: len(_HELD)]:
        seen = _read(db, about)
    found, versions = _looked(db, seen, now=now)
    if versions != seen.versions:
        found, _ = _looked(db, _read(db, about), now=now)
    return found


def _read(db: Session, about: Mapping[str, int]) -> _Seen:
    """All of one moment, with the versions of that moment."""
    rows = db.execute(_SEEN, about).all()
    if not rows:
        raise NotFound
    session, person, _, round_, versions = rows[0]
    set_committed_value(session, "days", [row[2] for row in rows])
    *_, has_precedence, was_decided = versions
    brings = None if has_precedence or was_decided else register.NOTHING
    return _Seen(session, person, round_, has_precedence, brings, versions)


def _looked(db: Session, seen: _Seen, *, now: datetime) -> tuple[Coming, list[Any]]:
    """One look behind the locks: at the line, at what the person has, and at the versions of what was seen."""
    session, person, round_, has_precedence, brings, _ = seen
    joins = asking.last_place(db, session, person, round_, brings, now=now) if session.free_seats < 1 else None
    line, holder, (versions, number) = in_line.outlook_and(
        db, _LOOK, session.id, person_id=person.id, joins=joins, today=day_of(now)
    )
    found = Coming(
        person=person,
        session=session,
        round_=round_,
        bookings=holder.counting,
        now=now,
        holder=holder,
        line=line,
        joins=joins,
        has_precedence=has_precedence,
        brings=brings,
        number=number,
    )
    return found, versions


_one, _me = bindparam("one", type_=Integer), bindparam("me", type_=Integer)
_session, _person, _course, _day = (
    aliased(CourseSession, name="s"),
    aliased(Person, name="p"),
    aliased(Course, name="c"),
    aliased(CourseDay, name="d"),
)
_given, _round, _sister = aliased(RoundSession, name="g"), aliased(Round, name="r"), aliased(CourseSession, name="o")


def _version(of: str) -> ColumnElement[str]:
    """What is another one whenever a row has been written: the number of the transaction that did it."""
    return literal_column(f"{of}.xmin::text", String)


_HELD = _version("s"), _version("p")
_has_precedence = exists().where(
    Precedence.person_id == _me, Precedence.course_id == _session.course_id, Precedence.is_open
)
_was_decided = exists().where(
    Decision.person_id == _me, Decision.session_id == _sister.id, _sister.course_id == _session.course_id
)
_days = func.json_agg(aggregate_order_by(_version("d"), _day.day))
_versions = (
    select(
        func.json_build_array(
            *_HELD,
            _version("c"),
            select(_days).where(_day.session_id == _one).scalar_subquery(),
            _round.id,
            _version("r"),
            _has_precedence,
            _was_decided,
        )
    )
    .select_from(_session)
    .join(_person, _person.id == _me)
    .join(_course, _course.id == _session.course_id)
    .outerjoin(_given, _given.session_id == _session.id)
    .outerjoin(_round, _round.id == _given.round_id)
    .where(_session.id == _one)
    .correlate(None)
    .scalar_subquery()
)
_SEEN = (
    select(CourseSession, Person, CourseDay, Round, _versions)
    .select_from(CourseSession)
    .join(Person, Person.id == _me)
    .join(CourseDay, CourseDay.session_id == CourseSession.id)
    .outerjoin(RoundSession, RoundSession.session_id == CourseSession.id)
    .outerjoin(Round, Round.id == RoundSession.round_id)
    .where(CourseSession.id == _one)
    .order_by(CourseDay.day)
    .options(joinedload(CourseSession.course, innerjoin=True))
    .execution_options(populate_existing=True)
)
_HOLD = (
    select(*_HELD)
    .select_from(_session)
    .join(_person, _person.id == _me)
    .where(_session.id == _one)
    .with_for_update(key_share=True, of=(_session, _person))
)
"""It locks in the order in which it names them, and tells the versions that it has then."""
_LOOK = counted.one_line(
    _versions, select(func.nextval(func.pg_get_serial_sequence("bookings", "id"))).scalar_subquery()
)
