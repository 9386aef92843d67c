"""The one thing that decided: where two keys part, in terms a doctor can read (allocation rules, section 2.2)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bookings.states import Outcome

PARTS = 6
FEW = 3
"""With fewer admitted in a group, only the first parts of the last one's key are shown (allocation rules, 2.8)."""
SHOWN_OF_FEW = 3


class Deciding(StrEnum):
    """The part of the key in which the last admitted and the person differ first."""

    TARGET = "target"
    PRECEDENCE = "precedence"
    LAST_CHANCE = "last_chance"
    MONTHS_LEFT = "months_left"
    MONTHS_SERVED = "months_served"
    REFUSALS = "refusals"
    LOTTERY = "lottery"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Explanation:
    """What decided, the person's own value, and that of the last admitted of the person's group."""

    deciding: Deciding
    own: int
    last: int


def explanation_of(
    code: Outcome, own: Sequence[int] | None, last: Sequence[int] | None, *, order: str | None
) -> Explanation | None:
    """What decided, for somebody who stands in line behind the last admitted of their group; None for the others.

    `order` is the order of precedence that was frozen with the round: it is what the keys were made by, whatever the
    course says today.
    """
    if code is not Outcome.WAITLISTED or own is None or last is None or order is None:
        return None
    return explain(own, last, order=order)


def explain(own: Sequence[int], last: Sequence[int], *, order: str) -> Explanation:
    """Why `own` stands behind `last`; both are keys [T, F, U, A, B, L], the latter perhaps cut to [T, F, U].

    A cut key is how fewer than three admitted are kept from being recognised (section 2.8): when it does not differ
    in what is shown, the reason stays hidden.
    """
    for part, (mine, theirs) in enumerate(zip(own, last, strict=False)):
        if mine != theirs:
            return _in_words(part, mine, theirs, order=order)
    if len(last) < PARTS:
        return Explanation(Deciding.HIDDEN, 0, 0)
    return Explanation(Deciding.LOTTERY, own[-1], last[-1])


def _in_words(part: int, mine: int, theirs: int, *, order: str) -> Explanation:
    fixed = {0: Deciding.TARGET, 1: Deciding.PRECEDENCE, 2: Deciding.LAST_CHANCE, 5: Deciding.LOTTERY}
    if part in fixed:
        return Explanation(fixed[part], mine, theirs)
    if order == "deadline":
        return Explanation(Deciding.MONTHS_LEFT, mine, theirs)
    if order == "straight":
        return Explanation(Deciding.MONTHS_SERVED, -mine, -theirs)
    refusals = part == 3  # noqa: PLR2004 - A is the fourth part of the key
    return (
        Explanation(Deciding.REFUSALS, -mine, -theirs)
        if refusals
        else Explanation(Deciding.MONTHS_SERVED, mine, theirs)
    )


def shown_of_last(result: Mapping[str, Any], groups: Mapping[str, str]) -> dict[tuple[int, str], list[int]]:
    """What may be shown of the key of the last admitted, by session and group; `groups` are by pseudonym (2.8)."""
    admitted = Counter(
        (key, groups[name]) for name, keys in result["assign"].items() if name in groups for key in keys
    )
    return {
        (int(key), group): last if admitted[key, group] >= FEW else last[:SHOWN_OF_FEW]
        for key, cutoff in result["cutoffs"].items()
        for group, last in cutoff["last"].items()
    }
