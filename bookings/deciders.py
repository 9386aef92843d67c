"""Those who decide together whether a session runs: its leaders, and coordinators."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from auth.holders import holds
from auth.models import Person
from auth.states import Role
from courses.models import CourseSession, SessionLeader


def deciders(db: Session, session: CourseSession, *, but: int | None = None) -> Sequence[Person]:
    """All of them, each once; without the one who has decided, and knows."""
    leading = select(SessionLeader.person_id).where(SessionLeader.session_id == session.id)
    is_one = Person.id.in_(leading) | holds(Role.COORDINATOR)
    return db.scalars(select(Person).where(is_one, Person.id.is_distinct_from(but)).order_by(Person.id)).all()
