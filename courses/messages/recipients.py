"""Whom a letter to the participants of a session can be for."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.models import Person
from courses.days.half_days import halves_of
from courses.models import Attendance, CourseSession
from courses.preparation import standing
from courses.rules.days import THERE
from courses.rules.messages import Addressed


def choices(db: Session, session: CourseSession, booked: Collection[int], *, now: datetime) -> dict[Addressed, int]:
    """Whom something can be written to now, each with how many they are.

    The preparation is of no use any more when the course is over.
    """
    found = {each: len(people_of(db, session, each, booked)) for each in Addressed}
    if now >= halves_of(session)[-1].ends:
        found[Addressed.UNPREPARED] = 0
    return {each: count for each, count in found.items() if count}


def people_of(db: Session, session: CourseSession, addressed: Addressed, booked: Collection[int]) -> list[Person]:
    """Those of the `booked` whom it is for, but nobody who has been erased."""
    chosen = set(booked)
    if addressed is Addressed.THERE:
        was_there = (Attendance.session_id == session.id, Attendance.state.in_(THERE))
        chosen &= set(db.scalars(select(Attendance.person_id).where(*was_there)))
    if addressed is Addressed.UNPREPARED:
        chosen = {each.person_id for each in standing.prepared(db, session, booked).people if each.lacks}
    known = select(Person).where(Person.id.in_(chosen), Person.erased_at.is_(None)).order_by(Person.id)
    return list(db.scalars(known))
