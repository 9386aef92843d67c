"""Somebody asks for a seat or a place in line: what is locked for it, and all that the rules judge it by."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from auth import people
from auth.models import Person
from bookings import facts, in_line, lots, register
from bookings.counted import Place
from bookings.facts import Had, Looked
from bookings.held import Held, Holder
from bookings.models import Booking, Decision, Precedence, Round, RoundSession
from bookings.register import History
from bookings.rules import history
from bookings.rules.line import Outlook, stands_for
from bookings.rules.seats import Target
from bookings.states import LATE, Refusal
from courses import sessions
from courses.models import CourseDay, CourseSession
from lararportal.clock import day_of
from lararportal.errors import NotFound, Refused


@dataclass(frozen=True, kw_only=True)
class Look:
    """A person looks at a session: the round that gives its seats, and the seats and places that the person has."""

    person: Person | Holder
    session: Looked
    round_: Round | None
    bookings: Sequence[Had]
    now: datetime

    @property
    def today(self) -> date:
        """The day on which it is asked."""
        return day_of(self.now)

    @property
    def target(self) -> Target:
        """The session as the rules see it."""
        return facts.target(self.session, self.round_)

    def verdict(self, rule: Callable[..., Refusal | None], **more: Target) -> Refusal | None:
        """What a rule of `bookings.rules.seats` says to it."""
        return rule(
            facts.participant(self.person, self.bookings, today=self.today),
            self.target,
            facts.holdings(self.bookings, today=self.today),
            now=self.now,
            today=self.today,
            **more,
        )

    def insist(self, rule: Callable[..., Refusal | None], **more: Target) -> None:
        """As `verdict`, where a no ends the deed.

        Raises:
            Refused: the rule says no.
        """
        refusal = self.verdict(rule, **more)
        if refusal is not None:
            raise Refused(refusal, **self.facts_for(refusal))

    def insist_on_what_was_shown(self, saw: str) -> None:
        """Nobody comes to a session on days, at hours or in a place that they were not shown.

        Raises:
            Refused: it was moved since what `saw` stands for.
        """
        if saw != stands_for((), self.session.moved_at):
            raise Refused(Refusal.ANSWER_MEANS_OTHER)

    def facts_for(self, refusal: Refusal) -> dict[str, Any]:
        """What the sentence of a refusal may tell."""
        about = facts.about(refusal, self.target, self.bookings, today=self.today)
        return {"opens": self.target.booking_opens_at, "why": self.session.booking_closed_reason, **about}


@dataclass(frozen=True, kw_only=True)
class Asking(Look):
    """A person asks for something that changes what they have."""

    person: Person
    session: CourseSession
    bookings: list[Booking]
    locked: Mapping[int, CourseSession]
    """The sessions that are held still, by id."""


@dataclass(frozen=True, kw_only=True)
class Coming(Look):
    """A person comes for a seat or a place in line, beside what they have; session and person are held still."""

    person: Person
    session: CourseSession
    bookings: list[Held]
    holder: Holder
    line: Outlook
    """As the person sees it: from the end, or from where they join it."""
    joins: Place | None
    """Where that is; asked for where nothing else than a place in line is left."""
    has_precedence: bool
    """For the course: a seat uses it up."""
    brings: History | None
    """From earlier terms for the course, where that is known."""
    number: int
    """Drawn for the booking that may come of it."""


def hold(db: Session, *, session_id: int, person_id: int, now: datetime, besides: Collection[int] = ()) -> Asking:
    """Locks the session, and those `besides`, and then the person; and only then looks at anything.

    Raises:
        NotFound: a session or the person does not exist.
    """
    locked = {each.id: each for each in sessions.lock(db, {session_id, *besides})}
    [person] = people.lock(db, [person_id])
    return Asking(
        person=person,
        session=locked[session_id],
        bookings=facts.live_bookings(db, [person_id])[person_id],
        round_=facts.round_of(db, session_id),
        now=now,
        locked=locked,
    )


def hold_for_who_comes(db: Session, *, session_id: int, person_id: int, now: datetime) -> Coming:
    """As `hold`, with the line: one look at it and at what the person has.

    Raises:
        NotFound: the session or the person does not exist.
    """
    session, person = _lock(db, session_id, person_id)
    round_, has_precedence, brings, number = _once_locked(db, session, person)
    joins = last_place(db, session, person, round_, brings, now=now) if session.free_seats < 1 else None
    line, holder = in_line.outlook(db, session_id, person_id=person_id, joins=joins, today=day_of(now))
    return Coming(
        person=person,
        session=session,
        round_=round_,
        bookings=holder.counting,
        now=now,
        holder=holder,
        line=line,
        joins=joins,
        has_precedence=has_precedence,
        brings=brings,
        number=number,
    )


def _lock(db: Session, session_id: int, person_id: int) -> tuple[CourseSession, Person]:
    """As `sessions.lock` and then `people.lock`, by one statement: it locks in the order in which it names them."""
    locked = db.execute(_LOCK, {"session_id": session_id, "person_id": person_id}).one_or_none()
    if locked is None:
        raise NotFound
    session, person = locked
    return session, person


def _once_locked(
    db: Session, session: CourseSession, person: Person
) -> tuple[Round | None, bool, History | None, int]:
    """The round that gives the seats of the session, and whether the person has precedence for its course to use up.

    And what they bring along for it, if that is nothing: hardly anybody has precedence, and most were in no round.
    And a number for a booking, greater than those of all who held the session before: who joins last stands last. The
    session has its days then. A statement sees what was there when it began: this one begins behind the locks.
    """
    about = {"session_id": session.id, "course_id": session.course_id, "person_id": person.id}
    rows = db.execute(_ONCE_LOCKED, about).all()
    set_committed_value(session, "days", [day for day, *_ in rows])
    _, round_, has_precedence, was_decided, number = rows[0]
    return round_, has_precedence, None if has_precedence or was_decided else register.NOTHING, number


_LOCK = (
    select(CourseSession, Person)
    .join(Person, Person.id == bindparam("person_id"))
    .where(CourseSession.id == bindparam("session_id"))
    .with_for_update(key_share=True, of=(CourseSession, Person))
    .options(joinedload(CourseSession.course, innerjoin=True))
    .execution_options(populate_existing=True)
)
_has_precedence = exists().where(
    Precedence.person_id == bindparam("person_id"), Precedence.course_id == bindparam("course_id"), Precedence.is_open
)
_was_decided = exists().where(
    Decision.person_id == bindparam("person_id"),
    Decision.session_id == CourseSession.id,
    CourseSession.course_id == bindparam("course_id"),
)
_number = select(func.nextval(func.pg_get_serial_sequence("bookings", "id"))).scalar_subquery()
_ONCE_LOCKED = (
    select(CourseDay, Round, _has_precedence, _was_decided, _number)
    .outerjoin(RoundSession, RoundSession.session_id == CourseDay.session_id)
    .outerjoin(Round, Round.id == RoundSession.round_id)
    .where(CourseDay.session_id == bindparam("session_id"))
    .order_by(CourseDay.day)
    .execution_options(populate_existing=True)
)


def held_still(db: Session, booking_id: int) -> tuple[Booking, CourseSession, Person]:
    """One seat or place with its session and person, locked and read afresh."""
    booking = db.get_one(Booking, booking_id)
    [session] = sessions.lock(db, [booking.session_id])
    [person] = people.lock(db, [booking.person_id])
    db.refresh(booking)
    return booking, session, person


def last_place(
    db: Session,
    session: CourseSession,
    person: Person,
    round_: Round | None,
    brings: History | None = None,
    *,
    now: datetime,
) -> Place:
    """Where somebody would stand in the line of a session who joins it now; what they bring along, if it is known."""
    return LATE, late_key(db, session, person, round_, brings, today=day_of(now)), now


def late_key(
    db: Session,
    session: CourseSession,
    person: Person,
    round_: Round | None,
    brings: History | None = None,
    *,
    today: date,
) -> list[int]:
    """The key by which a person stands in the line of a session that no round gives them a place in."""
    if brings is None:
        found = register.histories(db, [person.id], [session.course_id], term=history.term_of(today))
        brings = found[person.id]
    return lots.late_key(session.course, person, round_, history=brings, today=today)
