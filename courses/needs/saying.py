"""Saying what one needs on the days of a session, and taking it back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth import people
from courses.days.half_days import Roster, halves_of
from courses.days.shown import session_of
from courses.models import CourseSession, Need
from courses.states import Diet, Refusal
from lararportal import journal
from lararportal.errors import NotFound, Refused


def say(
    db: Session,
    *,
    session_id: int,
    diets: Collection[Diet],
    other_food: str,
    access: str,
    roster: Roster,
    now: datetime,
    by: int,
) -> None:
    """This is what `by` needs, whatever they said before; who says nothing needs nothing, and no row is left.

    Raises:
        NotFound: there is no such session, or they have no seat in it.
        Refused: it is over.
    """
    people.lock(db, [by])
    session = session_of(db, session_id)
    if by not in roster(db, session_id):
        raise NotFound
    if is_over(session, now=now):
        raise Refused(Refusal.NEEDS_TOO_LATE)
    row = need_of(db, session_id, by)
    said = {"diets": [str(each) for each in Diet if each in diets], "other_food": other_food, "access": access}
    if not any(said.values()):
        if row is not None:
            db.delete(row)
            journal.note(db, "needs.taken_back", now=now, by=by, person=by, session=session_id)
    elif row is None or {name: getattr(row, name) for name in said} != said:
        row = row or Need(session_id=session_id, person_id=by)
        for name, value in said.items():
            setattr(row, name, value)
        row.said_at = now
        db.add(row)
        journal.note(db, "needs.said", now=now, by=by, person=by, session=session_id)
    db.flush()


def is_over(session: CourseSession, *, now: datetime) -> bool:
    """Whether nobody can use any more what somebody needs in it."""
    return now >= halves_of(session)[-1].ends


def need_of(db: Session, session_id: int, person_id: int) -> Need | None:
    """What somebody has said for a session, if anything."""
    theirs = select(Need).where(Need.session_id == session_id, Need.person_id == person_id)
    return db.scalars(theirs.execution_options(populate_existing=True)).one_or_none()
