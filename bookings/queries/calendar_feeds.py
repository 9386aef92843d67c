"""What somebody's own calendar follows, and at which address."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from auth.models import Person
from bookings import calendar_feeds, seat_calendar
from bookings.models import Booking, CalendarFeed
from bookings.states import SEATED, BookingState
from courses.models import COURSE_AND_DAYS
from lararportal.errors import NotFound

FOLLOWED = (*SEATED, BookingState.OFFERED)
"""Seats, and what is kept for them until they answer. A place in a line is nothing to keep a day free for."""


@dataclass(frozen=True)
class OwnFeed:
    """Somebody's own address: what stands in it, and since when; None while they have none."""

    token: str | None
    opened_at: datetime | None
    in_clear: bool
    """Whether the calendar says which courses they are."""


def own_feed(db: Session, person_id: int) -> OwnFeed:
    """The person's address, if they have one."""
    person, feed = db.get_one(Person, person_id), db.get(CalendarFeed, person_id)
    if feed is None:
        return OwnFeed(None, None, not person.is_protected)
    return OwnFeed(calendar_feeds.token_of(db, feed), feed.opened_at, not person.is_protected)


def feed(db: Session, token: str) -> str:
    """What the calendar of whoever has this address has of the portal, as iCalendar.

    Seats that were given up and sessions that were called off are not in it any more.

    Raises:
        NotFound: nobody has it.
    """
    of = select(Person).join(CalendarFeed, CalendarFeed.person_id == Person.id)
    person = db.scalars(of.where(CalendarFeed.token_hash == calendar_feeds.hashed(token))).one_or_none()
    if person is None:
        raise NotFound
    bookings = db.scalars(
        select(Booking)
        .where(Booking.person_id == person.id, Booking.state.in_(FOLLOWED))
        .order_by(Booking.id)
        .options(joinedload(Booking.session).options(*COURSE_AND_DAYS))
    ).all()
    seats = [(each, each.session) for each in bookings]
    return seat_calendar.followed(db, seats, in_clear=not person.is_protected)
