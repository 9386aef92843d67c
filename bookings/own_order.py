"""The order in which somebody wants the sessions of a course that they wait for: theirs to change at any time.

Of two that change places the one that was wanted more is lowered. None is raised past a seat in another course that
stands between them, so that no change of the order ever costs somebody a seat.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from auth import people
from bookings import facts, noting
from bookings.models import Booking
from bookings.states import OPEN, SEATED, Refusal
from lararportal.errors import Refused


def want_more(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> None:
    """The place of the course that came before this one comes directly after it; the first stays where it is.

    Raises:
        NotFound: there is no such person.
        Refused: they do not wait for it.
    """
    wishes = _wishes(db, session_id=session_id, person_id=person_id)
    at = _at(wishes, session_id)
    if at > 0:
        _put_after(db, wishes[at - 1], wishes[at], now=now, by=by)


def want_less(db: Session, *, session_id: int, person_id: int, now: datetime, by: int | None) -> None:
    """This place comes directly after the one of the course that came after it; the last stays where it is.

    Raises:
        NotFound: there is no such person.
        Refused: they do not wait for it.
    """
    wishes = _wishes(db, session_id=session_id, person_id=person_id)
    at = _at(wishes, session_id)
    if at < len(wishes) - 1:
        _put_after(db, wishes[at], wishes[at + 1], now=now, by=by)


def _wishes(db: Session, *, session_id: int, person_id: int) -> list[Booking]:
    """The places of the course, most wanted first; the person is locked, for their ranks decide what they leave."""
    people.lock(db, [person_id])
    waiting = [each for each in _live(db, person_id) if each.state in OPEN]
    course_id = next((each.session.course_id for each in waiting if each.session_id == session_id), None)
    return [each for each in waiting if each.session.course_id == course_id]


def _at(wishes: Sequence[Booking], session_id: int) -> int:
    for at, each in enumerate(wishes):
        if each.session_id == session_id:
            return at
    raise Refused(Refusal.NOT_WAITING)


def _live(db: Session, person_id: int) -> list[Booking]:
    """Most wanted first, as the line weighs them: of equals a place is wanted more than a seat."""
    found = facts.live_bookings(db, [person_id]).get(person_id, [])
    return sorted(found, key=lambda each: (each.rank, each.state in SEATED, each.id))


def _put_after(db: Session, moved: Booking, other: Booking, *, now: datetime, by: int | None) -> None:
    """All that the person has and waits for is numbered anew; nothing but the one that moves changes its place."""
    order = [each for each in _live(db, moved.person_id) if each is not moved]
    order.insert(order.index(other) + 1, moved)
    for rank, each in enumerate(order, start=1):
        each.rank = rank
    noting.note_with(db, "line.reordered", moved, order, now=now, by=by, after=other.id)
