"""What the register says of a person on a day: everything that counts for seats, and nothing that a form says."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

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


def histories(
    db: Session, person_ids: Collection[int], course_ids: Collection[int], *, term: str
) -> dict[int, History]:
    """What each of these persons brings along for these courses in a term, in three statements for however many.

    Refusals are reckoned from what published rounds decided and from the seats there have been since; who was never
    in one takes two.
    """
    answers = _answers(db, person_ids, course_ids)
    stays, noes = _stays_and_noes(db, person_ids, course_ids) if answers else ({}, {})
    rejections: dict[int, dict[int, int]] = defaultdict(dict)
    for (person_id, course_id), given in answers.items():
        key = person_id, course_id
        count = history.rejections(given, stays.get(key, []), noes.get(key, []))
        if count:
            rejections[person_id][course_id] = count
    displaced = _displaced(db, person_ids, course_ids, term=term)
    return {each: History(rejections.get(each, {}), displaced.get(each, ())) for each in person_ids}


def _displaced(
    db: Session, person_ids: Collection[int], course_ids: Collection[int], *, term: str
) -> dict[int, set[int]]:
    """The courses, by person, for which an open precedence counts in the term."""
    rows = db.execute(
        select(Precedence.person_id, Precedence.course_id, Precedence.term).where(
            Precedence.person_id.in_(person_ids),
            Precedence.course_id.in_(course_ids),
            Precedence.used_by.is_(None),
            Precedence.revoked_at.is_(None),
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, course_id, since in rows:
        if history.precedence_holds(since=since, in_term=term):
            found[person_id].add(course_id)
    return found


def _answers(
    db: Session, person_ids: Collection[int], course_ids: Collection[int]
) -> dict[tuple[int, int], list[Answer]]:
    """What published rounds answered, by person and course."""
    rows = db.execute(
        select(
            Decision.person_id, CourseSession.course_id, Round.published_at, func.array_agg(distinct(Decision.code))
        )
        .join(Round, Round.id == Decision.round_id)
        .join(CourseSession, CourseSession.id == Decision.session_id)
        .where(Decision.person_id.in_(person_ids), CourseSession.course_id.in_(course_ids))
        .group_by(Decision.person_id, CourseSession.course_id, Round.id)
    )
    found: dict[tuple[int, int], list[Answer]] = defaultdict(list)
    for person_id, course_id, published_at, codes in rows:
        if published_at is not None:
            found[person_id, course_id].append(Answer(published_at, codes))
    return found


def _stays_and_noes(
    db: Session, person_ids: Collection[int], course_ids: Collection[int]
) -> tuple[dict[tuple[int, int], list[Stay]], dict[tuple[int, int], list[datetime]]]:
    """The seats there have been, and when offered ones were not taken, both by person and course."""
    rows = db.execute(
        select(Booking.person_id, CourseSession.course_id, Booking.state, Booking.booked_at, Booking.ended_at)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(Booking.person_id.in_(person_ids), CourseSession.course_id.in_(course_ids))
    )
    stays: dict[tuple[int, int], list[Stay]] = defaultdict(list)
    noes: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for person_id, course_id, state, booked_at, ended_at in rows:
        if booked_at is not None:
            stays[person_id, course_id].append(Stay(booked_at, ended_at))
        elif state in REFUSED and ended_at is not None:
            noes[person_id, course_id].append(ended_at)
    return stays, noes
