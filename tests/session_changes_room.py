"""What the tests of changed sessions share: a change as the desk makes it, asked about and confirmed."""

from datetime import date, datetime, time

import pytest
from bookings_room import AFTER
from sqlalchemy.orm import Session

from bookings import choices, impartiality, moved_sessions
from bookings import queries as reads
from bookings.models import Booking
from courses import session_changes
from courses.models import CourseSession
from courses.rules import Day
from courses.states import Refusal
from lararportal.errors import Refused


def on(*days: date) -> list[Day]:
    """These days, from half past eight to half past four."""
    return [Day(day, time(8, 30), time(16, 30)) for day in days]


def change(
    db: Session,
    session: CourseSession,
    *,
    confirmed: str = "",
    saw: str | None = None,
    now: datetime = AFTER,
    by: int | None = None,
    **facts,
):
    """The session is changed, if what is confirmed is that change."""
    db.flush()
    changed = session_changes.change(
        db,
        session_id=session.id,
        saw=saw,
        confirmed=confirmed,
        interested=reads.interested,
        seated=moved_sessions.WHO_SITS,
        impartial=impartiality.insist,
        now=now,
        by=by,
        **{
            "days": [Day(each.day, each.starts, each.ends) for each in session.days],
            "place": session.place,
            "area": session.area,
            "seats": session.seats,
            "minimum": session.minimum,
            "leader_ids": [],
            "cancel_by": session.cancel_by,
            "go_no_go_on": session.go_no_go_on,
            "prepare_by": session.prepare_by,
            **facts,
        },
    )
    db.flush()
    return changed


def keep(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> Booking:
    """The seat in the moved session is kept for all that the page said it would be."""
    saw = choices.seen(db, session_id=session_id, person_id=person_id)
    return choices.keep(db, session_id=session_id, person_id=person_id, saw=saw, now=now, by=by)


def asked(db: Session, session: CourseSession, *, now: datetime = AFTER, **facts) -> dict:
    """What is asked before the change is made."""
    with pytest.raises(Refused) as refusal:
        change(db, session, now=now, **facts)
    assert refusal.value.reason is Refusal.CHANGE_NOT_CONFIRMED
    return refusal.value.facts


def changed(db: Session, session: CourseSession, *, now: datetime = AFTER, **facts) -> None:
    """Asked about, confirmed and made; what concerns nobody is made at once."""
    token = "" if facts.keys() <= {"seats", "minimum"} else asked(db, session, now=now, **facts)["token"]
    change(db, session, confirmed=token, now=now, **facts)
