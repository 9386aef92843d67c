"""The programme of a session as it is typed, and when who has a seat is told of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

TOLD_BEFORE = timedelta(days=14)
"""How long before the first day everybody with a seat is called, unless settings say otherwise."""

_DAY = re.compile(r"dag ([1-9][0-9]?)", re.IGNORECASE)
_ITEM = re.compile(r"([0-9]{1,2})[.:]([0-9]{2}) +(\S.*)")


@dataclass(frozen=True)
class Item:
    """Something in a programme; which day of the session it is on is counted from 1."""

    day: int
    at: time
    title: str
    teacher: str

    @property
    def as_kept(self) -> dict[str, Any]:
        """As rows and the journal have it."""
        return {"day": self.day, "at": f"{self.at:%H:%M}", "title": self.title, "teacher": self.teacher}


def kept(rows: Sequence[Mapping[str, Any]]) -> list[Item]:
    """The items of what rows have."""
    return [Item(each["day"], time.fromisoformat(each["at"]), each["title"], each["teacher"]) for each in rows]


def items_in(text: str, *, days: int) -> list[Item] | int:
    """The items that are typed there, in order; or the number of the first line that is none, counted from 1.

    A line is "08.30 What / Who", where who may be left out. "Dag 2" stands above those of the second day.
    """
    found: list[Item] = []
    day = 1
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        heading, item = _DAY.fullmatch(line), _ITEM.fullmatch(line)
        if heading is not None and int(heading[1]) <= days:
            day = int(heading[1])
        elif item is not None and int(item[1]) < 24 and int(item[2]) < 60:  # noqa: PLR2004 - hours and minutes
            title, _, teacher = item[3].partition(" / ")
            found.append(Item(day, time(int(item[1]), int(item[2])), title.strip(), teacher.strip()))
        elif line:
            return number
    return sorted(found, key=lambda each: (each.day, each.at))


def typed(items: Sequence[Item], *, days: int) -> str:
    """The same, as it is typed; what was on a day that the session has lost stands below that day still."""
    lines: list[str] = []
    day, has_headings = 0, days > 1 or any(each.day > 1 for each in items)
    for each in items:
        if each.day != day and has_headings:
            lines += ["", f"Dag {each.day}"] if lines else [f"Dag {each.day}"]
        day = each.day
        lines.append(f"{each.at:%H.%M} {each.title}{' / ' if each.teacher else ''}{each.teacher}")
    return "\n".join(lines)


def is_time(*, starts_on: date, today: date, before: timedelta = TOLD_BEFORE) -> bool:
    """Whether who has a seat is told: from so long before the first day, and until that day is over."""
    return starts_on - before <= today <= starts_on


def once_summoned(session_id: int, person_id: int) -> str:
    """What the letter to somebody with a seat is posted as: one for a session, whatever becomes of the seat."""
    return f"summons:{session_id}:{person_id}"
