"""iCalendar: a seat as events, one for each day, that a calendar adds, updates or takes away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from icalendar import Calendar, Event

from lararportal.clock import STOCKHOLM


@dataclass(frozen=True)
class CourseEvent:
    """One day somewhere, hours in Stockholm. `uid` stays the same for as long as it is the same seat and day.

    `sequence` grows with everything that is said of it, and a calendar believes what has the highest.
    A calendar gets the moments in UTC: every program reads them alike, without a table of summer times.
    """

    uid: str
    day: date
    starts: time
    ends: time
    title: str
    place: str
    url: str
    sequence: int


def invitation(events: Sequence[CourseEvent], *, now: datetime) -> str:
    """The events as something to put into the calendar."""
    return _calendar(events, method="PUBLISH", status="CONFIRMED", now=now)


def cancellation(events: Sequence[CourseEvent], *, now: datetime) -> str:
    """The same events, taken back: a calendar that knows their uids removes them."""
    return _calendar(events, method="CANCEL", status="CANCELLED", now=now)


def _calendar(events: Sequence[CourseEvent], *, method: str, status: str, now: datetime) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//lararportal//seats//SV")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for each in events:
        event = Event()
        event.add("uid", each.uid)
        event.add("dtstamp", now)
        event.add("dtstart", datetime.combine(each.day, each.starts, STOCKHOLM).astimezone(UTC))
        event.add("dtend", datetime.combine(each.day, each.ends, STOCKHOLM).astimezone(UTC))
        event.add("summary", each.title)
        event.add("location", each.place)
        event.add("url", each.url)
        event.add("status", status)
        event.add("sequence", each.sequence)
        calendar.add_component(event)
    return str(calendar.to_ical().decode())
