"""What is posted about decisions on one person beside the rules."""

from datetime import datetime

from sqlalchemy.orm import Session

from auth.models import Person
from bookings.models import LineException, Precedence
from bookings.rules.history import last_term
from courses.models import Course, CourseSession
from lararportal import outbox


def placed_by_exception(
    db: Session,
    exception: LineException,
    *,
    person: Person,
    session: CourseSession,
    position: int | None,
    decided_by: str,
    now: datetime,
) -> None:
    """By a decision you stand in line where the rules alone would not have put you."""
    outbox.post(
        db,
        "placed_by_exception",
        to=person.recipient,
        once=f"exception:{exception.id}",
        about=exception.booking_id,
        now=now,
        session=session,
        position=position,
        kind=exception.kind.value,
        decided_by=decided_by,
    )


def precedence_granted(
    db: Session, precedence: Precedence, *, person: Person, course: Course, decided_by: str, now: datetime
) -> None:
    """You go before others who ask for the course; by whose decision, and where the reason stands."""
    outbox.post(
        db,
        "precedence_granted",
        to=person.recipient,
        once=f"precedence:{precedence.id}",
        now=now,
        course=course,
        decided_by=decided_by,
        until=last_term(precedence.term),
    )


def precedence_revoked(
    db: Session, precedence: Precedence, *, person: Person, course: Course, decided_by: str, now: datetime
) -> None:
    """You go before nobody any more."""
    outbox.post(
        db,
        "precedence_revoked",
        to=person.recipient,
        once=f"precedence:{precedence.id}:revoked",
        now=now,
        course=course,
        decided_by=decided_by,
    )
