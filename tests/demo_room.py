"""Who is who in the demonstration term, and what they hold."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from auth.models import Grant, Identity, Person
from auth.states import Role
from bookings.models import Booking
from bookings.states import BookingState

ISSUER = "http://provider.test"


def person(db: Session, subject: str) -> Person:
    known = select(Person).join(Identity).where(Identity.issuer == ISSUER, Identity.kind == "sub")
    return db.scalars(known.where(Identity.value == subject)).one()


def roles(db: Session, subject: str) -> set[Role]:
    return set(db.scalars(select(Grant.role).where(Grant.person_id == person(db, subject).id)))


def states(db: Session, subject: str) -> dict[int, BookingState]:
    mine = select(Booking.session_id, Booking.state).where(Booking.person_id == person(db, subject).id)
    return dict(db.execute(mine).all())


def of_the_half_year_before(db: Session) -> list[int]:
    """The two sessions that Anna and Sara were at then."""
    return list(db.scalars(text("SELECT id FROM course_sessions WHERE starts_on < '2026-12-15' ORDER BY starts_on")))
