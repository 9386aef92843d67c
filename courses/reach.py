"""For whom the certificates and the material of a session are: its leaders, and coordinators."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from auth.models import Grant
from auth.states import Role
from courses.models import CourseSession, SessionLeader
from courses.sessions import lock
from lararportal.errors import NotFound


def session_of(db: Session, *, session_id: int, by: int) -> CourseSession:
    """The session, locked, for who leads it, or is a coordinator.

    Raises:
        NotFound: there is no such session, or `by` is neither.
    """
    insist(db, session_id=session_id, by=by)
    [session] = lock(db, [session_id])
    return session


def insist(db: Session, *, session_id: int, by: int) -> None:
    """`by` leads the session, or is a coordinator.

    Raises:
        NotFound: they are neither.
    """
    if db.get(SessionLeader, (session_id, by)) is None and not is_coordinator(db, by):
        raise NotFound


def is_coordinator(db: Session, person_id: int) -> bool:
    """Whether all sessions are for somebody, and the names on their certificates whoever they are of."""
    held = select(Grant.id).where(Grant.person_id == person_id, Grant.role == Role.COORDINATOR)
    return db.scalar(held.limit(1)) is not None


def courses_led(by: int) -> Select[int]:
    """The courses that somebody has led a session of: what is said of those from outside is not theirs to say."""
    led = select(CourseSession.course_id).join(SessionLeader, SessionLeader.session_id == CourseSession.id)
    return led.where(SessionLeader.person_id == by)
