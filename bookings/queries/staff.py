"""What coordinators and leaders see: rosters, and what needs attention today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from auth.models import Person
from auth.states import Area, Category
from bookings import facts, in_line
from bookings.funding import is_unfunded
from bookings.minimum import cases, forecast, reserve_sessions
from bookings.models import Application, Booking, Choice, Round
from bookings.queries.minimum import undecided_count
from bookings.queries.rounds import RoundView, unpublished
from bookings.queries.rows import ROWS, SessionRow, row_of, session_rows, sessions_with_course
from bookings.queries.undoable import Undoable, cancelled_just_now, undoable
from bookings.rules.forecast import Expectation
from bookings.rules.line import active_places
from bookings.rules.seats import undo_until
from bookings.states import ANSWERABLE, LIVE, OPEN, SEATED, ApplicationState, BookingState, RoundState
from courses.certificates.content import IS_OWED
from courses.concerned import Interested
from courses.models import Completion, CourseSession, SessionLeader
from courses.rules.days import REMINDED_AFTER
from courses.states import Publicity
from lararportal.clock import day_of
from lararportal.errors import NotFound
from lararportal.outbox import TO_LOOK_AT, WAITS, Letter

LATELY = timedelta(days=365)
"""How long a session is shown that nobody has completed, or that lacks certificates."""


@dataclass(frozen=True, kw_only=True)
class RosterRow:
    """Somebody with a seat or a place in line; `position` is among those who would take a seat now, from 1."""

    booking_id: int
    person_id: int
    name: str
    category: Category | None
    area: Area | None
    workplace: str
    is_protected: bool
    """Only who needs it for their work reads where they are."""
    email: str
    since: datetime
    position: int | None
    answer_by: datetime | None
    """Until when a seat is kept for them, they are asked, or choose between two seats; None for everybody else."""
    is_unfunded: bool = False
    """A resident's seat that nobody has said is paid for."""


@dataclass(frozen=True)
class Roster:
    """Who comes to a session, by name, and who waits, in order."""

    session: SessionRow
    booked: list[RosterRow]
    waiting: list[RosterRow]
    expected: Expectation | None
    """While too few have booked a session ahead."""
    undoable: list[Undoable]
    """Whose seat was cancelled just now, and can still be theirs again."""


def roster(db: Session, session_id: int, *, now: datetime) -> Roster:
    """Everybody with a seat or a place in a session; in line each has the number that their own page shows.

    Raises:
        NotFound: there is no such session.
    """
    found = db.execute(
        sessions_with_course().add_columns(cases.is_below(day_of(now))).where(CourseSession.id == session_id)
    ).one_or_none()
    if found is None:
        raise NotFound
    session, is_below = found
    places = active_places(in_line.line(db, [session_id], today=day_of(now))[session_id])
    rows = db.scalars(
        select(Booking)
        .join(Person, Person.id == Booking.person_id)
        .where(Booking.session_id == session_id, Booking.state.in_(LIVE) | cancelled_just_now(now))
        .order_by(Booking.wave, Booking.key, Booking.joined_at, Booking.id)
        .options(joinedload(Booking.person), joinedload(Booking.session))
    ).all()
    cancelled = [each for each in rows if each.state is BookingState.CANCELLED]
    live = facts.live_bookings(db, {each.person_id for each in cancelled}) if cancelled else {}
    booked = [each for each in rows if each.state in SEATED]
    waiting = [each for each in rows if each.state in OPEN]
    by_name = sorted(booked, key=lambda each: each.person.place_in_lists)
    return Roster(
        session=row_of(session),
        booked=[_roster_row(each, None) for each in by_name],
        waiting=[_roster_row(each, places.get(each.id)) for each in waiting],
        expected=forecast.expectations(db, [session], today=day_of(now))[session_id] if is_below else None,
        undoable=[
            Undoable(person_id=each.person_id, name=each.person.name, until=undo_until(each.ended_at or now))
            for each in undoable(db, cancelled, live, now=now)
        ],
    )


def _roster_row(booking: Booking, position: int | None) -> RosterRow:
    person = booking.person
    return RosterRow(
        booking_id=booking.id,
        person_id=person.id,
        name=person.name,
        category=person.category,
        area=person.area,
        workplace=person.workplace,
        is_protected=person.is_protected,
        email=person.shown_email,
        since=booking.booked_at or booking.joined_at,
        position=position,
        answer_by=booking.answer_by if booking.state in (*ANSWERABLE, BookingState.MUST_CHOOSE) else None,
        is_unfunded=is_unfunded(booking, person),
    )


def interested(db: Session, session_id: int) -> Interested:
    """How many wait for a session, or have applied for it in a round that has still to give its seats."""
    waiting = select(func.count()).where(Booking.session_id == session_id, Booking.state.in_(OPEN))
    applied = (
        select(func.count())
        .select_from(Choice)
        .join(Application)
        .join(Round, Round.id == Application.round_id)
        .where(
            Choice.session_id == session_id,
            Application.state == ApplicationState.SUBMITTED,
            Round.state != RoundState.PUBLISHED,
        )
    )
    found = db.execute(select(waiting.scalar_subquery(), applied.scalar_subquery())).one()
    return Interested(waiting=found[0], applied=found[1])


def leads(db: Session, person_id: int, session_id: int) -> bool:
    """Whether the person leads the session."""
    return db.get(SessionLeader, (session_id, person_id)) is not None


def seated(db: Session, session_id: int) -> frozenset[int]:
    """Who has a seat in a session."""
    has_seat = (Booking.session_id == session_id, Booking.state.in_(SEATED))
    return frozenset(db.scalars(select(Booking.person_id).where(*has_seat)))


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What needs a coordinator's attention today, in figures."""

    rounds: list[RoundView]
    """Rounds that are not published yet, the next closing first."""
    sessions_soon: list[SessionRow]
    """Sessions that begin within four weeks."""
    over: list[SessionRow]
    """Sessions ahead with more people than seats."""
    uncompleted: list[SessionRow]
    """Sessions that are over, and whose leaders have been reminded of completing them in vain."""
    uncertified: list[SessionRow]
    """Completed sessions that somebody has been through who has no certificate."""
    below_minimum: int
    """Sessions about which something is still to be decided."""
    reserves_wanted: int
    """Reserve sessions that enough people wait for elsewhere."""
    letters_failed: int
    letters_waiting: int


def desk(db: Session, *, now: datetime) -> Desk:
    """The coordinators' first page."""
    today = day_of(now)
    soon = ROWS.where(
        CourseSession.publicity == Publicity.PUBLISHED,
        CourseSession.starts_on.between(today, today + timedelta(days=28)),
    )
    letters = select(func.count().filter(TO_LOOK_AT), func.count().filter(WAITS)).select_from(Letter)
    letters_failed, letters_waiting = db.execute(letters).one()
    uncompleted, uncertified = _left_undone(db, today)
    over = ROWS.where(CourseSession.seats_over > 0, CourseSession.starts_on >= today)
    return Desk(
        rounds=unpublished(db),
        sessions_soon=session_rows(db, soon),
        over=session_rows(db, over),
        uncompleted=uncompleted,
        uncertified=uncertified,
        below_minimum=undecided_count(db, today=today),
        reserves_wanted=len(reserve_sessions.wanted(db, now=now)),
        letters_failed=letters_failed,
        letters_waiting=letters_waiting,
    )


def _left_undone(db: Session, today: date) -> tuple[list[SessionRow], list[SessionRow]]:
    """What nobody has completed, and what is completed and lacks certificates."""
    is_open, is_completed = CourseSession.completed_at.is_(None), CourseSession.completed_at.is_not(None)
    held = CourseSession.takes_place
    lately = CourseSession.starts_on.between(today - LATELY, today)
    given = ROWS.where(held, lately)
    somebody_is_owed = exists().where(Completion.session_id == CourseSession.id, IS_OWED)
    uncompleted = session_rows(db, given.where(is_open, CourseSession.seats_taken > 0))
    return (
        [row for row in uncompleted if row.days[-1] + REMINDED_AFTER[0] < today],
        session_rows(db, given.where(is_completed, somebody_is_owed)),
    )
