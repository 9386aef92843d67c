"""What counts of a person when seats are given, as they may read it before they apply."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from auth.states import Category, Standing
from bookings import register
from bookings.lots import POLICY
from bookings.models import Decision, Round, RoundSession
from bookings.queries.precedence import PrecedenceRow, precedences_of
from bookings.register import History
from bookings.rules.register import NO_PLANNED_END
from bookings.states import RoundState
from courses.models import Course, CourseSession
from courses.states import Kind, Order
from lararportal.clock import day_of
from lararportal.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """A person's months on the day that a round closes; on this day when none is open."""

    round_id: int | None
    round_title: str
    on: date
    served: int
    left: int | None
    """None without a planned end: a specialist, or a doctor before the residency."""
    is_last_chance: bool
    """Whether the term is counted as the last before the planned end."""


@dataclass(frozen=True, kw_only=True)
class TurnedDown:
    """A course for which it is remembered that the person got no seat."""

    course_code: str
    course_title: str
    order: Order
    times: int


@dataclass(frozen=True, kw_only=True)
class WhatCounts:
    """All that counts of somebody when seats are given, beside the lottery and their own list."""

    category: Category | None
    is_confirmed: bool
    reckonings: list[Reckoning]
    turned_down: list[TurnedDown]
    precedences: list[PrecedenceRow]


def what_counts(db: Session, person_id: int, *, now: datetime) -> WhatCounts:
    """What a profile shows: as it will be when each open round closes.

    Raises:
        NotFound: there is no such person.
    """
    person = _person(db, person_id)
    rounds = db.scalars(
        select(Round).where(Round.state == RoundState.OPEN, Round.closes_at > now).order_by(Round.closes_at, Round.id)
    ).all()
    return WhatCounts(
        category=person.category,
        is_confirmed=person.standing is Standing.CONFIRMED,
        reckonings=[_reckoning(person, each) for each in rounds] or [_today(person, day_of(now))],
        turned_down=_turned_down(db, person_id),
        precedences=precedences_of(db, person_id, now=now),
    )


@dataclass(frozen=True, kw_only=True)
class CourseCounts:
    """A course of a round: its order of precedence, and what of the person counts in it beside their months."""

    title: str
    is_last_chance: bool
    has_precedence: bool
    times_turned_down: int
    """Zero where the order does not look at it."""


@dataclass(frozen=True)
class RoundCounts:
    """What counts of somebody in one round: their months when it closes, and the courses by their order."""

    reckoning: Reckoning
    courses: Mapping[Order, list[CourseCounts]]


def round_counts(db: Session, *, round_id: int, person_id: int) -> RoundCounts:
    """The courses of a round that are for the person's group, each with what counts there.

    Raises:
        NotFound: there is no such round or person.
    """
    person, round_ = _person(db, person_id), db.get(Round, round_id)
    if round_ is None:
        raise NotFound
    of_round = select(CourseSession.course_id).join(RoundSession).where(RoundSession.round_id == round_id)
    courses = db.scalars(select(Course).where(Course.id.in_(of_round)).order_by(Course.title, Course.code)).all()
    brought = register.histories(db, [person_id], {each.id for each in courses}, term=round_.term)[person_id]
    reckoning = _reckoning(person, round_)
    group = person.category.group if person.category is not None else None
    found: dict[Order, list[CourseCounts]] = {}
    for course in courses:
        if group in course.targets:
            found.setdefault(course.order, []).append(_course_counts(course, brought, reckoning))
    return RoundCounts(reckoning, {order: found[order] for order in Order if order in found})


def _course_counts(course: Course, brought: History, reckoning: Reckoning) -> CourseCounts:
    return CourseCounts(
        title=course.title,
        is_last_chance=reckoning.is_last_chance and course.kind is Kind.MANDATORY,
        has_precedence=course.id in brought.displaced,
        times_turned_down=brought.rejections.get(course.id, 0) if course.order is Order.REVERSED else 0,
    )


def _person(db: Session, person_id: int) -> Person:
    found = db.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def _reckoning(person: Person, round_: Round) -> Reckoning:
    closes_on = day_of(round_.closed_at or round_.closes_at)
    return _on(person, closes_on, round_id=round_.id, round_title=round_.title)


def _today(person: Person, today: date) -> Reckoning:
    return _on(person, today, round_id=None, round_title="")


def _on(person: Person, day: date, *, round_id: int | None, round_title: str) -> Reckoning:
    facts = register.facts_of(person, on=day)
    has_end = facts.left != NO_PLANNED_END
    return Reckoning(
        round_id=round_id,
        round_title=round_title,
        on=day,
        served=facts.served,
        left=facts.left if has_end else None,
        is_last_chance=has_end and facts.left <= POLICY.last_chance_months,
    )


def _turned_down(db: Session, person_id: int) -> list[TurnedDown]:
    """Where it is remembered, in the order of titles."""
    asked = (
        select(CourseSession.course_id)
        .join(Decision, Decision.session_id == CourseSession.id)
        .where(Decision.person_id == person_id)
    )
    courses: Sequence[Course] = db.scalars(
        select(Course).where(Course.id.in_(asked)).order_by(Course.title, Course.code)
    ).all()
    brought = register.histories(db, [person_id], {each.id for each in courses}, term="")[person_id]
    return [
        TurnedDown(
            course_code=each.code, course_title=each.title, order=each.order, times=brought.rejections[each.id]
        )
        for each in courses
        if each.id in brought.rejections
    ]
