"""What a doctor has in one session, and what they may do there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, load_only

from auth.models import Person
from bookings import counted, facts, in_line, sisters
from bookings.applications import sender
from bookings.asking import Look
from bookings.facts import GivenBy, Looked
from bookings.held import Held
from bookings.models import Round
from bookings.queries.rows import ROWS, SessionRow, session_rows
from bookings.rules import applications as applications_rules
from bookings.rules import last_days
from bookings.rules import seats as rules
from bookings.rules.answer_time import needs_short_notice
from bookings.rules.line import Outlook
from bookings.states import ANSWERABLE, SEATED, BookingState, Refusal, RoundState
from courses.models import CourseSession
from lararportal.clock import day_of

TO_ANSWER = (*ANSWERABLE, BookingState.MUST_CHOOSE)


@dataclass(frozen=True)
class OpenRound:
    """A round that takes applications."""

    id: int
    title: str
    closes_at: datetime

    @classmethod
    def of(cls, round_: Round | GivenBy | None, *, now: datetime) -> Self | None:
        """That round, if it takes applications now."""
        if round_ is None or round_.state is not RoundState.OPEN or round_.closes_at <= now:
            return None
        return cls(round_.id, round_.title, round_.closes_at)


@dataclass(frozen=True)
class Kept:
    """A seat that somebody keeps until they have the one that they wait for, in another session of the course."""

    days: tuple[date, ...]
    swap_rings: bool
    """Whether those who wait for each other's full sessions of the course change seats."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the visitor of a session page has there, and what they may do: None means yes, else the reason why not."""

    round: OpenRound | None
    """The round that takes applications for its seats now."""
    may_apply: Refusal | None
    """Whether they may in that round, whatever they want."""
    state: BookingState | None
    position: int | None
    answer_by: datetime | None
    """When a seat is kept for them, they are asked, or have to choose between two seats: until when."""
    barred: Refusal | None
    """Why the place in line is dormant, when that is because the person is not eligible today."""
    somebody_waits: bool
    """Others have the free seats before them: booking leads into the line, or among those who are asked."""
    may_book: Refusal | None
    may_take: bool
    """They wait, it begins within days, and a seat is free: whoever waits books it themselves."""
    why_not_take: Refusal | None
    """Why this one cannot."""
    may_join: Refusal | None
    may_cancel: Refusal | None
    waits_for: frozenset[int]
    """The sessions that they stand in line for."""
    keeps: Kept | None
    """The seat in the course that they would leave for the one they wait for here."""
    standing_yes: bool
    """They have the seat without being asked, and change with others for it."""
    facts: dict[str, Any]
    """For the sentence of why they may not book, or take the seat."""


def my_situation(db: Session, session: Looked, *, person_id: int, now: datetime) -> Situation:
    """Where a person stands with a session, which has its course and days with it.

    Raises:
        NotFound: there is no such person.
    """
    today = day_of(now)
    line, holder, (told,) = in_line.outlook_and(db, _LOOK, session.id, person_id=person_id, joins=None, today=today)
    # What they have in the session itself is theirs, in vain or not.
    bookings = [each for each in holder.bookings if each.session_id == session.id or not each.is_in_vain]
    here = next((each for each in bookings if each.session_id == session.id), None)
    round_ = GivenBy.read(told)
    open_round = OpenRound.of(round_, now=now)
    asked = Look(person=holder, session=session, bookings=bookings, round_=round_, now=now)
    may_book = asked.verdict(rules.may_book)
    waits = here is not None and here.state is BookingState.WAITING
    may_take = waits and _is_soon(session, today) and session.free_seats > 0
    why_not = asked.verdict(rules.may_take) if may_take else may_book
    has_seat = here is not None and here.state in SEATED
    return Situation(
        round=open_round,
        may_apply=_may_apply(db, open_round.id, person_id) if open_round else None,
        state=here.state if here is not None else None,
        position=line.position,
        answer_by=here.answer_by if here is not None and here.state in TO_ANSWER else None,
        barred=line.own.barred if line.own is not None else None,
        somebody_waits=_others_first(session, line, now=now),
        may_book=may_book,
        may_take=may_take,
        why_not_take=why_not if may_take else None,
        may_join=asked.verdict(rules.may_join),
        may_cancel=rules.may_cancel(starts_on=session.starts_on, today=today) if has_seat else Refusal.NOT_BOOKED,
        waits_for=frozenset(each.session_id for each in bookings if each.state is BookingState.WAITING),
        keeps=_seat_elsewhere(bookings, session),
        standing_yes=here is not None and here.standing_yes,
        facts=asked.facts_for(why_not) if why_not is not None else {},
    )


_LOOK = counted.one_line(facts.GIVEN_BY)


def _may_apply(db: Session, round_id: int, person_id: int) -> Refusal | None:
    person, round_ = db.execute(_WHO_AND_WHERE, {"person_id": person_id, "round_id": round_id}).one()
    return applications_rules.may_apply(sender(person, round_, taken_courses=frozenset()))


_WHO_AND_WHERE = (
    select(Person, Round)
    .join(Round, Round.id == bindparam("round_id"))
    .where(Person.id == bindparam("person_id"))
    .options(load_only(Round.second_party_id, raiseload=True))
)


def open_round_with(db: Session, session_id: int, *, now: datetime) -> OpenRound | None:
    """The round that takes applications now for the seats of a session, if there is one."""
    return OpenRound.of(facts.round_of(db, session_id), now=now)


def _is_soon(session: Looked, today: date) -> bool:
    return needs_short_notice(starts_on=session.starts_on, today=today)


def _others_first(session: Looked, line: Outlook, *, now: datetime) -> bool:
    if not _is_soon(session, day_of(now)):
        return line.comers > 0
    return last_days.goes_before(line, free_seats=session.free_seats, start=facts.start_of(session), now=now)


def _seat_elsewhere(bookings: Sequence[Held], session: Looked) -> Kept | None:
    found = (each.session for each in bookings if each.state in SEATED and _is_elsewhere(each, session))
    return next((Kept(tuple(sorted(each.dates)), session.course.swap_rings) for each in found), None)


def _is_elsewhere(each: Held, session: Looked) -> bool:
    return each.session.course_id == session.course_id and each.session_id != session.id


def sisters_of(db: Session, session: CourseSession, *, today: date) -> list[SessionRow]:
    """The other sessions of the course that have seats to give now."""
    return session_rows(db, ROWS.where(*sisters.of(session, today=today)))
