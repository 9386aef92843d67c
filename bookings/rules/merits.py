"""A key part by part, in terms a doctor can read: one's own, and beside it the last admitted's (section 2.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from bookings.rules.reasons import Deciding

ALWAYS = (Deciding.TARGET, Deciding.PRECEDENCE, Deciding.LAST_CHANCE)
"""The first parts, which every order has, and which are shown however few were admitted (section 2.8)."""

OF_ORDER = {
    "deadline": (Deciding.MONTHS_LEFT, None),
    "straight": (Deciding.MONTHS_SERVED, None),
    "reversed": (Deciding.REFUSALS, Deciding.MONTHS_SERVED),
}
"""What the fourth and the fifth part count; None is a part that is the same for everybody."""

LOWEST_GOES_FIRST = {
    "deadline": {Deciding.MONTHS_LEFT},
    "straight": set[Deciding](),
    "reversed": {Deciding.MONTHS_SERVED},
}
"""Where more is better the key holds the negative."""


@dataclass(frozen=True)
class Merit:
    """One part of a key, as a plain number: months, refusals, a lottery number; 0 is yes where it is yes or no."""

    part: Deciding
    value: int


@dataclass(frozen=True)
class Compared:
    """One part of a person's own key beside the same of the last admitted, as far as that may be shown."""

    part: Deciding
    own: int
    last: int | None
    decides: bool
    """Whether it is the first in which they differ, so that what follows does not matter."""


def merits(key: Sequence[int], *, order: str) -> list[Merit]:
    """The parts of a key [T, F, U, A, B, L] that say something; one that is cut to [T, F, U] has no more."""
    parts = (*ALWAYS, *OF_ORDER[order], Deciding.LOTTERY)
    plain = {*ALWAYS, *LOWEST_GOES_FIRST[order], Deciding.LOTTERY}
    named = zip(parts, key, strict=False)
    return [Merit(part, value if part in plain else -value) for part, value in named if part is not None]


def side_by_side(own: Sequence[int], last: Sequence[int] | None, *, order: str) -> list[Compared]:
    """One's own key beside that of the last admitted, who may be oneself, or nobody."""
    theirs = merits(last or (), order=order)
    found: list[Compared] = []
    is_decided = last is None
    for mine, other in zip_longest(merits(own, order=order), theirs):
        differs = not is_decided and other is not None and mine.value != other.value
        found.append(Compared(mine.part, mine.value, None if other is None else other.value, decides=differs))
        is_decided = is_decided or differs
    return found
