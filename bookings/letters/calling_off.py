"""What is posted when a session is called off: to who had a seat, to who waited, and to leaders and coordinators."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from auth.models import Person
from bookings import seat_calendar
from bookings.models import Booking
from bookings.seat_calendar import Seat
from courses.models import CourseSession
from lararportal import outbox


def session_called_off(
    db: Session,
    lost: Seat,
    *,
    person: Person,
    moved_to: Seat | None,
    lines: Sequence[CourseSession],
    struck: Sequence[CourseSession] = (),
    soon: Sequence[CourseSession] = (),
    until: str,
    reason: str,
    now: datetime,
) -> None:
    """Your session is not held: your new seat; or the lines you stand in, what begins soon, and your precedence."""
    booking, session = lost
    calendars = seat_calendar.take_out(db, lost, now=now)
    if moved_to is not None:
        calendars.insert(0, seat_calendar.put_in(db, moved_to, now=now))
    outbox.post(
        db,
        "session_called_off",
        to=person.recipient,
        once=f"called-off:{booking.id}",
        about=booking.id,
        now=now,
        calendars=calendars,
        session=session,
        new=moved_to[1] if moved_to is not None else None,
        lines=lines,
        struck=struck,
        soon=soon,
        until=until,
        reason=reason,
    )


def line_called_off(
    db: Session,
    booking: Booking,
    *,
    person: Person,
    session: CourseSession,
    sisters: Sequence[CourseSession],
    now: datetime,
) -> None:
    """Nobody waits for the session any more; these are the others that you can ask for."""
    outbox.post(
        db,
        "line_called_off",
        to=person.recipient,
        once=f"line-called-off:{booking.id}",
        about=booking.id,
        now=now,
        session=session,
        sisters=sisters,
    )


def session_called_off_to_staff(
    db: Session,
    *,
    persons: Iterable[Person],
    session: CourseSession,
    moved: int,
    left: int,
    reason: str,
    decided_by: str,
    now: datetime,
) -> None:
    """To leaders and the other coordinators: the session is not held, and everybody in it has been told."""
    for person in persons:
        outbox.post(
            db,
            "session_called_off_to_staff",
            to=person.recipient,
            once=f"called-off-staff:{session.id}:{person.id}",
            now=now,
            session=session,
            moved=moved,
            left=left,
            reason=reason,
            decided_by=decided_by,
        )
