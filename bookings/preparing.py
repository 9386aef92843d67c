"""Reminders of the preparation: who has a seat and lacks a part has one letter some days before it must be done."""

from datetime import datetime, timedelta

from sqlalchemy import exists
from sqlalchemy.orm import Session

from auth.models import Person
from bookings import asking, expected
from bookings.models import Booking
from courses import letters
from courses.models import CourseSession, PreparationMark, PreparationPart, PreparationReminder
from courses.preparation import standing
from courses.preparation.parts import is_for
from courses.rules.preparation import REMINDED_BEFORE, is_time
from lararportal import journal
from lararportal.clock import day_of

_OF_THEM = PreparationMark.part_id == PreparationPart.id, PreparationMark.person_id == Booking.person_id
_DONE = exists().where(*_OF_THEM).correlate(PreparationPart, Booking)
LACKS_A_PART = exists().where(
    is_for(CourseSession.course_id, CourseSession.id), PreparationPart.removed_at.is_(None), ~_DONE
)
"""Of a seat and its session: its holder has not done every part."""


def to_remind(db: Session, *, now: datetime, before: timedelta = REMINDED_BEFORE) -> list[int]:
    """The seats whose holders lack a part that must be done within so long, and have not been told."""
    today = day_of(now)
    was_told = exists().where(
        PreparationReminder.session_id == Booking.session_id, PreparationReminder.person_id == Booking.person_id
    )
    return expected.seats(db, CourseSession.prepare_by.between(today, today + before), LACKS_A_PART, ~was_told)


def remind(
    db: Session, booking_id: int, *, now: datetime, by: int | None, before: timedelta = REMINDED_BEFORE
) -> None:
    """The person has a letter that says what they lack and by when; once for a session, however often it is asked."""
    booking, session, person = asking.held_still(db, booking_id)
    if not expected.is_expected(booking, session):
        return
    if not is_time(prepare_by=session.prepare_by, today=day_of(now), before=before):
        return
    lacking = [each.part for each in standing.own(db, session, person.id) if not each.is_done]
    if lacking and db.get(PreparationReminder, (session.id, person.id)) is None:
        _tell(db, session, person, lacking, now=now, by=by)


def _tell(
    db: Session,
    session: CourseSession,
    person: Person,
    lacking: list[PreparationPart],
    *,
    now: datetime,
    by: int | None,
) -> None:
    db.add(PreparationReminder(session_id=session.id, person_id=person.id, reminded_at=now))
    parts = [each.id for each in lacking]
    journal.note(db, "preparation.reminded", now=now, by=by, person=person.id, session=session.id, parts=parts)
    letters.preparation_reminder(db, person=person, session=session, lacking=lacking, now=now)
