"""The summons (kallelse): who has a seat is told when and where, and of the programme, once, two weeks before it."""

from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from bookings import asking, expected
from bookings.models import Booking
from courses import letters
from courses.models import CourseSession
from courses.preparation.parts import parts_for
from courses.rules.programme import TOLD_BEFORE, is_time, once_summoned
from lararportal import journal
from lararportal.clock import day_of
from lararportal.outbox import Letter


def to_summon(db: Session, *, now: datetime, before: timedelta = TOLD_BEFORE) -> list[int]:
    """The seats in sessions that begin within so long, whose holders have not been called."""
    today = day_of(now)
    was_told = exists().where(
        Letter.once == func.concat("summons:", Booking.session_id, ":", Booking.person_id),
        Letter.occasion == "summons",
    )
    return expected.seats(db, CourseSession.starts_on.between(today, today + before), ~was_told)


def summon(db: Session, booking_id: int, *, now: datetime, by: int | None, before: timedelta = TOLD_BEFORE) -> None:
    """The person has the letter, unless they have no seat any more or have had it before."""
    booking, session, person = asking.held_still(db, booking_id)
    was_told = select(Letter.id).where(Letter.once == once_summoned(session.id, person.id))
    if (
        not expected.is_expected(booking, session)
        or not is_time(starts_on=session.starts_on, today=day_of(now), before=before)
        or db.scalar(was_told) is not None
    ):
        return
    journal.note(db, "summons.sent", now=now, by=by, person=person.id, session=session.id)
    letters.summons(db, person=person, session=session, prepares=bool(parts_for(db, session)), now=now)
