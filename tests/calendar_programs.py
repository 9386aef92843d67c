"""Two programs that read iCalendar, neither of which wrote it, and what somebody's calendar has after reading."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import vobject
from ical.calendar_stream import CalendarStream


@dataclass(frozen=True)
class Read:
    """An event as a program understands it."""

    method: str
    uid: str
    sequence: int
    status: str
    starts: datetime
    ends: datetime
    title: str
    place: str


def by_ical(text: str) -> Iterator[Read]:
    for calendar in CalendarStream.from_ics(text).calendars:
        for each in calendar.events:
            yield Read(
                str(calendar.method),
                each.uid,
                each.sequence,
                str(each.status.value),
                each.dtstart,
                each.dtend,
                each.summary,
                each.location or "",
            )


def by_vobject(text: str) -> Iterator[Read]:
    for calendar in vobject.readComponents(text, validate=True):
        for each in calendar.contents.get("vevent", []):
            yield Read(
                calendar.method.value if "method" in calendar.contents else "",
                each.uid.value,
                int(each.sequence.value),
                each.status.value,
                each.dtstart.value,
                each.dtend.value,
                each.summary.value,
                each.location.value if "location" in each.contents else "",
            )


PROGRAMS: dict[str, Callable[[str], Iterator[Read]]] = {"ical": by_ical, "vobject": by_vobject}


@dataclass
class Shelf:
    """A calendar that somebody puts into it whatever letters bring, in the order in which they come (RFC 5546).

    An event is known by its uid, and the highest sequence is believed; what is told anew without one is an error.
    """

    program: Callable[[str], Iterator[Read]]
    events: dict[str, Read] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    def take(self, text: str) -> None:
        for each in self.program(text):
            assert each.sequence > self.last.get(each.uid, -1)
            assert (each.method, each.status) in (("PUBLISH", "CONFIRMED"), ("CANCEL", "CANCELLED"))
            self.last[each.uid] = each.sequence
            self.events.pop(each.uid, None)
            if each.method == "PUBLISH":
                self.events[each.uid] = each

    @property
    def moments(self) -> list[tuple[datetime, datetime]]:
        return sorted((each.starts, each.ends) for each in self.events.values())
