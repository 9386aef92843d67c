"""Rows turned into the facts that the rules ask for."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from auth.models import Person
from auth.states import Standing
from bookings.had import HadIn, Own
from bookings.held import Held, HeldIn, Holder
from bookings.in_vain import in_vain
from bookings.models import Booking, Round, RoundSession
from bookings.register import group_of
from bookings.rules import seats as rules
from bookings.rules.answer_time import Start
from bookings.rules.seats import Holding, Participant, Target
from bookings.states import ANSWERABLE, LIVE, SEATED, BookingState, Refusal, RoundState
from courses.models import BY_START, COURSE_AND_DAYS, CourseDay, CourseSession
from courses.rules import Day, is_held_in_reserve
from courses.shown import ShownSession
from courses.states import Publicity
from lararportal.clock import STOCKHOLM, day_of


def live_bookings(db: Session, person_ids: Collection[int]) -> dict[int, list[Booking]]:
    """The live seats and places of these persons, also in sessions that are over, with session, course and days.

    But for seats in vain: who did not pass a course has as little of it as who never had a seat there.
    """
    rows = db.scalars(
        select(Booking)
        .where(Booking.person_id.in_(person_ids), Booking.state.in_(LIVE), ~in_vain())
        .order_by(Booking.rank, Booking.id)
        .options(joinedload(Booking.session).options(*COURSE_AND_DAYS))
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Booking]] = defaultdict(list)
    for booking in rows:
        found[booking.person_id].append(booking)
    return found


def seats_at(db: Session, person_ids: Collection[int], moment: datetime) -> dict[int, list[CourseSession]]:
    """The sessions, with their days, in which these persons had a seat at a moment that may be past."""
    if not person_ids:
        return {}
    rows = db.execute(
        select(Booking.person_id, CourseSession)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(
            Booking.person_id.in_(person_ids),
            Booking.booked_at <= moment,
            Booking.ended_at.is_(None) | (Booking.ended_at > moment),
        )
        .options(selectinload(CourseSession.days))
    )
    found: dict[int, list[CourseSession]] = defaultdict(list)
    for person_id, session in rows:
        found[person_id].append(session)
    return found


def days_of(session: CourseSession | HadIn | HeldIn | ShownSession) -> frozenset[date]:
    """The days of a session."""
    return session.dates


Taken = Booking | Own
"""A seat or a place in line: the row, or what its owner reads of it."""
Had = Taken | Held
"""The same, or what counts of it."""


def participant(person: Person | Holder, bookings: Sequence[Had], *, today: date) -> Participant:
    """A person as the rules see them; courses whose days are over, and in which they had a seat, are taken."""
    return Participant(group=group_of(person), taken_courses=taken_courses(bookings, today=today))


def taken_courses(bookings: Collection[Had], *, today: date) -> frozenset[int]:
    """The courses that somebody with these bookings has been through."""
    return frozenset(
        booking.session.course_id for booking in bookings if is_seat(booking) and _is_over(booking.session, today)
    )


def holdings(bookings: Sequence[Had], *, today: date) -> list[Holding]:
    """What a person has in sessions that are not over."""
    return [
        Holding(
            session_id=booking.session_id,
            course_id=booking.session.course_id,
            days=days_of(booking.session),
            is_seat=is_seat(booking),
            is_offer=booking.state in ANSWERABLE,
        )
        for booking in bookings
        if not _is_over(booking.session, today)
    ]


def sessions_of(db: Session, booking_ids: Collection[int]) -> Sequence[CourseSession]:
    """The sessions of these bookings, with course and days, in the order they begin."""
    if not booking_ids:
        return []
    return db.scalars(
        select(CourseSession)
        .join(Booking, Booking.session_id == CourseSession.id)
        .where(Booking.id.in_(booking_ids))
        .order_by(*BY_START)
        .options(*COURSE_AND_DAYS)
    ).all()


def round_of(db: Session, session_id: int) -> Round | None:
    """The round that gives the session's seats, if any."""
    return db.scalar(_ROUND_OF, {"session_id": session_id})


_ROUND_OF = select(Round).join(RoundSession).where(RoundSession.session_id == bindparam("session_id"))


Looked = CourseSession | ShownSession
"""A session that somebody looks at: the row, or what its page shows."""


class GivenBy(NamedTuple):
    """The round that gives the seats of a session: as far as it concerns whoever looks at the session."""

    id: int
    title: str
    state: RoundState
    closes_at: datetime
    booking_opens_at: datetime | None

    @classmethod
    def read(cls, told: Sequence[Any] | None) -> Self | None:
        """What `GIVEN_BY` tells of it."""
        if told is None:
            return None
        number, title, state, closes_at, opens_at = told
        opens = datetime.fromisoformat(opens_at) if opens_at is not None else None
        return cls(number, title, RoundState(state), datetime.fromisoformat(closes_at), opens)


_round, _given = aliased(Round, name="r"), aliased(RoundSession, name="g")
GIVEN_BY = (
    select(func.json_build_array(_round.id, _round.title, _round.state, _round.closes_at, _round.booking_opens_at))
    .join(_given, _given.round_id == _round.id)
    .where(_given.session_id == bindparam("one", type_=Integer))
    .scalar_subquery()
)
"""To ask for beside a line (`counted.one_line`)."""


def target(session: Looked | HadIn, round_: Round | GivenBy | None) -> Target:
    """A session as the rules see it."""
    course = session.course
    return Target(
        session_id=session.id,
        course_id=session.course_id,
        days=days_of(session),
        starts_on=session.starts_on,
        groups=course.targets,
        is_published=session.publicity is Publicity.PUBLISHED and course.publicity is not Publicity.DRAFT,
        is_held_in_reserve=is_held_in_reserve(session) and course.publicity is Publicity.PUBLISHED,
        is_in_unpublished_round=round_ is not None and round_.state is not RoundState.PUBLISHED,
        booking_opens_at=round_.booking_opens_at if round_ is not None else None,
        booking_is_closed=session.booking_is_closed,
    )


def about(refusal: Refusal, wanted: Target, bookings: Sequence[Had], *, today: date) -> dict[str, Any]:
    """For the sentence of a refusal: the course and the days of what it is about, if that is something one has."""
    found = rules.what_it_is_about(refusal, wanted, holdings(bookings, today=today))
    if found is None:
        return {}
    [booking] = [each for each in bookings if each.session_id == found.session_id]
    return {"other": booking.session.course.title, "other_days": sorted(found.days)}


def start_of(session: Looked) -> Start:
    """The moment a session begins; its days are loaded."""
    return start_on(session.days[0])


def start_on(first: CourseDay | Day) -> Start:
    """The moment a session begins whose first day this is."""
    return Start(datetime.combine(first.day, first.starts, STOCKHOLM).astimezone(UTC))


def is_late(booking: Taken, session: CourseSession | HadIn, *, now: datetime) -> bool:
    """Whether giving the seat back now would count as late."""
    return rules.is_late(
        cancel_by=session.cancel_by_since(booking.booked_at),
        booked_at=booking.booked_at or now,
        is_bound=booking.is_bound,
        is_free=is_free(booking, session),
        now=now,
        today=day_of(now),
    )


def is_free(booking: Had, session: CourseSession | HadIn | HeldIn) -> bool:
    """Whether the seat may be given back however late: it is not they who changed something."""
    return rules.is_free(booked_at=booking.booked_at, moved_at=session.moved_at, is_over=session.seats_over > 0)


def booked_by_group(db: Session, session_id: int) -> dict[str | None, int]:
    """How many seats each group has in a session, or are kept for it."""
    rows = db.execute(
        select(Person.category, Person.standing, func.count())
        .join(Booking, Booking.person_id == Person.id)
        .where(Booking.session_id == session_id, Booking.state.in_((*SEATED, BookingState.OFFERED)))
        .group_by(Person.category, Person.standing)
    )
    booked: dict[str | None, int] = defaultdict(int)
    for category, standing, count in rows:
        confirmed = category if standing is Standing.CONFIRMED else None
        booked[confirmed.group if confirmed else None] += count
    return booked


def is_seat(booking: Had) -> bool:
    """Whether they have it, and do not only wait for it."""
    return booking.state in SEATED


def _is_over(session: CourseSession | HadIn | HeldIn, today: date) -> bool:
    return max(session.dates) < today
