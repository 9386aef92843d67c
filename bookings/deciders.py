"""Those who decide together whether a session runs: its leaders, and coordinators."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from auth.models import Grant, Person
from auth.states import Role
from courses.models import CourseSession, SessionLeader


def deciders(db: Session, session: CourseSession, *, but: int | None = None) -> Sequence[Person]:
    """All of them, each once; without the one who has decided, and knows."""
    leading = select(SessionLeader.person_id).where(SessionLeader.session_id == session.id)
    is_one = Person.id.in_(leading) | Person.id.in_(_coordinating())
    return db.scalars(select(Person).where(is_one, Person.id.is_distinct_from(but)).order_by(Person.id)).all()


def coordinators(db: Session) -> Sequence[Person]:
    """All coordinators."""
    return db.scalars(select(Person).where(Person.id.in_(_coordinating())).order_by(Person.id)).all()


def _coordinating() -> Select[int]:
    return select(Grant.person_id).where(Grant.role == Role.COORDINATOR)
