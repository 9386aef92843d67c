"""What the tests of the bookings room share: seats and places as rows, what was told and noted, what must hold."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import count

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import make
from auth.models import Person
from bookings import allocation, applications, publication, rounds, seats, waitlist
from bookings.lottery_plan import PublicSource
from bookings.models import Application, Booking, Round, Run, SeatDay
from bookings.register import seat_group_of
from bookings.round_plan import RoundPlan
from bookings.states import LATE, SEATED, BookingState, Origin, PublicKind
from courses.models import CourseSession
from lararportal import clock
from lararportal.errors import Refused
from lararportal.journal import Entry
from lararportal.outbox import Letter

BOOKED_AT = datetime(2026, 12, 1, 8, tzinfo=UTC)
OPENS, CLOSES = clock.parse("2026-12-01T08:00"), clock.parse("2027-01-11T12:00")
PUBLISHED_AT = clock.parse("2027-01-12T09:00")
AFTER = clock.parse("2027-01-15T09:00")
"""When what is left over may be booked."""
_turn = count()


@contextmanager
def refused(reason: StrEnum, **facts) -> Iterator[None]:
    """The block is refused for exactly this reason, and at least these facts go with it."""
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.reason is reason
    assert {name: refusal.value.facts.get(name) for name in facts} == facts


def place(db: Session, session: CourseSession, person: Person, **facts) -> Booking:
    """A place in line, behind those that were made before."""
    made = Booking(
        **{
            "person_id": person.id,
            "seat_group": seat_group_of(person),
            "session_id": session.id,
            "state": BookingState.WAITING,
            "origin": Origin.LINE,
            "rank": 1,
            "wave": LATE,
            "key": [],
            "joined_at": BOOKED_AT + timedelta(seconds=next(_turn)),
            **facts,
        }
    )
    db.add(made)
    db.flush()
    return made


def seat(db: Session, session: CourseSession, person: Person, *, at: datetime = BOOKED_AT, **facts) -> Booking:
    """A seat in a session."""
    made = place(db, session, person, **{"origin": Origin.DIRECT, **facts})
    seats.take(db, made, session, now=at)
    return made


def taken_by_others(db: Session, session: CourseSession, people: list[Person]) -> None:
    """A seat for each of these people."""
    for person in people:
        seat(db, session, person)


def plan_of(*sessions: CourseSession, **facts) -> RoundPlan:
    """A round from December to 11 January 2027."""
    return RoundPlan(
        **{
            "term": "2027-1",
            "title": "Vårterminen 2027",
            "opens_at": OPENS,
            "closes_at": CLOSES,
            "decision_on": date(2027, 1, 29),
            "cap": 4,
            "respite_hours": 48,
            "session_ids": [each.id for each in sessions],
            "second_party_id": None,
            "source": PublicSource(kind=PublicKind.DRAND, at=CLOSES + timedelta(hours=1)),
            **facts,
        }
    )


def occasions(db: Session, person: Person | None = None) -> list[str]:
    """The letters, in order; those of one person when named."""
    found = select(Letter.occasion).order_by(Letter.id)
    return list(db.scalars(found if person is None else found.where(Letter.person_id == person.id)))


def letter(db: Session, person: Person) -> Letter:
    """The last letter to a person."""
    return db.scalars(select(Letter).where(Letter.person_id == person.id).order_by(Letter.id.desc())).first()


def told(db: Session, person: Person) -> str:
    """What the last letter to a person says, on one line."""
    return " ".join(letter(db, person).body.split())


def noted(db: Session) -> list[tuple]:
    """The journal: deed, by whom, whom it concerns, which session."""
    rows = db.execute(select(Entry.deed, Entry.by, Entry.person_id, Entry.session_id).order_by(Entry.id))
    return [tuple(row) for row in rows]


def last_facts(db: Session) -> dict:
    """What the last entry of the journal says beside that, but for how bookings stand."""
    facts = db.scalars(select(Entry.facts).order_by(Entry.id.desc())).first()
    return {name: fact for name, fact in facts.items() if name != "stands"}


def states(db: Session, session: CourseSession) -> dict[int, BookingState]:
    """How everybody's last booking in a session stands, by person."""
    rows = db.execute(
        select(Booking.person_id, Booking.state).where(Booking.session_id == session.id).order_by(Booking.id)
    )
    return dict(rows.all())


def line_of(db: Session, session: CourseSession) -> list[int]:
    """The persons in line, in its order."""
    return list(
        db.scalars(
            select(Booking.person_id)
            .where(Booking.session_id == session.id, Booking.state == BookingState.WAITING)
            .order_by(Booking.wave, Booking.key, Booking.joined_at, Booking.id)
        )
    )


def days_of(db: Session, person: Person) -> list[date]:
    """The days on which a person is somewhere."""
    return list(db.scalars(select(SeatDay.day).where(SeatDay.person_id == person.id).order_by(SeatDay.day)))


def insist_on_invariants(db: Session) -> None:
    """Seats are counted as they are booked and offered, and every day of a seat is occupied once, and no other."""
    booked = Counter(db.scalars(select(Booking.session_id).where(Booking.state.in_(SEATED))))
    offered = Counter(db.scalars(select(Booking.session_id).where(Booking.state == BookingState.OFFERED)))
    counts = CourseSession.seats_taken, CourseSession.seats_offered, CourseSession.seats + CourseSession.seats_over
    sessions = db.execute(select(CourseSession.id, *counts)).all()
    assert {key: (taken, kept) for key, taken, kept, _ in sessions} == {
        key: (booked[key], offered[key]) for key, *_ in sessions
    }
    assert [key for key, taken, kept, seats_ in sessions if taken + kept > seats_] == []
    expected = db.execute(
        select(Booking.id, func.count())
        .join(CourseSession.days)
        .join(Booking, Booking.session_id == CourseSession.id)
        .where(Booking.state == BookingState.BOOKED)
        .group_by(Booking.id)
    )
    held = db.execute(select(SeatDay.booking_id, func.count()).group_by(SeatDay.booking_id))
    assert dict(held.all()) == dict(expected.all())


def reload(db: Session, row: Round | Booking | CourseSession) -> None:
    """The row as the database has it."""
    db.flush()
    db.refresh(row)


def sent(db: Session, round_: Round, person: Person, *wanted: CourseSession, cap: int = 4) -> Application:
    """The person's list, sent in the moment the round opened."""
    return applications.apply(
        db,
        round_id=round_.id,
        person_id=person.id,
        choices=[each.id for each in wanted],
        cap=cap,
        now=OPENS,
        by=person.id,
    )


def drawn_up(db: Session, wishes: dict[Person, list[CourseSession]], *, cap: int = 4, **facts) -> Round:
    """A round of all that is wished for, closed and drawn up."""
    offered = {each.id: each for wanted in wishes.values() for each in wanted}
    round_ = make.round_of(db, *offered.values(), **{"opens_at": OPENS, "closes_at": CLOSES, **facts})
    for person, wanted in wishes.items():
        sent(db, round_, person, *wanted, cap=cap)
    rounds.close_round(db, round_.id, now=CLOSES, by=None)
    make.revealed(db, round_)
    allocation.draw_up(db, round_id=round_.id, now=CLOSES, by=None)
    return round_


def published(db: Session, wishes: dict[Person, list[CourseSession]], **facts) -> Round:
    """As `drawn_up`, and published a moment later."""
    round_ = drawn_up(db, wishes, **facts)
    publication.publish(db, round_id=round_.id, run_id=last_run(db, round_), now=PUBLISHED_AT, by=None)
    return round_


def last_run(db: Session, round_: Round) -> int:
    """The id of the last drawing up; 0 when there is none."""
    return db.scalars(select(func.max(Run.id)).where(Run.round_id == round_.id)).one() or 0


def fill(db: Session, session: CourseSession, now: datetime = AFTER) -> int:
    """How many in line got a seat now."""
    db.flush()
    return waitlist.fill(db, session_id=session.id, now=now)


def set_free(db: Session, session: CourseSession) -> None:
    """Somebody's seat in the session is given up."""
    [booking] = db.query(Booking).filter_by(session_id=session.id, state=BookingState.BOOKED).limit(1)
    seats.release(db, booking, session, to=BookingState.CANCELLED, now=AFTER)
    db.flush()
