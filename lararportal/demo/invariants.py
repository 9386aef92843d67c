"""What must hold of every term, recomputed from the rows and never from a counter.

Most of it is asked of the database, in `invariants.sql`; two questions need the rules.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session, selectinload, undefer

from auth.models import Person
from bookings import facts, lots
from bookings.allocation import last_run
from bookings.models import Booking, Round, Run
from bookings.register import group_of
from bookings.rules import line
from bookings.rules.allocation import check
from bookings.rules.answer_time import Way, way_of
from bookings.states import BookingState, RoundState
from courses.models import CourseSession
from courses.states import Publicity
from lararportal.clock import day_of

HEADING = "--: "


def invariants(db: Session, *, now: datetime) -> list[str]:
    """Every violation, in words; an empty list when everything holds."""
    found = [f"{name}: {row}" for name, statement in statements().items() for row in db.scalars(text(statement))]
    for name, look in LOOKS.items():
        found += [f"{name}: {row}" for row in look(db, now)]
    return found


def names() -> list[str]:
    """What is looked at, in words."""
    return [*statements(), *LOOKS]


@cache
def statements() -> dict[str, str]:
    """The statements of the file by their headings, each with the common part before it."""
    common, *parts = Path(__file__).with_suffix(".sql").read_text("utf-8").split(HEADING)
    headed = (part.partition("\n") for part in parts)
    return {name: common + statement for name, _, statement in headed}


def _seats_nobody_took(db: Session, now: datetime) -> Iterator[str]:
    """Sessions ahead with a free seat, although somebody in the line would take it and is not asked about it."""
    today = day_of(now)
    ahead = db.scalars(
        select(CourseSession)
        .where(CourseSession.publicity == Publicity.PUBLISHED, CourseSession.starts_on > today)
        .order_by(CourseSession.id)
        .options(selectinload(CourseSession.days))
    ).all()
    booked = _booked(db)
    asking = set(db.scalars(select(Booking.session_id).where(Booking.state == BookingState.ASKED)))
    lines = facts.line(db, [session.id for session in ahead], today=today)
    for session in ahead:
        free = session.seats - sum(booked[session.id].values())
        way = way_of(facts.start_of(session), has_standing_yes=True, now=now)
        if session.id in asking or way is Way.TOO_LATE:
            continue
        if free > 0 and _would_take(session, lines.get(session.id, []), booked[session.id], today):
            yield f"session {session.id} has {free} free, and somebody in line would take one"


def _would_take(
    session: CourseSession, waiters: list[line.Waiter], booked: dict[str | None, int], today: date
) -> bool:
    move = line.next_in_line(
        waiters, reserves=session.reserves, booked=booked, starts_on=session.starts_on, today=today
    )
    return move is not None


def _booked(db: Session) -> dict[int, Counter[str | None]]:
    """The seats of each session by group, counted one by one, with those that are kept for somebody."""
    counted: dict[int, Counter[str | None]] = {}
    for session_id in db.scalars(select(CourseSession.id)):
        counted[session_id] = Counter()
    rows = db.execute(
        select(Booking.session_id, Person)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.state.in_((BookingState.BOOKED, BookingState.OFFERED)))
    )
    for session_id, person in rows:
        counted[session_id][group_of(person)] += 1
    return counted


def _rounds_that_do_not_follow_the_rules(db: Session, now: datetime) -> Iterator[str]:
    """Published rounds whose result the independent check would not let through, or whose input is another."""
    del now
    published = db.scalars(
        select(Round).where(Round.state == RoundState.PUBLISHED).order_by(Round.id).options(undefer(Round.frozen))
    )
    for round_ in published:
        frozen = round_.frozen or ""
        if sha256(frozen.encode()).hexdigest() != round_.frozen_hash:
            yield f"what was frozen of round {round_.id} has another hash than the published one"
        last = last_run(round_.id).with_only_columns(Run.result)
        result = json.loads(db.scalars(last).one())
        document = json.loads(frozen) | {"lottery": {"seed": round_.seed}}
        for violation in check(document, result):
            yield f"round {round_.id}: {violation}"


def _lotteries_that_do_not_add_up(db: Session, now: datetime) -> Iterator[str]:
    """Rounds whose seed does not follow from what their parties revealed."""
    del now
    for round_ in db.scalars(select(Round).where(Round.seed.is_not(None)).order_by(Round.id)):
        if lots.seed(round_) != round_.seed:
            yield f"round {round_.id} has another seed than its values make"


def _offers_that_should_be_over(db: Session, now: datetime) -> Iterator[str]:
    """Seats that are kept for somebody whose time to answer has passed, or who would not take them any more."""
    kept = db.scalars(select(Booking).where(Booking.state == BookingState.OFFERED).order_by(Booking.id)).all()
    for booking in kept:
        if booking.answer_by is None or booking.answer_by < now:
            yield f"booking {booking.id} should have been answered by {booking.answer_by}"
    for waiters in facts.offered(db, {each.session_id for each in kept}, today=day_of(now)).values():
        for waiter in waiters:
            if line.would_leave(waiter) is None:
                yield f"booking {waiter.booking_id} keeps a seat that person {waiter.person_id} would not take"


LOOKS: dict[str, Callable[[Session, datetime], Iterator[str]]] = {
    "no seat is free that somebody in line would take": _seats_nobody_took,
    "no seat is kept for who is past answering": _offers_that_should_be_over,
    "what was published follows the rules": _rounds_that_do_not_follow_the_rules,
    "every seed follows from what was revealed": _lotteries_that_do_not_add_up,
}
