"""What the register says of a person on a day: everything that counts for seats, and nothing that a form says."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, distinct, func, null, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from auth.models import Person
from auth.states import Standing
from bookings.held import Holder
from bookings.models import Booking, Decision, Precedence, Round
from bookings.rules import history
from bookings.rules.history import Answer, Stay
from bookings.rules.register import months_left, months_served
from bookings.states import REFUSED
from courses.models import CourseSession


@dataclass(frozen=True)
class RegisterFacts:
    """Group, whole months of residency served, whole months left to the planned end (allocation rules, 2.1)."""

    group: str | None
    served: int
    left: int


def group_of(person: Person | Holder) -> str | None:
    """The group that counts when seats are given; None until somebody has confirmed what the person is."""
    if person.standing is not Standing.CONFIRMED or person.category is None or person.erased_at is not None:
        return None
    return person.category.group


def seat_group_of(person: Person) -> str:
    """As `Person.seat_group`: what stands beside each of their places."""
    return group_of(person) or ""


def facts_of(person: Person, *, on: date) -> RegisterFacts:
    """The person's facts on that day; only residents serve months and have months left."""
    is_resident = person.category is not None and person.category.is_resident
    start, end = (person.residency_start, person.planned_end) if is_resident else (None, None)
    return RegisterFacts(
        group=group_of(person),
        served=months_served(residency_start=start, leave_months=person.leave_months, on=on),
        left=months_left(planned_end=end, on=on),
    )


@dataclass(frozen=True)
class History:
    """What a person brings along from earlier terms, by the id of the course (allocation rules, 2.2)."""

    rejections: Mapping[int, int]
    """How often they have been turned down; courses where it counts nothing are missing."""
    displaced: Collection[int]
    """The courses for which they have precedence."""


NOTHING = History({}, ())
"""What most people bring along."""


def histories(
    db: Session, person_ids: Collection[int], course_ids: Collection[int], *, term: str
) -> dict[int, History]:
    """What each of these persons brings along for these courses in a term, in two statements for however many.

    Refusals are reckoned from what published rounds decided and from the seats there have been since; who was never
    in one takes one.
    """
    of = {"persons": list(person_ids), "courses": list(course_ids)}
    answers, displaced = _brought(db, of, term=term)
    stays, noes = _stays_and_noes(db, of) if answers else ({}, {})
    rejections: dict[int, dict[int, int]] = defaultdict(dict)
    for (person_id, course_id), given in answers.items():
        key = person_id, course_id
        count = history.rejections(given, stays.get(key, []), noes.get(key, []))
        if count:
            rejections[person_id][course_id] = count
    return {each: History(rejections.get(each, {}), displaced.get(each, ())) for each in person_ids}


Of = Mapping[str, list[int]]
"""The `persons` and `courses` that are asked about."""


def _among(person: InstrumentedAttribute[int], course: InstrumentedAttribute[int]) -> tuple[ColumnElement[bool], ...]:
    return person.in_(bindparam("persons", expanding=True)), course.in_(bindparam("courses", expanding=True))


_codes = func.array_agg(distinct(Decision.code))
_BROUGHT: CompoundSelect[Any] = union_all(
    select(Decision.person_id, CourseSession.course_id, Round.published_at, _codes, null())
    .join(Round, Round.id == Decision.round_id)
    .join(CourseSession, CourseSession.id == Decision.session_id)
    .where(*_among(Decision.person_id, CourseSession.course_id))
    .group_by(Decision.person_id, CourseSession.course_id, Round.id),
    select(Precedence.person_id, Precedence.course_id, null(), null(), Precedence.term).where(
        *_among(Precedence.person_id, Precedence.course_id),
        Precedence.is_open,
    ),
)


def _brought(db: Session, of: Of, *, term: str) -> tuple[dict[tuple[int, int], list[Answer]], dict[int, set[int]]]:
    """What published rounds answered, by person and course; by person the courses whose open precedence counts."""
    answers: dict[tuple[int, int], list[Answer]] = defaultdict(list)
    displaced: dict[int, set[int]] = defaultdict(set)
    for person_id, course_id, published_at, codes, since in db.execute(_BROUGHT, of):
        if since is not None and history.precedence_holds(since=since, in_term=term):
            displaced[person_id].add(course_id)
        if published_at is not None:
            answers[person_id, course_id].append(Answer(published_at, codes))
    return answers, displaced


_STAYS = (
    select(Booking.person_id, CourseSession.course_id, Booking.state, Booking.booked_at, Booking.ended_at)
    .join(CourseSession, CourseSession.id == Booking.session_id)
    .where(*_among(Booking.person_id, CourseSession.course_id))
)


def _stays_and_noes(
    db: Session, of: Of
) -> tuple[dict[tuple[int, int], list[Stay]], dict[tuple[int, int], list[datetime]]]:
    """The seats there have been, and when offered ones were not taken, both by person and course."""
    stays: dict[tuple[int, int], list[Stay]] = defaultdict(list)
    noes: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for person_id, course_id, state, booked_at, ended_at in db.execute(_STAYS, of):
        if booked_at is not None:
            stays[person_id, course_id].append(Stay(booked_at, ended_at))
        elif state in REFUSED and ended_at is not None:
            noes[person_id, course_id].append(ended_at)
    return stays, noes
