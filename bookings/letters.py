"""What is posted to whom when: one function for each letter of the bookings room."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from auth.models import Grant, Person
from auth.states import Role
from bookings import seat_calendar
from bookings.models import Application, Booking, Decision, LineException, Precedence, Round
from bookings.rules.history import last_term
from bookings.rules.merits import Merit
from bookings.rules.reasons import Explanation
from bookings.seat_calendar import Seat
from courses.models import Course, CourseSession, SessionLeader
from lararportal import outbox
from lararportal.clock import day_of
from lararportal.outbox import Letter


def application_received(
    db: Session,
    application: Application,
    *,
    round_: Round,
    person: Person,
    sessions: Sequence[CourseSession],
    now: datetime,
) -> None:
    """We have your list; the letter repeats it."""
    _about_list(db, "application_received", application, round_=round_, person=person, sessions=sessions, now=now)


def application_changed(
    db: Session,
    application: Application,
    *,
    round_: Round,
    person: Person,
    sessions: Sequence[CourseSession],
    now: datetime,
) -> None:
    """We have another list of yours, and it is the one that counts."""
    _about_list(db, "application_changed", application, round_=round_, person=person, sessions=sessions, now=now)


def application_withdrawn(
    db: Session, application: Application, *, round_: Round, person: Person, now: datetime
) -> None:
    """Your list no longer counts."""
    outbox.post(
        db,
        "application_withdrawn",
        to=person.recipient,
        once=f"application:{application.id}:{application.version}:withdrawn",
        now=now,
        round=round_,
    )


def decided(
    db: Session,
    *,
    round_: Round,
    person: Person,
    decisions: Sequence[Decision],
    sessions: Mapping[int, CourseSession],
    explanations: Mapping[int, Explanation],
    standings: Mapping[int, Sequence[Merit]],
    seats: Sequence[Booking],
    now: datetime,
) -> None:
    """What the round decided for everything you asked for, and why; with the calendar of the seats you got.

    By session id, `explanations` are for those who stand in line behind somebody, `standings` for all in a queue.
    """
    given = [(seat, sessions[seat.session_id]) for seat in seats]
    outbox.post(
        db,
        "decision",
        to=person.recipient,
        once=f"decision:{round_.id}:{person.id}",
        now=now,
        calendars=[seat_calendar.put_in(db, *given, now=now)] if given else [],
        round=round_,
        decisions=decisions,
        sessions=sessions,
        explanations=explanations,
        standings=standings,
    )


def lottery_to_commit(db: Session, *, round_: Round, person: Person, commitment: str, now: datetime) -> None:
    """You hold the second secret of a round: draw it, and be bound before it opens. Once a day at most."""
    is_late = round_.opens_at <= now
    _about_lottery(
        db, "lottery_to_commit", round_=round_, person=person, now=now, commitment=commitment, is_late=is_late
    )


def lottery_to_reveal(db: Session, *, round_: Round, person: Person, until: datetime | None, now: datetime) -> None:
    """The round has closed: come and show your secret, if it is to be sure by `until`. Once a day at most."""
    _about_lottery(db, "lottery_to_reveal", round_=round_, person=person, now=now, until=until)


def seat_booked(db: Session, booking: Booking, *, person: Person, session: CourseSession, now: datetime) -> None:
    """You took a seat that was free."""
    _about_seat(db, "seat_booked", booking, person=person, session=session, now=now)


def place_in_line(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, position: int | None, now: datetime
) -> None:
    """There was no seat; this is your place. It has no number while you would be passed over."""
    outbox.post(
        db,
        "place_in_line",
        to=person.recipient,
        once=f"line:{booking.id}",
        now=now,
        session=session,
        position=position,
    )


def placed_by_exception(
    db: Session,
    exception: LineException,
    *,
    person: Person,
    session: CourseSession,
    position: int | None,
    decided_by: str,
    now: datetime,
) -> None:
    """By a decision you stand in line where the rules alone would not have put you."""
    outbox.post(
        db,
        "placed_by_exception",
        to=person.recipient,
        once=f"exception:{exception.id}",
        now=now,
        session=session,
        position=position,
        kind=exception.kind.value,
        decided_by=decided_by,
    )


def seat_from_line(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, left: Sequence[Seat], now: datetime
) -> None:
    """You were next, and the seat is yours; with what you gave up for it, as your own list said."""
    _about_seat(db, "seat_from_line", booking, person=person, session=session, now=now, left=left)


def seat_cancelled(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, by: int | None, now: datetime
) -> None:
    """You gave the seat back, or somebody did so for you."""
    outbox.post(
        db,
        "seat_cancelled",
        to=person.recipient,
        once=f"cancelled:{booking.id}",
        now=now,
        calendars=[seat_calendar.take_out(db, (booking, session), now=now)],
        session=session,
        booking=booking,
        is_own=by == person.id,
    )


def seat_moved(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, left: Sequence[Seat], now: datetime
) -> None:
    """You changed one seat for another."""
    _about_seat(db, "seat_moved", booking, person=person, session=session, now=now, left=left)


def seat_swapped(
    db: Session, booking: Booking, *, person: Person, session: CourseSession, left: Sequence[Seat], now: datetime
) -> None:
    """You changed seats with others of the course who wanted yours, and nobody in line lost by it."""
    _about_seat(db, "seat_swapped", booking, person=person, session=session, now=now, left=left)


def precedence_granted(
    db: Session, precedence: Precedence, *, person: Person, course: Course, decided_by: str, now: datetime
) -> None:
    """You go before others who ask for the course; by whose decision, and where the reason stands."""
    outbox.post(
        db,
        "precedence_granted",
        to=person.recipient,
        once=f"precedence:{precedence.id}",
        now=now,
        course=course,
        decided_by=decided_by,
        until=last_term(precedence.term),
    )


def precedence_revoked(
    db: Session, precedence: Precedence, *, person: Person, course: Course, decided_by: str, now: datetime
) -> None:
    """You go before nobody any more."""
    outbox.post(
        db,
        "precedence_revoked",
        to=person.recipient,
        once=f"precedence:{precedence.id}:revoked",
        now=now,
        course=course,
        decided_by=decided_by,
    )


def too_few_booked(db: Session, *, session: CourseSession, waiting: int, now: datetime) -> None:
    """To leaders and coordinators: decide whether the session runs."""
    concerned = db.scalars(
        select(Person)
        .where(
            Person.id.in_(select(SessionLeader.person_id).where(SessionLeader.session_id == session.id))
            | Person.id.in_(select(Grant.person_id).where(Grant.role == Role.COORDINATOR))
        )
        .order_by(Person.id)
    )
    for person in concerned:
        outbox.post(
            db,
            "too_few_booked",
            to=person.recipient,
            once=f"too-few:{session.id}:{person.id}",
            now=now,
            session=session,
            waiting=waiting,
        )


def _about_lottery(db: Session, occasion: str, *, round_: Round, person: Person, now: datetime, **facts: Any) -> None:
    once = f"{occasion}:{round_.id}:{person.id}:{day_of(now)}"
    if not db.scalar(select(exists().where(Letter.once == once))):
        outbox.post(db, occasion, to=person.recipient, once=once, now=now, round=round_, **facts)


def _about_list(
    db: Session,
    occasion: str,
    application: Application,
    *,
    round_: Round,
    person: Person,
    sessions: Sequence[CourseSession],
    now: datetime,
) -> None:
    outbox.post(
        db,
        occasion,
        to=person.recipient,
        once=f"application:{application.id}:{application.version}",
        now=now,
        round=round_,
        application=application,
        person=person,
        sessions=sessions,
    )


def _about_seat(
    db: Session,
    occasion: str,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    now: datetime,
    left: Sequence[Seat] = (),
) -> None:
    outbox.post(
        db,
        occasion,
        to=person.recipient,
        once=f"seat:{booking.id}",
        now=now,
        calendars=[
            seat_calendar.put_in(db, (booking, session), now=now),
            *(seat_calendar.take_out(db, old, now=now) for old in left),
        ],
        session=session,
        is_bound=booking.ended_late,
        left=[place for _, place in left],
    )
