"""Reserve sessions the other way: when enough wait elsewhere, one is opened and filled from its sisters' lines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from auth import people
from auth.holders import everybody_with
from auth.models import Person
from auth.states import Role
from bookings import facts, impartiality, letters, noting, offers, rounds, waitlist
from bookings.minimum import displaced, prospects
from bookings.models import Booking, ReserveNotice
from bookings.register import group_of
from bookings.rules.answer_time import needs_short_notice
from bookings.rules.line import reserves_then, seats_go_to
from bookings.states import IN_LINE, Origin, Refusal
from courses import sessions
from courses.models import HELD_IN_RESERVE, Course, CourseSession
from courses.states import Publicity
from lararportal import journal
from lararportal.clock import day_of
from lararportal.errors import NotFound, Refused


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for a sister session and could come, with their best place there."""

    person: Person
    place: Booking
    is_next: bool = False
    """One of the seats is offered to them."""


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
    return _wanted(db, _held(day_of(now)), now=now)


def to_tell(db: Session, *, now: datetime) -> list[int]:
    """Those of them about which coordinators have not been told."""
    told = select(ReserveNotice.session_id)
    return [each.session.id for each in _wanted(db, _held(day_of(now)).where(CourseSession.id.not_in(told)), now=now)]


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
    told, waiting = everybody_with(db, Role.COORDINATOR), len(demand.line)
    ids = [each.id for each in told]
    journal.note(db, "reserve.wanted", now=now, by=by, session=session_id, waiting=waiting, told=ids)
    letters.reserve_wanted(db, persons=told, session=session, waiting=waiting, now=now)


def demand_for(db: Session, *, session_id: int, now: datetime) -> Demand:
    """Who could fill a reserve session now.

    Raises:
        NotFound: there is no such session.
        Refused: it is no reserve session that can be opened now.
    """
    session = displaced.sessions_by_id(db, [session_id]).get(session_id)
    if session is None:
        raise NotFound
    if session_id not in db.scalars(_held(day_of(now))).all():
        raise Refused(Refusal.NOT_HELD_IN_RESERVE)
    [demand] = _demands(db, [session], today=day_of(now))
    return demand


def open_and_fill(db: Session, *, session_id: int, saw: str, now: datetime, by: int) -> int:
    """The session is open, and whoever waits elsewhere waits for it too, in the same order; how many.

    Nobody loses a place: the seats are offered, since nobody has asked for this session. Who has no offer has a
    letter about the place.

    Raises:
        NotFound: there is no such session.
        Refused: it cannot be opened, `by` has something to do with the course, or others wait by now.
    """
    sessions.lock(db, [session_id])
    seen = demand_for(db, session_id=session_id, now=now)
    people.lock(db, [each.person.id for each in seen.line])
    demand = demand_for(db, session_id=session_id, now=now)
    impartiality.insist(db, demand.session, now=now, by=by)
    if saw != demand.token:
        raise Refused(Refusal.OUTLOOK_CHANGED)
    sessions.open_reserve(db, session_id=session_id, now=now, by=by)
    _carry(db, demand, now=now, by=by)
    return len(demand.line)


def _carry(db: Session, demand: Demand, *, now: datetime, by: int) -> None:
    """Everybody has a place and one letter: of the offer of a seat, which nobody can come before, or of the place."""
    session = demand.session
    held = facts.live_bookings(db, [each.person.id for each in demand.line])
    carried = [(each, _place(session, each, held.get(each.person.id, []))) for each in demand.line]
    db.add_all(place for _, place in carried)
    db.flush()
    moves = waitlist.next_moves(db, session, now=now)
    offered = {move.waiter.booking_id for move in moves}
    position = 0
    for each, place in carried:
        if place.id in offered:
            noting.note(db, "line.carried", place, now=now, by=by, carried_from=each.place.id)
            continue
        position += 1
        noting.note(db, "line.joined", place, now=now, by=by, carried_from=each.place.id, position=position)
        letters.place_in_line(db, place, person=each.person, session=session, position=position, now=now)
    offers.make(db, moves, session, {each.person.id: each.person for each in demand.line}, now=now)


def _place(session: CourseSession, waiting: Waiting, held: Sequence[Booking]) -> Booking:
    person, old = waiting.person, waiting.place
    place = waitlist.place(
        session, person, rank=waitlist.next_rank(held), origin=Origin.LINE, key=list(old.key), now=old.joined_at
    )
    place.wave, place.standing_yes, place.short_notice = old.wave, False, old.short_notice
    return place


def _held(today: date) -> Select[int]:
    """The reserve sessions ahead that can be opened outside a round."""
    return (
        select(CourseSession.id)
        .join(Course, Course.id == CourseSession.course_id)
        .where(
            HELD_IN_RESERVE,
            Course.publicity == Publicity.PUBLISHED,
            CourseSession.starts_on > today,
            CourseSession.id.not_in(rounds.sessions_to_be_given()),
        )
        .order_by(CourseSession.id)
    )


def _wanted(db: Session, held: Select[int], *, now: datetime) -> list[Demand]:
    ids = db.scalars(held).all()
    if not ids:
        return []
    found = displaced.by_start(displaced.sessions_by_id(db, ids).values())
    return [each for each in _demands(db, found, today=day_of(now)) if each.is_enough]


def _demands(db: Session, found: Sequence[CourseSession], *, today: date) -> list[Demand]:
    """For each session everybody once, by the best place that they have in the lines of the course."""
    soon = [each.id for each in found if needs_short_notice(starts_on=each.starts_on, today=today)]
    waiting = prospects.waiting_elsewhere(db, [each for each in found if each.id not in soon], today=today)
    best = _best_places(db, {each.id for persons in waiting.values() for each in persons})
    demands = []
    for session in found:
        places = [best[person.id, session.course_id] for person in waiting.get(session.id, [])]
        places.sort(key=lambda each: (each.wave, each.key, each.joined_at, each.id))
        by_id = {each.id: each for each in waiting.get(session.id, [])}
        demands.append(_demand(session, [Waiting(by_id[each.person_id], each) for each in places], today=today))
    return demands


def _demand(session: CourseSession, line: Sequence[Waiting], *, today: date) -> Demand:
    offered = seats_go_to(
        [group_of(each.person) for each in line],
        room=session.free_seats,
        reserves=reserves_then(session.reserves, starts_on=session.starts_on, today=today),
        booked={},
    )
    return Demand(session, [replace(each, is_next=number in offered) for number, each in enumerate(line)])


def _best_places(db: Session, person_ids: Collection[int]) -> dict[tuple[int, int], Booking]:
    """The best place of each of these persons in the lines of a course, by person and course."""
    if not person_ids:
        return {}
    rows = db.execute(
        select(CourseSession.course_id, Booking)
        .join(CourseSession, CourseSession.id == Booking.session_id)
        .where(Booking.state.in_(IN_LINE), Booking.person_id.in_(person_ids))
        .order_by(Booking.wave, Booking.key, Booking.joined_at, Booking.id)
    )
    best: dict[tuple[int, int], Booking] = {}
    for course_id, booking in rows:
        best.setdefault((booking.person_id, course_id), booking)
    return best
