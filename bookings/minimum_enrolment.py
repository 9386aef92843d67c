"""Minimum enrolment: on its go/no-go day a session that too few have booked is put before those who decide."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from bookings import facts, letters, rounds
from bookings.models import MinimumWarning
from bookings.rules.line import would_come
from courses import sessions
from courses.models import CourseSession
from courses.states import Publicity
from lararportal import journal
from lararportal.clock import day_of


def due(db: Session, *, now: datetime) -> list[int]:
    """The sessions ahead below their minimum, whose go/no-go day has come and about which nobody has been asked."""
    today = day_of(now)
    asked = select(MinimumWarning.session_id)
    return list(
        db.scalars(
            select(CourseSession.id)
            .where(
                CourseSession.publicity == Publicity.PUBLISHED,
                CourseSession.go_no_go_on <= today,
                CourseSession.starts_on > today,
                CourseSession.seats_taken < CourseSession.minimum,
                CourseSession.id.not_in(asked),
                CourseSession.id.not_in(rounds.sessions_to_be_given()),
            )
            .order_by(CourseSession.id)
        )
    )


def ask_for_decision(db: Session, session_id: int, *, now: datetime, by: int | None) -> None:
    """Leaders and coordinators have a letter that asks whether the session runs; once, however often it is called."""
    [session] = sessions.lock(db, [session_id])
    if session.seats_taken >= session.minimum:
        return
    is_new = db.scalar(
        insert(MinimumWarning)
        .values(session_id=session_id, warned_at=now, booked=session.seats_taken)
        .on_conflict_do_nothing()
        .returning(MinimumWarning.session_id)
    )
    if is_new is None:
        return
    line = facts.line(db, [session_id], today=day_of(now))[session_id]
    journal.note(db, "minimum.asked", now=now, by=by, session=session_id, booked=session.seats_taken)
    letters.too_few_booked(db, session=session, waiting=would_come(line) + session.seats_offered, now=now)
