"""A term that is small enough to be told by heart: a round has been published, and some wait in line."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings_room import CLOSES, OPENS, PUBLISHED_AT, plan_of
from queues.model import Doctor, Subject, Term, Venue
from sqlalchemy.orm import Session

import make
from auth.models import Grant, Person
from auth.states import Area, Category, Role, Standing
from bookings import allocation, answers, applications, left_over_seats, precedence, publication, rounds, waitlist
from bookings.applications import Beforehand
from bookings.models import Round
from courses.models import Course, CourseSession, SessionLeader
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

K = {"code": "K", "title": "Kurs K", "kind": Kind.MANDATORY, "order": Order.DEADLINE, "targets": {"ST": 0, "SPEC": 1}}
L = {
    "code": "L",
    "title": "Kurs L",
    "kind": Kind.CLINICAL,
    "order": Order.STRAIGHT,
    "targets": {"SPEC": 0, "ST": 0, "PRE": 1},
}

TWO = {"seats": 2}
SESSIONS = {
    # Two days after Easter, and after the clocks have been changed; seats reserved for specialists. The last day to
    # cancel comes a week before seats are not changed in rings any more.
    "K1": (
        K,
        [date(2027, 3, 30), date(2027, 3, 31)],
        TWO | {"reserves": {"SPEC": 1}, "cancel_by": date(2027, 3, 2)},
    ),
    "K2": (K, [date(2027, 3, 9), date(2027, 3, 10)], TWO | {"minimum": 2, "cancel_by": date(2027, 2, 9)}),
    "K3": (K, [date(2027, 5, 4), date(2027, 5, 25)], TWO),
    # Opened only when many wait.
    "K4": (K, [date(2027, 4, 20)], TWO | {"minimum": 1, "is_reserve": True, "publicity": Publicity.DRAFT}),
    # The day after K2 has begun, and one of the days of K3.
    "L1": (L, [date(2027, 3, 10)], TWO | {"minimum": 1}),
    "L2": (L, [date(2027, 5, 4)], TWO),
}
IN_ROUND = ("K1", "K2", "K3", "L1")
"""A round gives their seats; the others are for who books them."""
LISTS = {
    "Anna": (["K1", "K2"], 4, Beforehand(short_notice=True)),
    "Bo": (["K1", "L1", "K3"], 4, Beforehand()),
    # Wants one course, whichever it is.
    "Cilla": (["L1", "K2", "K1"], 1, Beforehand()),
    "David": (["K3", "K1"], 4, Beforehand()),
    "Eva": (["K3", "K2"], 4, Beforehand()),
    "Sara": (["K1", "L1"], 4, Beforehand()),
    # On one day both.
    "Tor": (["L1", "K2"], 4, Beforehand()),
    "Ulf": (["K1", "L1", "K2"], 4, Beforehand(standing_yes=False)),
    "Per": (["L1"], 4, Beforehand(standing_yes=False, short_notice=True)),
}
"""What everybody asked the round for, most wanted first; how many of them; and how they want a seat from a line."""
GRANTED = (("Bo", "K"), ("David", "L"))
"""Who goes before others for which course, granted before the round closed: one has a seat by it, one wants none."""
SEATS = {"L2": ["Anna", "Per"]}
"""Who has booked a seat that no round gives."""
LINES = [("Cilla", "L2", {}), ("Sara", "L2", {"standing_yes": False}), ("Ulf", "L2", {"short_notice": True})]
"""Who waits for one, and how they answered beforehand."""


AREAS = (Area.GOTEBORG, Area.SKARABORG)
"""Every second doctor works in each."""
LED = ("K2", "L1")
"""The sessions that somebody leads."""
COORDINATE = ("Tor", "Per")
"""Doctors who are coordinators as well, with seats and wishes of their own."""


@dataclass(frozen=True)
class Cast:
    """Who and what there is, by name."""

    doctors: dict[str, int]
    sessions: dict[str, int]
    staff: int
    directors: list[int]
    term: Term

    @property
    def coordinators(self) -> list[int]:
        """Who decides about sessions; one of them has nothing to gain anywhere, and is there most."""
        return [self.staff, self.staff, *(self.doctors[each] for each in COORDINATE)]


def stage(db: Session, *, now: datetime) -> Cast:
    """A round has been published, some seats of other sessions are taken, and many wait in line."""
    persons = {facts["given_name"]: _person(db, number, facts) for number, facts in enumerate(DOCTORS)}
    db.add_all(Grant(person_id=persons[each].id, role=Role.COORDINATOR) for each in COORDINATE)
    courses = {facts["code"]: make.course(db, **facts) for facts in (K, L)}
    sessions, venues = _sessions(db, courses)
    staff = make.coordinator(db).id
    granted = _grant(db, persons, courses, by=staff)
    round_ = _published(db, persons, sessions)
    ids = {name: each.id for name, each in sessions.items()}
    doctors = {name: each.id for name, each in persons.items()}
    _beside(db, ids, doctors, now=now)
    for each in IN_ROUND:
        venues[each].opens = round_.booking_opens_at
    term = Term(
        doctors={each.id: _doctor(each, ids, seed=round_.seed or "") for each in persons.values()},
        venues={each.id: each for each in venues.values()},
        directors={make.holder(db, Role.DIRECTOR, area=each).id: each.value for each in AREAS},
        coordinators=[staff, *(doctors[each] for each in COORDINATE)],
        precedence=granted,
    )
    db.flush()
    return Cast(doctors, ids, staff, list(term.directors), term)


def _person(db: Session, number: int, facts: dict) -> Person:
    """By the same pseudonym in each run, so that the same lots are drawn."""
    return make.person(
        db, family_name="Ek", area=AREAS[number % len(AREAS)], pseudonym=f"doctor-{number:04}", **facts
    )


def _grant(
    db: Session, persons: dict[str, Person], courses: dict[str, Course], *, by: int
) -> dict[int, tuple[int, int]]:
    granted = {}
    for name, code in GRANTED:
        about = {"person_id": persons[name].id, "course_id": courses[code].id}
        made = precedence.grant(db, **about, reason="Missade en kurs", now=OPENS, by=by)
        granted[made.id] = (made.person_id, made.course_id)
    return granted


def _sessions(db: Session, courses: dict[str, Course]) -> tuple[dict[str, CourseSession], dict[str, Venue]]:
    """With the same ids in each run, which are frozen in the round and so decide about its lots."""
    subjects = {code: _subject(each) for code, each in courses.items()}
    leader = make.holder(db, Role.LEADER).id
    sessions, venues = {}, {}
    for number, (name, (of, days, said)) in enumerate(SESSIONS.items()):
        facts = said | {"id": 900_000_000 + number, "of": courses[of["code"]], "place": f"Sal {name}"}
        sessions[name] = make.session(db, days=days, **facts)
        leaders = (leader,) if name in LED else ()
        db.add_all(SessionLeader(session_id=sessions[name].id, person_id=each) for each in leaders)
        venues[name] = _venue(sessions[name], subjects[of["code"]], leaders)
    return sessions, venues


def _published(db: Session, persons: dict[str, Person], sessions: dict[str, CourseSession]) -> Round:
    wanted = plan_of(*(sessions[each] for each in IN_ROUND))
    round_ = make.bound(db, rounds.plan(db, wanted=wanted, now=make.LONG_AGO, by=None, draw=lambda: "11" * 32))
    rounds.open_round(db, round_.id, now=OPENS, by=None)
    for name, (listed, cap, beforehand) in LISTS.items():
        who, ids = persons[name].id, [sessions[each].id for each in listed]
        about = {"round_id": round_.id, "person_id": who, "choices": ids, "cap": cap, "beforehand": beforehand}
        applications.apply(db, **about, now=OPENS, by=who)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    make.revealed(db, round_)
    run = allocation.draw_up(db, round_id=round_.id, now=PUBLISHED_AT, by=None)
    publication.publish(db, round_id=round_.id, run_id=run.id, now=PUBLISHED_AT, by=None)
    return round_


def _beside(db: Session, ids: dict[str, int], doctors: dict[str, int], *, now: datetime) -> None:
    """Who has come to what no round gives."""
    for name, holders in SEATS.items():
        for holder in holders:
            left_over_seats.book(db, session_id=ids[name], person_id=doctors[holder], now=now, by=doctors[holder])
    for number, (name, wanted, said) in enumerate(LINES):
        one = {"session_id": ids[wanted], "person_id": doctors[name], "by": doctors[name]}
        waitlist.join(db, **one, now=now + timedelta(minutes=number))
        yes = {"standing_yes": True, "short_notice": False} | said
        answers.answer_beforehand(db, **one, **yes, now=now + timedelta(minutes=number))


def _doctor(person: Person, ids: dict[str, int], *, seed: str) -> Doctor:
    residency = person.residency_start and (person.residency_start, person.planned_end)
    group = {Category.SPECIALIST: "SPEC", Category.PRE_ST: "PRE"}.get(person.category, "ST")
    is_confirmed = person.standing is Standing.CONFIRMED
    listed, cap, beforehand = LISTS.get(person.given_name, ([], 0, Beforehand()))
    return Doctor(
        id=person.id,
        name=person.given_name,
        group=group if is_confirmed else None,
        residency=residency or None,
        area=str(person.area),
        cap=cap,
        lot=lot_of(person.pseudonym, seed=seed),
        said_yes=frozenset(ids[each] for each in listed if beforehand.standing_yes),
    )


def lot_of(pseudonym: str, *, seed: str) -> int:
    """As anybody reckons it from the seed that is published (allocation rules, section 2.7)."""
    message = b"\x1f".join([b"lp-lot-1", b"2027-1", b"", pseudonym.encode()])
    return int.from_bytes(hmac.digest(bytes.fromhex(seed), message, "sha256")[:6], "big")


def _subject(course: Course) -> Subject:
    return Subject(
        id=course.id,
        code=course.code,
        name=course.title,
        is_mandatory=course.kind is Kind.MANDATORY,
        order=course.order.value,
        targets=dict(course.targets),
    )


def _venue(session: CourseSession, course: Subject, leaders: tuple[int, ...]) -> Venue:
    return Venue(
        id=session.id,
        name=session.place,
        course=course,
        days=tuple(each.day for each in session.days),
        cancel_by=session.cancel_by,
        seats=session.seats,
        minimum=session.minimum,
        go_no_go=session.go_no_go_on,
        leaders=leaders,
        reserves=dict(session.reserves),
        publicity=session.publicity.value,
    )
