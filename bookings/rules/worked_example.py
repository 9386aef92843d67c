"""The worked example of the public page: five doctors and two seats, given by the engine itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from bookings.rules.allocation import allocate
from bookings.rules.merits import Merit, merits
from bookings.states import Outcome

TERM, COURSE, SESSION, ORDER = "2027-1", "K", "1", "deadline"
SEATS = 2
SEED = "2027" * 16
GROUP_AND_MONTHS_LEFT = {
    "Alva": ("ST", 19),
    "Bo": ("ST", 19),
    "Cilla": ("ST", 31),
    "David": ("SPEC", 999),
    "Elin": ("ST", 5),
}
"""In the order in which they applied: who is last here goes first all the same."""


@dataclass(frozen=True)
class Doctor:
    """One of the five: how they stand, and what becomes of them."""

    name: str
    group: str
    left: int | None
    """Months to the planned end; None for who has none."""
    applied: int
    """As which of the five they sent their list."""
    merits: Sequence[Merit]
    lot: int
    turn: int
    """As which of the five they come."""
    code: Outcome
    position: int | None
    """Place in line of who has no seat."""


@dataclass(frozen=True)
class Step:
    """That one goes before another, and the part of the key that says so."""

    one: Doctor
    other: Doctor
    mine: Merit
    theirs: Merit


@cache
def doctors() -> list[Doctor]:
    """The five as the engine answers them, in the order in which they go."""
    result = allocate(instance())
    decided = {each["a"]: each for each in result["decisions"]}
    ordered = sorted(decided, key=lambda name: decided[name]["key"])
    return [_doctor(decided[name], turn) for turn, name in enumerate(ordered, start=1)]


def steps() -> list[Step]:
    """Why each of the five goes before the next: the first part in which they differ."""
    return [
        next(
            Step(one, other, mine, theirs)
            for mine, theirs in zip(one.merits, other.merits, strict=True)
            if mine != theirs
        )
        for one, other in pairwise(doctors())
    ]


def instance() -> dict[str, Any]:
    """The example as the engine reads it (section 2.1)."""
    return {
        "format": "alloc-instance/1",
        "term": TERM,
        "policy": {"cap": 1, "auto_close": False},
        "lottery": {"seed": SEED},
        "courses": {COURSE: {"mandatory": True, "order": ORDER, "targets": {"ST": 0, "SPEC": 1}}},
        "sessions": {SESSION: {"course": COURSE, "days": [1], "capacity": SEATS}},
        "applicants": {
            name: {
                "group": group,
                "served": 0,
                "left": left,
                "applied_at": number,
                "requests": [[COURSE, [SESSION]]],
            }
            for number, (name, (group, left)) in enumerate(GROUP_AND_MONTHS_LEFT.items(), start=1)
        },
    }


def _doctor(decided: dict[str, Any], turn: int) -> Doctor:
    name, key = decided["a"], decided["key"]
    group, left = GROUP_AND_MONTHS_LEFT[name]
    return Doctor(
        name=name,
        group=group,
        left=left if group == "ST" else None,
        applied=1 + list(GROUP_AND_MONTHS_LEFT).index(name),
        merits=merits(key, order=ORDER),
        lot=key[-1],
        turn=turn,
        code=Outcome(decided["code"]),
        position=decided.get("pos"),
    )
