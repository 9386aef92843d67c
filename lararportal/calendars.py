"""iCalendar: a seat as events, one for each day, that a calendar adds, updates, takes away or follows.

Of an event only three lines are its own; the others are the same for all seats of a session, and are written once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from icalendar import Calendar, Component, Event, vDuration

from lararportal.clock import STOCKHOLM

PUBLISH = "PUBLISH"
METHOD = re.compile(r"^METHOD:([A-Z]+)", re.MULTILINE)
END = "END:VCALENDAR\r\n"
ASKED_EVERY = timedelta(hours=1)
"""How often a calendar that follows is asked to look; most look when they please."""
KNOWN_EVENTS = 1024
"""How many days of sessions are remembered as they are written; each takes some kilobyte."""
NOBODYS: dict[str, Any] = {"uid": "-", "sequence": 0}
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CourseEvent:
    """One day somewhere, hours in Stockholm. `uid` stays the same for as long as it is the same seat and day.

    It is written as it stands: at most 71 characters, which are letters, digits and signs that mean nothing there.
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
    organizer: str = ""
    """Whose event it is, as an address of electronic mail; a message about it must name somebody (RFC 5546, 3.2)."""


def invitation(events: Sequence[CourseEvent], *, now: datetime) -> str:
    """The events as something to put into the calendar."""
    return _message(events, method=PUBLISH, status="CONFIRMED", now=now)


def cancellations(events: Sequence[CourseEvent], *, now: datetime) -> list[str]:
    """The same events, taken back: a calendar that has them removes them. Each is a message (RFC 5546, 3.2.5)."""
    return [_message([each], method="CANCEL", status="CANCELLED", now=now) for each in events]


def method_of(calendar: str) -> str:
    """What one of these messages asks a calendar to do; the envelope says the same (RFC 6047, 2.4)."""
    found = METHOD.search(calendar)
    return found[1] if found else PUBLISH


def subscription(events: Sequence[tuple[CourseEvent, datetime, bool]], *, name: str) -> str:
    """All that a calendar follows by itself, each with when it last became so, and whether it is certain.

    It has no method: it is not a message but how things stand (RFC 5545, 3.7.2), and what is not in it any more is
    taken out. Nor does it tell when it was asked for, so that it is the same text until something has changed.
    """
    told = (
        _event(each, stamp=since, status="CONFIRMED" if is_certain else "TENTATIVE")
        for each, since, is_certain in events
    )
    return "".join((_opening_followed(name), *told, END))


def _message(events: Sequence[CourseEvent], *, method: str, status: str, now: datetime) -> str:
    return "".join((_opening(method), *(_event(each, stamp=now, status=status) for each in events), END))


@lru_cache
def _opening(method: str) -> str:
    calendar = _empty()
    calendar.add("method", method)
    return _written(calendar).removesuffix(END)


@lru_cache
def _opening_followed(name: str) -> str:
    calendar = _empty()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASKED_EVERY, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(ASKED_EVERY))
    return _written(calendar).removesuffix(END)


def _empty() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//lararportal//seats//SV")
    calendar.add("version", "2.0")
    return calendar


def _event(told: CourseEvent, *, stamp: datetime, status: str) -> str:
    """The event with its own lines, which stand together in the order that the library gives them."""
    before, after = _around_own(replace(told, **NOBODYS), status)
    return f"{before}{_own(told, stamp)}{after}"


def _own(told: CourseEvent, stamp: datetime) -> str:
    return f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\nUID:{told.uid}\r\nSEQUENCE:{told.sequence}\r\n"


@lru_cache(KNOWN_EVENTS)
def _around_own(told: CourseEvent, status: str) -> tuple[str, str]:
    """What the library writes before and after an event's own lines, of one that is nobody's.

    No text can be taken for those: what is a line break in it is none in the calendar.
    """
    event = Event()
    event.add("uid", told.uid)
    event.add("dtstamp", NEVER)
    event.add("dtstart", datetime.combine(told.day, told.starts, STOCKHOLM).astimezone(UTC))
    event.add("dtend", datetime.combine(told.day, told.ends, STOCKHOLM).astimezone(UTC))
    event.add("summary", told.title)
    if told.place:
        event.add("location", told.place)
    event.add("url", told.url)
    if told.organizer:
        event.add("organizer", f"mailto:{told.organizer}")
    event.add("status", status)
    event.add("sequence", told.sequence)
    before, _, after = _written(event).partition(_own(told, NEVER))
    return before, after


def _written(component: Component) -> str:
    return str(component.to_ical().decode())
