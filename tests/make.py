"""Rows for tests: each function makes one thing with plain defaults and takes what matters to the test."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from sqlalchemy.orm import Session

from auth.models import Grant, Identity, Person
from auth.states import Area, Category, Role, Standing
from bookings import lottery, rounds
from bookings.models import Round, RoundSession
from bookings.states import PublicKind, RoundState
from courses.models import Course, CourseDay, CourseSession, SessionLeader
from courses.preparation import parts
from courses.preparation.parts import PartFacts
from courses.rules.preparation import Question
from courses.states import Kind, Publicity

_number = count(1)
LONG_AGO = datetime(2026, 1, 1, 8, tzinfo=UTC)


def person(db: Session, *, subject: str | None = None, **facts) -> Person:
    number = next(_number)
    made = Person(
        **{
            "given_name": f"Förnamn{number}",
            "family_name": f"Efternamn{number}",
            "email": f"person{number}@example.org",
            "category": Category.ST_2015,
            "area": Area.GOTEBORG,
            "workplace": "Vårdcentralen Eken",
            "residency_start": date(2024, 1, 1),
            "planned_end": date(2029, 1, 1),
            "standing": Standing.CONFIRMED,
            "created_at": LONG_AGO,
            **facts,
        }
    )
    db.add(made)
    db.flush()
    if subject is not None:
        db.add(
            Identity(person_id=made.id, issuer="http://127.0.0.1:1", kind="sub", value=subject, linked_at=LONG_AGO)
        )
        db.flush()
    return made


def holder(db: Session, role: Role, *, area: Area | None = None, **facts) -> Person:
    """A person with a role and no category of their own."""
    made = person(db, **{"category": None, "residency_start": None, "planned_end": None, **facts})
    if role is Role.DIRECTOR and area is None:
        area = Area.GOTEBORG
    db.add(Grant(person_id=made.id, role=role, area=area))
    db.flush()
    return made


def coordinator(db: Session, **facts) -> Person:
    return holder(db, Role.COORDINATOR, **facts)


def leader(db: Session, session: CourseSession, **facts) -> Person:
    """Somebody who leads the session."""
    made = holder(db, Role.LEADER, **facts)
    db.add(SessionLeader(session_id=session.id, person_id=made.id))
    return made


def course(db: Session, **facts) -> Course:
    number = next(_number)
    made = Course(
        **{
            "code": f"KX{number}",
            "title": f"Kurs {number}",
            "kind": Kind.MANDATORY,
            "objectives_2015": ["c3"],
            "objectives_2021": ["STc3"],
            "day_count": 2,
            "seats": 10,
            "minimum": 0,
            "targets": {"ST": 0},
            "publicity": Publicity.PUBLISHED,
            **facts,
        }
    )
    db.add(made)
    db.flush()
    return made


def session(db: Session, *, of: Course | None = None, days: list[date] | None = None, **facts) -> CourseSession:
    """A published session, by default on 15 and 16 March 2027."""
    of = of or course(db)
    days = days or [date(2027, 3, 15), date(2027, 3, 16)]
    made = CourseSession(
        **{
            "course_id": of.id,
            "place": "Göteborg, Konferens Aspen",
            "area": Area.GOTEBORG,
            "seats": of.seats,
            "minimum": of.minimum,
            "publicity": Publicity.PUBLISHED,
            "starts_on": days[0],
            "cancel_by": days[0] - timedelta(days=21),
            "go_no_go_on": days[0] - timedelta(days=28),
            "created_at": LONG_AGO,
            "days": [CourseDay(day=day, starts=time(8, 30), ends=time(16, 30)) for day in days],
            **facts,
        }
    )
    db.add(made)
    db.flush()
    return made


def round_of(db: Session, *sessions: CourseSession, **facts) -> Round:
    """A round, by default open around 11 January 2027, whose lottery does without a second party."""
    closes_at = facts.get("closes_at", datetime(2027, 1, 20, 11, tzinfo=UTC))
    made = Round(
        **{
            "term": "2027-1",
            "title": "Vårterminen 2027",
            "opens_at": datetime(2026, 12, 15, 7, tzinfo=UTC),
            "closes_at": closes_at,
            "decision_on": date(2027, 1, 29),
            "state": RoundState.OPEN,
            "secret": "11" * 32,
            "waived_at": LONG_AGO,
            "waiver_reason": "Ingen annan part i provet",
            "public_kind": PublicKind.DRAND,
            "public_source": "drand quicknet 1",
            "public_at": closes_at + timedelta(hours=1),
            **facts,
        }
    )
    db.add(made)
    db.flush()
    db.add_all(RoundSession(round_id=made.id, session_id=each.id) for each in sessions)
    db.flush()
    return made


OWN_SECRET = "22" * 32
"""What a second party in a test draws."""
DRAWN = "33" * 32
"""What drand publishes in a test."""


def bound(db: Session, round_: Round, *, at: datetime = LONG_AGO) -> Round:
    """The second party of a planned round has left their commitment; without one, it is decided to do without."""
    by = round_.second_party_id
    if by is None:
        lottery.go_on_without(db, round_id=round_.id, reason="Ingen annan part i provet", now=at, by=None)
    else:
        commitment = hashlib.sha256(bytes.fromhex(OWN_SECRET)).hexdigest()
        lottery.bind(db, round_id=round_.id, commitment=commitment, replaces=None, now=at, by=by)
    db.flush()
    return round_


def closed_early(db: Session, round_: Round, *, at: datetime, by: int | None = None) -> Round:
    """An open round is closed before its time, with a reason."""
    return rounds.close_early(db, round_id=round_.id, reason="Alla har redan sökt.", now=at, by=by)


def revealed(db: Session, round_: Round) -> Round:
    """The lottery of a closed round is through: the second party has revealed, and the public value is entered."""
    if round_.second_commitment is not None:
        at, by = round_.closed_at, round_.second_party_id
        lottery.reveal(db, round_id=round_.id, secret=OWN_SECRET, now=at, by=by)
    lottery.enter_value(db, round_id=round_.id, value=DRAWN, replaces=None, now=round_.public_at, by=None)
    db.flush()
    return round_


def part(db: Session, of: Course, *, questions: Sequence[Question] = (), **facts) -> int:
    """A part of the preparation of a course."""
    said = {"place": 1, "title": "Föreläsning", "about": "", "address": "https://a.example/1", "minutes": 30}
    wanted = PartFacts(**{**said, **facts}, questions=questions)
    by = coordinator(db).id
    return parts.add(db, course_id=of.id, facts=wanted, now=LONG_AGO, by=by).id
