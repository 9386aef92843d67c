"""What is posted to whom when: the letters of the courses room."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from auth.models import Person
from courses.models import Completion, CourseSession
from courses.rules.days import HalfDay
from courses.states import Presence
from lararportal import outbox


def absence_noted(
    db: Session,
    *,
    person: Person,
    session: CourseSession,
    missed: Sequence[tuple[HalfDay, Presence | None]],
    completion: Completion,
    now: datetime,
) -> None:
    """You were not there, for which half days and as what that is noted; what it means, and whom to ask."""
    outbox.post(
        db,
        "absence_noted",
        to=person.recipient,
        once=f"absence_noted:{session.id}:{person.id}:{now.astimezone(UTC):%Y%m%d%H%M%S%f}",
        now=now,
        session=session,
        missed=missed,
        completion=completion,
    )
