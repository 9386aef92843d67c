"""Course sessions: a course is planned on certain days at a place, published, opened and archived."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict, Unpack

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from auth.holders import holds
from auth.models import Person
from auth.states import Area, Role
from courses import rules
from courses.catalogue import lock_course
from courses.concerned import Change, Count, Impartial, ask_first, everybody, nobody
from courses.models import CourseDay, CourseSession
from courses.rules import Day, SessionDates, SessionFacts
from courses.states import Publicity, Refusal
from lararportal import clock, journal
from lararportal.errors import NotFound, Refused, insist


class SessionPlan(TypedDict):
    """What a coordinator says of a session; `courses.rules.default_dates` proposes the dates."""

    days: Sequence[Day]
    place: str
    area: Area
    seats: int
    minimum: int
    leader_ids: Sequence[int]
    cancel_by: date
    go_no_go_on: date
    prepare_by: date | None


def lock(db: Session, ids: Iterable[int]) -> list[CourseSession]:
    """Holds these sessions to the end of the transaction, in id order, as they are now, with their course and days.

    Everybody who takes or frees seats, or changes a session, calls this first and once: then nobody else can,
    and what is counted afterwards stays true. The lock is the one an update takes, so that others may still
    write rows that only refer to a session.

    Raises:
        NotFound: one of the sessions does not exist.
    """
    wanted = set(ids)
    locked = db.scalars(_LOCK, {"ids": list(wanted)}).all()
    if len(locked) != len(wanted):
        raise NotFound
    days: dict[int, list[CourseDay]] = defaultdict(list)
    for each in db.scalars(_DAYS, {"ids": list(wanted)}):
        days[each.session_id].append(each)
    for session in locked:
        set_committed_value(session, "days", days[session.id])
    return list(locked)


_LOCK = (
    select(CourseSession)
    .where(CourseSession.id.in_(bindparam("ids", expanding=True)))
    .order_by(CourseSession.id)
    .with_for_update(key_share=True, of=CourseSession)
    .options(joinedload(CourseSession.course, innerjoin=True))
    .execution_options(populate_existing=True)
)
_DAYS = (
    select(CourseDay)
    .where(CourseDay.session_id.in_(bindparam("ids", expanding=True)))
    .order_by(CourseDay.session_id, CourseDay.day)
    .execution_options(populate_existing=True)
)
"""After the lock: one statement sees what was there when it began, and it began to wait then."""


def plan(
    db: Session, *, course_id: int, now: datetime, by: int | None, **wanted: Unpack[SessionPlan]
) -> CourseSession:
    """Adds a session of a course, as a draft that coordinators see.

    Raises:
        Refused: its days, dates or seats contradict each other, or somebody chosen as leader is none.
        NotFound: there is no such course.
    """
    made = _planned(db, course_id, wanted, now)
    journal.note(db, "session.planned", now=now, by=by, session=made.id, course=course_id, **_for_journal(wanted))
    return made


def plan_reserve(
    db: Session, *, course_id: int, now: datetime, by: int | None, **wanted: Unpack[SessionPlan]
) -> CourseSession:
    """Adds a reserve session: it stays hidden until high demand makes a coordinator open it.

    Raises:
        Refused: its days, dates or seats contradict each other, or somebody chosen as leader is none.
        NotFound: there is no such course.
    """
    made = _planned(db, course_id, wanted, now)
    made.is_reserve = True
    journal.note(
        db, "session.planned_in_reserve", now=now, by=by, session=made.id, course=course_id, **_for_journal(wanted)
    )
    return made


def open_reserve(
    db: Session, *, session_id: int, impartial: Impartial = everybody, now: datetime, by: int | None
) -> None:
    """Makes a reserve session an ordinary one that everybody sees.

    Raises:
        Refused: `by` is not impartial, the session is no reserve, it is archived, or its course is not published.
        NotFound: there is no such session.
    """
    (session,) = lock(db, [session_id])
    impartial(db, session, now=now, by=by)
    if not session.is_reserve:
        raise Refused(Refusal.SESSION_IS_NO_RESERVE)
    _publish(db, session, today=clock.day_of(now))
    session.is_reserve = False
    journal.note(db, "session.reserve_opened", now=now, by=by, session=session.id)


def publish(db: Session, *, session_id: int, now: datetime, by: int | None) -> None:
    """Lets everybody see a session.

    Raises:
        Refused: it is published already, it has begun, its course is not, or it is a reserve session.
        NotFound: there is no such session.
    """
    (session,) = lock(db, [session_id])
    if session.is_reserve:
        raise Refused(Refusal.SESSION_IS_RESERVE)
    _publish(db, session, today=clock.day_of(now))
    journal.note(db, "session.published", now=now, by=by, session=session.id)


def archive(
    db: Session,
    *,
    session_id: int,
    confirmed: str = "",
    interested: Count = nobody,
    impartial: Impartial = everybody,
    now: datetime,
    by: int | None,
) -> None:
    """Takes a session off the lists; its page stays for those who were there.

    Raises:
        Refused: `by` is not impartial; it is archived already; or it is not over, and people are booked, or it
            concerns others and that has not been confirmed, as for `change`.
        NotFound: there is no such session.
    """
    (session,) = lock(db, [session_id])
    impartial(db, session, now=now, by=by)
    is_ahead = session.last_day >= clock.day_of(now)
    if session.seats_taken and is_ahead:
        raise Refused(Refusal.SESSION_NOT_OVER, booked=session.seats_taken)
    if session.publicity is Publicity.PUBLISHED and is_ahead:
        withdrawal = Change("publicity", session.publicity, Publicity.ARCHIVED)
        ask_first(session, [withdrawal], interested(db, session_id), confirmed=confirmed)
    session.move_to(Publicity.ARCHIVED)
    journal.note(db, "session.archived", now=now, by=by, session=session.id)


def call_off(db: Session, *, session_id: int, now: datetime, by: int | None) -> None:
    """A session will not be held; its page says so. Nobody has a seat in it: those are to be moved first.

    Raises:
        Refused: people are booked, or it is not published.
        NotFound: there is no such session.
    """
    (session,) = lock(db, [session_id])
    if session.seats_taken:
        raise Refused(Refusal.SESSION_NOT_OVER, booked=session.seats_taken)
    session.move_to(Publicity.CALLED_OFF)
    journal.note(db, "session.called_off", now=now, by=by, session=session.id)


def said_of(session: CourseSession) -> dict[str, Any]:
    """What is said of a session now, in the order of the form; needs days and leaders loaded."""
    listed: dict[str, Any] = {
        "days": tuple(Day(each.day, each.starts, each.ends) for each in session.days),
        "leader_ids": tuple(sorted(leader.id for leader in session.leaders)),
    }
    return {what: listed[what] if what in listed else getattr(session, what) for what in SessionPlan.__annotations__}


def _planned(db: Session, course_id: int, wanted: SessionPlan, now: datetime) -> CourseSession:
    lock_course(db, course_id)
    leaders = leaders_chosen(db, wanted["leader_ids"], already=[])
    judge(wanted, reserved=0)
    made = CourseSession(
        course_id=course_id, created_at=now, seats_taken=0, seats_offered=0, days=[], leaders=leaders
    )
    write(made, wanted)
    db.add(made)
    db.flush()
    return made


def judge(wanted: SessionPlan, *, reserved: int) -> None:
    """What is said of a session contradicts itself nowhere.

    Raises:
        Refused: its days, dates or seats do.
    """
    dates = SessionDates(wanted["cancel_by"], wanted["go_no_go_on"], wanted["prepare_by"])
    insist(rules.faults_of(SessionFacts(tuple(wanted["days"]), dates, wanted["seats"], wanted["minimum"], reserved)))


def write(session: CourseSession, wanted: SessionPlan) -> None:
    """All that is wanted is said of the session, except who leads it."""
    for name in ("place", "area", "minimum", "cancel_by", "go_no_go_on", "prepare_by"):
        setattr(session, name, wanted[name])
    session.set_seats(wanted["seats"])
    session.days = _rows(session.days, in_order(wanted["days"]))
    session.starts_on = session.days[0].day


def _rows(before: Sequence[CourseDay], wanted: Sequence[Day]) -> list[CourseDay]:
    """A day that stays is the same row; others become the first of those that are new, and calendars move them."""
    stays = {each.day for each in wanted}
    kept = {each.day: each for each in before if each.day in stays}
    moved = [each for each in before if each.day not in stays]
    new = [each.day for each in wanted if each.day not in kept]
    for row, day in zip(moved, new, strict=False):
        row.first_known_as = row.known_as
        row.day = day
        kept[day] = row
    for day in new[len(moved) :]:
        names = {row.known_as for row in kept.values()}
        name = next(each for each in (day + timedelta(days=n) for n in range(len(names) + 1)) if each not in names)
        kept[day] = CourseDay(day=day, first_known_as=None if name == day else name)
    for each in wanted:
        kept[each.day].starts, kept[each.day].ends = each.starts, each.ends
    return [kept[each.day] for each in wanted]


def in_order(days: Sequence[Day]) -> list[Day]:
    """By date."""
    return sorted(days, key=lambda each: each.day)


def leaders_chosen(db: Session, ids: Sequence[int], *, already: Sequence[Person]) -> list[Person]:
    """The chosen leaders; who led the session already may go on, whatever became of the role."""
    wanted = set(ids)
    allowed = holds(Role.LEADER) | Person.id.in_([person.id for person in already])
    leaders = db.scalars(select(Person).where(Person.id.in_(wanted), allowed).order_by(Person.id)).all()
    if len(leaders) != len(wanted):
        raise Refused(Refusal.NOT_A_LEADER)
    return list(leaders)


def _publish(db: Session, session: CourseSession, *, today: date) -> None:
    if session.starts_on <= today:
        raise Refused(Refusal.SESSION_HAS_BEGUN)
    if lock_course(db, session.course_id).publicity is not Publicity.PUBLISHED:
        raise Refused(Refusal.COURSE_NOT_PUBLISHED)
    session.move_to(Publicity.PUBLISHED)


def _for_journal(wanted: SessionPlan) -> dict[str, Any]:
    """As it is planned, with no seat reserved for any group, and no day that calendars have under another."""
    return {**{name: plain(value) for name, value in wanted.items()}, "reserves": {}, "known_as": {}}


def known_as(session: CourseSession) -> dict[str, str]:
    """The days that calendars have under another one, which they were first known as."""
    return {f"{each.day}": f"{each.first_known_as}" for each in session.days if each.first_known_as is not None}


def plain(value: Any) -> Any:
    """A fact as the journal keeps it."""
    if isinstance(value, Day):
        return f"{value.day} {value.starts:%H:%M}-{value.ends:%H:%M}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, str | int) else str(value)
