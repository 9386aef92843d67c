"""Somebody asks for a seat or a place in line: what is locked for it, and all that the rules judge it by."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from auth import people
from auth.models import Person
from bookings import facts, lots, register
from bookings.counted import Place
from bookings.facts import GivenBy, Had, Looked
from bookings.held import Holder
from bookings.models import Booking, Round
from bookings.register import History
from bookings.rules import history
from bookings.rules.line import stands_for
from bookings.rules.seats import Target
from bookings.states import LATE, Refusal
from courses import sessions
from courses.models import CourseSession
from lararportal.clock import day_of
from lararportal.errors import Refused


@dataclass(frozen=True, kw_only=True)
class Look:
    """A person looks at a session: the round that gives its seats, and the seats and places that the person has."""

    person: Person | Holder
    session: Looked
    round_: Round | GivenBy | None
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
    round_: Round | None
    bookings: list[Booking]
    locked: Mapping[int, CourseSession]
    """The sessions that are held still, by id."""


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
