"""What a leader has to do about a session now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from courses.rules import days
from courses.rules.days import HalfDay, Key
from courses.states import Todo


@dataclass(frozen=True, kw_only=True)
class Affairs:
    """How a session stands, as far as its leader has something to do with it."""

    seated: int
    noted: Mapping[Key, int]
    """Of how many people something is noted, by half day; those of which nothing is are left out."""
    is_completed: bool
    unsigned: int
    """Certificates that hold and are not signed."""
    unprepared: int
    """People with a seat who lack a part of the preparation."""
    uncertified: int = 0
    """People who have been through it and have no certificate that holds, nor one that is being made."""
    untold: int = 0
    """People with a seat who were called with another programme than there is."""


def to_do(halves: Sequence[HalfDay], stands: Affairs, *, now: datetime) -> dict[Todo, int]:
    """What there is to do, each with how much of it; nothing about a session that nobody has a seat in.

    Attendance is noted when a half day has ended, and only as long as the leader may. The preparation is looked at
    until the course begins.
    """
    over = [each for each in halves if now >= each.ends]
    unnoted = sum(stands.noted.get(each.key, 0) < stands.seated for each in over)
    found = {
        Todo.TELL_PROGRAMME: stands.untold if now < halves[-1].ends else 0,
        Todo.NOTE_ATTENDANCE: 0 if days.is_locked(halves, now=now) else unnoted,
        Todo.COMPLETE: int(not stands.is_completed and days.may_complete(halves, now=now) is None),
        Todo.CERTIFY: stands.uncertified,
        Todo.SIGN: stands.unsigned,
        Todo.SEE_PREPARATION: stands.unprepared if now < halves[0].begins else 0,
    }
    return {what: count for what, count in found.items() if count and stands.seated}
