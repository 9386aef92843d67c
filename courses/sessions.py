"""Course sessions: a course is planned on certain days at a place, published, changed and archived."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from courses.models import CourseSession
from lararportal.errors import NotFound


def lock(db: Session, ids: Iterable[int]) -> list[CourseSession]:
    """Holds these sessions to the end of the transaction, in id order, as they are now, with their days.

    Everybody who takes or frees seats, or changes a session, calls this first and once: then nobody else can,
    and what is counted afterwards stays true. The lock is the one an update takes, so that others may still
    write rows that only refer to a session.

    Raises:
        NotFound: one of the sessions does not exist.
    """
    wanted = set(ids)
    locked = db.scalars(
        select(CourseSession)
        .where(CourseSession.id.in_(wanted))
        .order_by(CourseSession.id)
        .with_for_update(key_share=True)
        .options(selectinload(CourseSession.days))
        .execution_options(populate_existing=True)
    ).all()
    if len(locked) != len(wanted):
        raise NotFound
    return list(locked)
