"""Rows turned into the facts that the rules ask for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from auth.models import Person
from auth.states import Standing
from bookings.in_vain import has_seat_in, in_vain
from bookings.models import Application, Booking, Round, RoundSession
from bookings.register import group_of
from bookings.rules import seats as rules
from bookings.rules.answer_time import Start, needs_short_notice
from bookings.rules.line import Waiter, Wish
from bookings.rules.seats import Holding, Participant, Target
from bookings.states import ANSWERABLE, IN_LINE, IN_TIME, LIVE, SEATED, BookingState, Refusal, RoundState
from courses.models import Course, CourseDay, CourseSession
from courses.rules import Day
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
        .options(
            joinedload(Booking.session).options(joinedload(CourseSession.course), selectinload(CourseSession.days))
        )
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


def days_of(session: CourseSession) -> frozenset[date]:
    """The days of a session."""
    return frozenset(each.day for each in session.days)


def participant(person: Person, bookings: Sequence[Booking], *, today: date) -> Participant:
    """A person as the rules see them; courses whose days are over, and in which they had a seat, are taken."""
    return Participant(group=group_of(person), taken_courses=taken_courses(bookings, today=today))


def taken_courses(bookings: Collection[Booking], *, today: date) -> frozenset[int]:
    """The courses that somebody with these bookings has been through."""
    return frozenset(
        booking.session.course_id for booking in bookings if _is_seat(booking) and _is_over(booking.session, today)
    )


def holdings(bookings: Sequence[Booking], *, today: date) -> list[Holding]:
    """What a person has in sessions that are not over."""
    return [
        Holding(
            session_id=booking.session_id,
            course_id=booking.session.course_id,
            days=days_of(booking.session),
            is_seat=_is_seat(booking),
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
        .order_by(CourseSession.starts_on, CourseSession.id)
        .options(joinedload(CourseSession.course), selectinload(CourseSession.days))
    ).all()


def round_of(db: Session, session_id: int) -> Round | None:
    """The round that gives the session's seats, if any."""
    return db.scalar(select(Round).join(RoundSession).where(RoundSession.session_id == session_id))


def target(session: CourseSession, course: Course, round_: Round | None) -> Target:
    """A session as the rules see it."""
    return Target(
        session_id=session.id,
        course_id=session.course_id,
        days=days_of(session),
        starts_on=session.starts_on,
        groups=course.targets,
        is_published=session.publicity is Publicity.PUBLISHED and course.publicity is not Publicity.DRAFT,
        is_held_in_reserve=session.is_held_in_reserve and course.publicity is Publicity.PUBLISHED,
        is_in_unpublished_round=round_ is not None and round_.state is not RoundState.PUBLISHED,
        booking_opens_at=round_.booking_opens_at if round_ is not None else None,
        booking_is_closed=session.booking_is_closed,
    )


def about(refusal: Refusal, wanted: Target, bookings: Sequence[Booking], *, today: date) -> dict[str, Any]:
    """For the sentence of a refusal: the course and the days of what it is about, if that is something one has."""
    found = rules.what_it_is_about(refusal, wanted, holdings(bookings, today=today))
    if found is None:
        return {}
    [booking] = [each for each in bookings if each.session_id == found.session_id]
    return {"other": booking.session.course.title, "other_days": sorted(found.days)}


def line(db: Session, session_ids: Collection[int], *, today: date) -> dict[int, list[Waiter]]:
    """The lines of these sessions, each in order, with all that everybody in them holds and waits for.

    Who left a line between the two looks that this takes is not in it.
    """
    return _lines(db, Booking.session_id.in_(session_ids), states=IN_LINE, bar=_barred, today=today)


def holders_in_line(db: Session, course_id: int, *, today: date) -> dict[int, list[Waiter]]:
    """As `line`, for all sessions of a course, but only those in line who have a seat in it already."""
    session = aliased(CourseSession)
    of_course = select(session.id).where(session.course_id == course_id)
    has_seat = has_seat_in(course_id)
    return _lines(db, Booking.session_id.in_(of_course), has_seat, states=IN_LINE, bar=_barred, today=today)


def offered(db: Session, session_ids: Collection[int], *, today: date) -> dict[int, list[Waiter]]:
    """As `line`, of those for whom a seat is kept until they answer; what they can leave is as they were told."""
    of_sessions = Booking.session_id.in_(session_ids)
    return _lines(db, of_sessions, states=(BookingState.OFFERED,), bar=_not_eligible, today=today)


def answerable(db: Session, session_ids: Collection[int], *, today: date) -> dict[int, list[Waiter]]:
    """As `offered`, and those who are asked in a call-out."""
    return _lines(db, Booking.session_id.in_(session_ids), states=ANSWERABLE, bar=_not_eligible, today=today)


Bar = Callable[[Booking, Participant, date], Refusal | None]


def _lines(
    db: Session, *conditions: ColumnElement[bool], states: Collection[BookingState], bar: Bar, today: date
) -> dict[int, list[Waiter]]:
    rows = db.execute(
        select(Booking, Person)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.state.in_(states), *conditions)
        .order_by(Booking.session_id, Booking.wave, Booking.key, Booking.joined_at, Booking.id)
    ).all()
    persons = {person.id for _, person in rows}
    bookings = live_bookings(db, persons) if rows else {}
    caps = _caps(db, persons, {booking.round_id for booking, _ in rows if booking.round_id is not None})
    lines: dict[int, list[Waiter]] = defaultdict(list)
    for booking, person in rows:
        if not any(each is booking and each.state in states for each in bookings.get(person.id, [])):
            continue
        who = participant(person, bookings[person.id], today=today)
        lines[booking.session_id].append(
            Waiter(
                booking_id=booking.id,
                person_id=person.id,
                group=who.group,
                wishes=tuple(_wish(each, wanted=booking, today=today) for each in bookings[person.id]),
                cap=caps.get((booking.round_id, person.id), len(bookings[person.id])),
                barred=bar(booking, who, today),
                has_standing_yes=booking.standing_yes,
            )
        )
    return lines


def _not_eligible(booking: Booking, who: Participant, today: date) -> Refusal | None:  # noqa: ARG001 - as `_barred`
    course = booking.session.course
    return rules.why_not_eligible(who, course_id=course.id, groups=course.targets)


def _barred(booking: Booking, who: Participant, today: date) -> Refusal | None:
    """Why somebody in line may not have the seat today: also because they cannot be asked so late."""
    refusal = _not_eligible(booking, who, today)
    if refusal is None and not booking.short_notice:
        is_late = needs_short_notice(starts_on=booking.session.starts_on, today=today)
        return Refusal.NOT_AT_SHORT_NOTICE if is_late else None
    return refusal


def start_of(session: CourseSession) -> Start:
    """The moment a session begins; its days are loaded."""
    return start_on(session.days[0])


def start_on(first: CourseDay | Day) -> Start:
    """The moment a session begins whose first day this is."""
    return Start(datetime.combine(first.day, first.starts, STOCKHOLM).astimezone(UTC))


def is_late(booking: Booking, session: CourseSession, *, now: datetime) -> bool:
    """Whether giving the seat back now would count as late."""
    return rules.is_late(
        cancel_by=session.cancel_by_since(booking.booked_at),
        booked_at=booking.booked_at or now,
        is_bound=booking.is_bound,
        is_free=is_free(booking, session),
        now=now,
        today=day_of(now),
    )


def is_free(booking: Booking, session: CourseSession) -> bool:
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


def _caps(db: Session, persons: Collection[int], rounds: Collection[int]) -> dict[tuple[int | None, int], int]:
    if not rounds:
        return {}
    rows = db.execute(
        select(Application.round_id, Application.person_id, Application.cap).where(
            Application.round_id.in_(rounds), Application.person_id.in_(persons)
        )
    )
    return {(round_id, person_id): cap for round_id, person_id, cap in rows}


def _is_fixed(booking: Booking, wanted: Booking, today: date) -> bool:
    """Whether it is too late to leave a seat for the one wanted, or was when that was asked; not if it is free."""
    told = day_of(wanted.asked_at) if wanted.state in ANSWERABLE and wanted.asked_at else today
    return told > booking.session.cancel_by_since(booking.booked_at) and not is_free(booking, booking.session)


def _wish(booking: Booking, *, wanted: Booking, today: date) -> Wish:
    session = booking.session
    return Wish(
        booking_id=booking.id,
        session_id=booking.session_id,
        course_id=session.course_id,
        days=days_of(session),
        rank=booking.rank,
        is_held=_is_seat(booking),
        is_fixed=_is_fixed(booking, wanted, today),
        is_asked_about=booking.state in (*ANSWERABLE, BookingState.MUST_CHOOSE),
        must_choose=booking.state is BookingState.MUST_CHOOSE,
        list_id=booking.round_id if booking.wave == IN_TIME else None,
    )


def _is_seat(booking: Booking) -> bool:
    return booking.state in SEATED


def _is_over(session: CourseSession, today: date) -> bool:
    return max(days_of(session)) < today
