"""What is posted about a round: lists that came, what was decided, and whose turn it is in the lottery."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import seat_calendar
from bookings.models import Application, Booking, Decision, Round
from bookings.rules.merits import Merit
from bookings.rules.reasons import Explanation
from courses.models import CourseSession
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
