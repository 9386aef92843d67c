"""A term that is small enough to be told by heart, with all its seats taken and some in line."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from queues.model import Doctor, Subject, Term, Venue
from sqlalchemy.orm import Session

import make
from auth.models import Person
from auth.states import Category, Standing
from bookings import answers, left_over_seats, waitlist
from courses.models import Course, CourseSession
from courses.states import Kind, Order, Publicity

BEGAN = date(2024, 1, 1)


def _resident(name: str, end: date) -> dict:
    return {"given_name": name, "residency_start": BEGAN, "planned_end": end}


def _other(name: str, category: Category, **facts) -> dict:
    return {"given_name": name, "category": category, "residency_start": None, "planned_end": None, **facts}


DOCTORS = (
    _resident("Anna", date(2027, 5, 1)),  # Her last chance.
    _resident("Bo", date(2028, 9, 1)),
    _resident("Cilla", date(2028, 9, 1)),  # The same merits as Bo.
    _resident("David", date(2029, 3, 1)),
    {**_resident("Eva", date(2030, 1, 1)), "residency_start": date(2025, 6, 1)},
    _other("Sara", Category.SPECIALIST),
    _other("Tor", Category.SPECIALIST),
    _other("Ulf", Category.SPECIALIST),
    _other("Per", Category.PRE_ST),
    _other("Viggo", Category.ST_2021, standing=Standing.PENDING),  # Nobody has confirmed what he is.
)

K = {"title": "Kurs K", "kind": Kind.MANDATORY, "order": Order.DEADLINE, "targets": {"ST": 0, "SPEC": 1}}
L = {"title": "Kurs L", "kind": Kind.CLINICAL, "order": Order.STRAIGHT, "targets": {"SPEC": 0, "ST": 0, "PRE": 1}}

SESSIONS = {
    # Two days after Easter, and after the clocks have been changed; seats reserved for specialists.
    "K1": (K, [date(2027, 3, 30), date(2027, 3, 31)], {"seats": 2, "reserves": {"SPEC": 1}}),
    "K2": (K, [date(2027, 3, 9), date(2027, 3, 10)], {"seats": 2, "minimum": 2}),
    "K3": (K, [date(2027, 5, 4), date(2027, 5, 25)], {"seats": 2}),
    # Opened only when many wait.
    "K4": (K, [date(2027, 4, 20)], {"seats": 2, "minimum": 1, "is_reserve": True, "publicity": Publicity.DRAFT}),
    # The day after K2 has begun, and one of the days of K3.
    "L1": (L, [date(2027, 3, 10)], {"seats": 2, "minimum": 1}),
    "L2": (L, [date(2027, 5, 4)], {"seats": 2}),
}
SEATS = {
    "K1": ["Bo", "Sara"],
    "K2": ["Cilla", "Tor"],
    "K3": ["David", "Eva"],
    "L1": ["Bo", "Per"],
    "L2": ["Sara", "Ulf"],
}
LINES = [
    ("Anna", "K1", {"short_notice": True}),
    ("Ulf", "K1", {"standing_yes": False}),
    ("Cilla", "K1", {}),
    ("Anna", "K2", {"standing_yes": False, "short_notice": True}),
    ("Ulf", "K2", {}),
    ("Bo", "K3", {"standing_yes": False}),
    ("Anna", "L1", {"short_notice": True}),
    ("Cilla", "L2", {}),
    ("Bo", "L2", {}),
    ("Per", "L2", {"standing_yes": False, "short_notice": True}),
]
"""Who waits for what, and how they answered beforehand."""


@dataclass(frozen=True)
class Cast:
    """Who and what there is, by name."""

    doctors: dict[str, int]
    sessions: dict[str, int]
    staff: int
    term: Term


def stage(db: Session, *, now: datetime) -> Cast:
    """The term with all seats taken and some in line."""
    persons = [make.person(db, family_name="Ek", **facts) for facts in DOCTORS]
    staff = make.coordinator(db).id
    courses = {facts["title"]: make.course(db, **facts) for facts in (K, L)}
    sessions = {
        name: make.session(db, of=courses[of["title"]], days=days, place=f"Sal {name}", **facts)
        for name, (of, days, facts) in SESSIONS.items()
    }
    doctors = {each.given_name: each.id for each in persons}
    subjects = {title: _subject(each) for title, each in courses.items()}
    venues = [_venue(f"Sal {name}", sessions[name], subjects[of["title"]]) for name, (of, _, _) in SESSIONS.items()]
    term = Term({each.id: _doctor(each) for each in persons}, {each.id: each for each in venues})
    ids = {name: each.id for name, each in sessions.items()}
    for name, holders in SEATS.items():
        for holder in holders:
            left_over_seats.book(db, session_id=ids[name], person_id=doctors[holder], now=now, by=doctors[holder])
    for number, (name, wanted, said) in enumerate(LINES):
        one = {"session_id": ids[wanted], "person_id": doctors[name], "by": doctors[name]}
        waitlist.join(db, **one, now=now + timedelta(minutes=number))
        yes = {"standing_yes": True, "short_notice": False} | said
        answers.answer_beforehand(db, **one, **yes, now=now + timedelta(minutes=number))
    db.flush()
    return Cast(doctors, ids, staff, term)


def _doctor(person: Person) -> Doctor:
    residency = person.residency_start and (person.residency_start, person.planned_end)
    group = {Category.SPECIALIST: "SPEC", Category.PRE_ST: "PRE"}.get(person.category, "ST")
    is_confirmed = person.standing is Standing.CONFIRMED
    return Doctor(
        id=person.id, name=person.given_name, group=group if is_confirmed else None, residency=residency or None
    )


def _subject(course: Course) -> Subject:
    return Subject(
        id=course.id,
        name=course.title,
        is_mandatory=course.kind is Kind.MANDATORY,
        order=course.order.value,
        targets=dict(course.targets),
    )


def _venue(name: str, session: CourseSession, course: Subject) -> Venue:
    return Venue(
        id=session.id,
        name=name,
        course=course,
        days=tuple(each.day for each in session.days),
        cancel_by=session.cancel_by,
        seats=session.seats,
        reserves=dict(session.reserves),
        publicity=session.publicity.value,
    )
