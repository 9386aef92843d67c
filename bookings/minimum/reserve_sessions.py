"""Reserve sessions the other way: when enough wait elsewhere, one is opened and filled from its sisters' lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import facts, impartiality, letters, noting, rounds, waitlist
from bookings.minimum import displaced, forecast, invitations
from bookings.models import Booking, ReserveNotice
from bookings.rules.answer_time import needs_short_notice
from bookings.states import IN_LINE, Origin, Refusal
from courses import sessions
from courses.models import Course, CourseSession
from courses.states import Publicity
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import NotFound, Refused


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for a sister session and could come, with their best place there."""

    person: Person
    place: Booking


@dataclass(frozen=True)
class Demand:
    """A reserve session and who could fill it, in the order of their lines."""

    session: CourseSession
    line: Sequence[Waiting]

    @property
    def is_enough(self) -> bool:
        """Whether as many wait as the session needs."""
        return len(self.line) >= max(1, self.session.minimum)

    @property
    def token(self) -> str:
        """Stands for exactly these people in this order."""
        return sha256(repr((self.session.id, [each.person.id for each in self.line])).encode()).hexdigest()


def wanted(db: Session, *, now: datetime) -> list[Demand]:
    """The reserve sessions that enough people wait for elsewhere."""
    ids = db.scalars(_held(day_of(now))).all()
    waiting = forecast.waiting_elsewhere(db, ids, today=day_of(now))
    found = displaced.sessions_by_id(db, [each for each in ids if waiting[each]])
    demands = [_demand(db, each, waiting[each.id], today=day_of(now)) for each in displaced.by_start(found.values())]
    return [each for each in demands if each.is_enough]


def to_tell(db: Session, *, now: datetime) -> list[int]:
    """Those of them about which coordinators have not been told."""
    told = set(db.scalars(select(ReserveNotice.session_id)))
    return [each.session.id for each in wanted(db, now=now) if each.session.id not in told]


def tell(db: Session, session_id: int, *, now: datetime, by: int | None) -> None:
    """Coordinators have a letter, once for each reserve session."""
    [session] = sessions.lock(db, [session_id])
    demand = demand_for(db, session_id=session_id, now=now)
    is_new = db.scalar(
        insert(ReserveNotice)
        .values(session_id=session_id, told_at=now, waiting=len(demand.line))
        .on_conflict_do_nothing()
        .returning(ReserveNotice.session_id)
    )
    if is_new is None:
        return
    journal.note(db, "reserve.wanted", now=now, by=by, session=session_id, waiting=len(demand.line))
    letters.reserve_wanted(db, session=session, waiting=len(demand.line), now=now)


def demand_for(db: Session, *, session_id: int, now: datetime) -> Demand:
    """Who could fill a reserve session now.

    Raises:
        NotFound: there is no such session.
        Refused: it is no reserve session that can be opened now.
    """
    session = displaced.sessions_by_id(db, [session_id]).get(session_id)
    if session is None:
        raise NotFound
    today = day_of(now)
    if session_id not in db.scalars(_held(today)).all():
        raise Refused(Refusal.NOT_HELD_IN_RESERVE)
    waiting = forecast.waiting_elsewhere(db, [session_id], today=today)[session_id]
    return _demand(db, session, waiting, today=today)


def open_and_fill(db: Session, *, session_id: int, saw: str, now: datetime, by: int) -> int:
    """The session is open, and whoever waits elsewhere waits for it too, in the same order; how many.

    Nobody loses a place: the seats are offered, since nobody has asked for this session. Who stands too far back for
    an offer has a letter about the place.

    Raises:
        NotFound: there is no such session.
        Refused: it cannot be opened, `by` has something to do with the course, or others wait by now.
    """
    sessions.lock(db, [session_id])
    seen = demand_for(db, session_id=session_id, now=now)
    people.lock(db, [each.person.id for each in seen.line])
    demand = demand_for(db, session_id=session_id, now=now)
    impartiality.insist(db, demand.session, by=by)
    if saw != demand.token:
        raise Refused(Refusal.OUTLOOK_CHANGED)
    sessions.open_reserve(db, session_id=session_id, now=now, by=by)
    for position, each in enumerate(demand.line, start=1):
        _carry(db, demand.session, each, position=position, now=now, by=by)
    return len(demand.line)


def _carry(db: Session, session: CourseSession, waiting: Waiting, *, position: int, now: datetime, by: int) -> None:
    person, old = waiting.person, waiting.place
    held = facts.live_bookings(db, [person.id]).get(person.id, [])
    place = waitlist.place(
        session, person, rank=waitlist.next_rank(held), origin=Origin.LINE, key=list(old.key), now=old.joined_at
    )
    place.wave, place.standing_yes, place.short_notice = old.wave, False, old.short_notice
    db.add(place)
    db.flush()
    is_offered = position <= session.seats
    noting.note(
        db,
        "line.carried" if is_offered else "line.joined",
        place,
        now=now,
        by=by,
        carried_from=old.id,
        position=position,
    )
    if not is_offered:
        letters.place_in_line(db, place, person=person, session=session, position=position, now=now)


def _held(today: date) -> Select[int]:
    """The reserve sessions ahead that can be opened outside a round."""
    return (
        select(CourseSession.id)
        .join(Course, Course.id == CourseSession.course_id)
        .where(
            CourseSession.is_reserve,
            CourseSession.publicity == Publicity.DRAFT,
            Course.publicity == Publicity.PUBLISHED,
            CourseSession.starts_on > today,
            CourseSession.id.not_in(rounds.sessions_to_be_given()),
        )
        .order_by(CourseSession.id)
    )


def _demand(db: Session, session: CourseSession, person_ids: Sequence[int], *, today: date) -> Demand:
    """Everybody once, by the best place that they have in the lines of the course."""
    if needs_short_notice(starts_on=session.starts_on, today=today):
        return Demand(session, [])
    rows = db.execute(
        select(Booking, Person)
        .join(Person, Person.id == Booking.person_id)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(CourseSession.course_id == session.course_id, Booking.state.in_(IN_LINE), Person.id.in_(person_ids))
        .order_by(Booking.wave, Booking.key, Booking.joined_at, Booking.id)
    )
    best: dict[int, Waiting] = {}
    for booking, person in rows:
        best.setdefault(person.id, Waiting(person, booking))
    persons = [each.person for each in best.values()]
    able = {each.id for each in invitations.could_come(db, session, persons, today=today)}
    return Demand(session, [each for each in best.values() if each.person.id in able])
