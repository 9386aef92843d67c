"""When somebody is warned of a session that too few have booked, and asked whether it runs."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from bookings.states import Refusal

WARNED_BEFORE = timedelta(days=14)
"""The go/no-go day: two weeks are left to find participants."""
LACKING_A_DAY = 50
"""How many residents are invited to one session on one day at most."""
TOLD_BEFORE = timedelta(days=7)
"""The start: so late it must be decided, that those who come can arrange their work."""


class CaseStep(StrEnum):
    """What is done about a session that too few have booked."""

    WARNED = "warned"
    ASKED = "asked"
    DAY_MOVED = "day_moved"
    WAITING_INVITED = "waiting_invited"
    ASKED_INVITED = "asked_invited"
    LACKING_INVITED = "lacking_invited"
    RESERVES_OPENED = "reserves_opened"
    RUNS_ANYWAY = "runs_anyway"
    CALLED_OFF = "called_off"
    MERGED = "merged"
    ENOUGH = "enough"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    BEGUN = "begun"


class Audience(StrEnum):
    """Who can be invited: those who wait for another session, who asked to be told, or whose residency lacks it."""

    WAITING = "waiting"
    ASKED = "asked"
    LACKING = "lacking"


class CaseEnd(StrEnum):
    """How the case of such a session ends; nobody decides the last four."""

    RUNS_ANYWAY = "runs_anyway"
    CALLED_OFF = "called_off"
    MERGED = "merged"
    ENOUGH = "enough"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    BEGUN = "begun"


def warned_on(go_no_go_on: date) -> date:
    """The warning day of a session."""
    return go_no_go_on - WARNED_BEFORE


def last_to_decide(starts_on: date) -> date:
    """The last day that a go/no-go day can be moved to."""
    return starts_on - TOLD_BEFORE


def may_move_day(*, old: date, new: date, starts_on: date, was_moved: bool, today: date) -> Refusal | None:
    """The go/no-go day is moved once, to a later day that is not past and at least a week before the start."""
    if was_moved:
        return Refusal.DAY_MOVED_BEFORE
    return None if max(old + timedelta(days=1), today) <= new <= last_to_decide(starts_on) else Refusal.DAY_UNFIT


def lacks(objectives: Collection[str], *, covered: Collection[str]) -> bool:
    """Whether somebody lacks a learning objective of a course: no seat that they have, or had, covers it."""
    return not set(objectives) <= set(covered)
