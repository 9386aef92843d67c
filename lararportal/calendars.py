"""iCalendar: a seat as events, one for each day, that a calendar adds, updates or takes away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from lararportal.clock import STOCKHOLM

LONGEST_LINE = 75
"""Octets, without the end of the line."""

ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


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
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//lararportal//seats//SV", f"METHOD:{method}"]
    for each in events:
        lines += [
            "BEGIN:VEVENT",
            f"SUMMARY:{_text(each.title)}",
            f"DTSTART:{_moment(datetime.combine(each.day, each.starts, STOCKHOLM))}",
            f"DTEND:{_moment(datetime.combine(each.day, each.ends, STOCKHOLM))}",
            f"DTSTAMP:{_moment(now)}",
            f"UID:{_text(each.uid)}",
            f"SEQUENCE:{each.sequence}",
            f"LOCATION:{_text(each.place)}",
            f"STATUS:{status}",
            f"URL:{each.url}",
            "END:VEVENT",
        ]
    return "".join(_folded(line) + "\r\n" for line in (*lines, "END:VCALENDAR"))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A text in which nothing is taken for the end of the value or of the line (RFC 5545, 3.3.11)."""
    return value.translate(ESCAPES)


def _folded(line: str) -> str:
    """A line in pieces that are short enough, of which each but the first begins with a blank (RFC 5545, 3.1)."""
    pieces, octets = [""], 0
    for sign in line:
        octets += len(sign.encode())
        if octets > LONGEST_LINE:
            pieces.append(" ")
            octets = 1 + len(sign.encode())
        pieces[-1] += sign
    return "\r\n".join(pieces)
