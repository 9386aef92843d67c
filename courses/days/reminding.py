"""Reminders: who leads a session that is over and not completed has a letter, twice at most, while there is time."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session

from auth.models import Person
from courses import letters
from courses.models import CourseSession, SessionLeader
from courses.rules import days
from courses.sessions import lock
from lararportal import journal
from lararportal.clock import day_of
from lararportal.outbox import Letter

LONGEST = timedelta(days=60)
"""How long before its last day a session can have begun."""


def to_remind(db: Session, *, now: datetime) -> list[int]:
    """The sessions that somebody was in, whose leaders have to be reminded."""
    today = day_of(now)
    number = case((CourseSession.last_day <= today - days.REMINDED_AFTER[1], 2), else_=1)
    is_open = (
        CourseSession.completed_at.is_(None),
        CourseSession.takes_place,
        CourseSession.seats_taken > 0,
        CourseSession.starts_on.between(today - days.LOCKED_AFTER - LONGEST, today),
        CourseSession.last_day.between(today - days.LOCKED_AFTER, today - days.REMINDED_AFTER[0]),
    )
    leads = SessionLeader.session_id == CourseSession.id
    untold = exists().where(leads, ~_was_told(number))
    return list(db.scalars(select(CourseSession.id).where(*is_open, untold).order_by(CourseSession.id)))


def remind(db: Session, session_id: int, *, now: datetime, by: int | None) -> None:
    """Each leader has the letter that is due now, unless it was completed or they have had it."""
    [session] = lock(db, [session_id])
    number = days.reminder_due(session.last_day, today=day_of(now))
    if number is None or session.completed_at is not None or not session.takes_place:
        return
    leads = (SessionLeader.session_id == session_id, SessionLeader.person_id == Person.id)
    found = select(Person).join(SessionLeader, leads[1]).where(leads[0], ~_was_told(number)).order_by(Person.id)
    leaders = list(db.scalars(found))
    if not leaders:
        return
    told = [each.id for each in leaders]
    journal.note(db, "completion.reminded", now=now, by=by, session=session_id, number=number, leaders=told)
    for leader in leaders:
        letters.completion_reminder(db, person=leader, session=session, number=number, now=now)


def _was_told(number: ColumnElement[int] | int) -> ColumnElement[bool]:
    once = func.concat("completion_reminder:", number, ":", SessionLeader.session_id, ":", SessionLeader.person_id)
    return exists().where(Letter.once == once)
