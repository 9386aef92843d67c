"""A seat in somebody's calendar: its days are put there by the letter or the file that brings it, and taken out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.states import BookingState
from courses.concerned import Former, FormerDay
from courses.models import CourseDay, CourseSession
from lararportal import calendars, pages
from lararportal.calendars import CourseEvent

Seat = tuple[Booking, CourseSession]
"""A booking with its session, whose course and days are loaded."""


def put_in(db: Session, *seats: Seat, now: datetime) -> str:
    """The days of these seats as something to put into a calendar, which updates those that it has already."""
    return calendars.invitation([day for seat in seats for day in _days(db, seat)], now=now)


def take_out(db: Session, seat: Seat, *, now: datetime) -> list[str]:
    """The days of a seat that was given up: a calendar that knows them removes them."""
    return calendars.cancellations(_days(db, seat), now=now)


def take_out_former(db: Session, seat: Seat, former: Former, *, now: datetime) -> list[str]:
    """The days that a session had before it was changed are removed, for who has no seat on the new ones yet."""
    return calendars.cancellations(_events(db, seat, former.days, former), now=now)


def follow(db: Session, seat: Seat, former: Former, *, now: datetime) -> list[str]:
    """The days of a seat as they are since its session was changed; what it lost of them is taken out."""
    known = {each.known_as for each in seat[1].days}
    lost = [each for each in former.days if each.known_as not in known]
    return [put_in(db, seat, now=now), *calendars.cancellations(_events(db, seat, lost, former), now=now)]


def followed(db: Session, seats: Sequence[Seat], *, in_clear: bool) -> str:
    """The days of these seats as they are now, for a calendar that follows them; uncertain until they are booked.

    Whose identity is protected is told only when they are busy: who has the address must not learn where they are.
    """
    words, events = pages.words()["calendar_feed"], []
    for booking, session in seats:
        moments = (booking.booked_at, booking.asked_at, session.moved_at)
        since = max([booking.joined_at, *(each for each in moments if each is not None)])
        for each in _days(db, (booking, session)):
            told = each if in_clear else replace(each, title=words["hidden"], place="", url=db.info["portal_url"])
            events.append((told, since, booking.state is BookingState.BOOKED))
    return calendars.subscription(events, name=words["name"])


def _days(db: Session, seat: Seat) -> list[CourseEvent]:
    return _events(db, seat, seat[1].days, seat[1])


def _events(
    db: Session, seat: Seat, days: Sequence[CourseDay | FormerDay], told: CourseSession | Former
) -> list[CourseEvent]:
    booking, session = seat
    url = f"{db.info['portal_url']}/tillfallen/{session.id}"
    return [
        CourseEvent(
            uid=f"seat-{booking.id}-{each.known_as:%Y%m%d}@lararportal",
            day=each.day,
            starts=each.starts,
            ends=each.ends,
            title=session.course.title,
            place=told.place,
            url=url,
            sequence=booking.calendar_sequence,
            organizer=db.info.get("contact", ""),
        )
        for each in days
    ]
