"""How many answered what, as columns of a small picture: lengths without a unit, for whoever draws it."""

from collections.abc import Mapping
from dataclasses import dataclass

WIDTH, GAP, HEIGHT = 20, 8, 40
"""Of a column, between two, and of the highest."""


@dataclass(frozen=True)
class Column:
    """How many chose one thing: where its column begins from the left, and how high it stands."""

    choice: str
    count: int
    left: int
    height: int


def columns(counts: Mapping[str, int]) -> list[Column]:
    """One for each choice, the highest as high as there is room for; whoever was chosen at all is seen."""
    most = max(counts.values(), default=0)
    return [
        Column(choice, count, place * (WIDTH + GAP), max(round(HEIGHT * count / most), 1) if count else 0)
        for place, (choice, count) in enumerate(counts.items())
    ]


def share(count: int, counts: Mapping[str, int]) -> int:
    """Of all who answered, in per cent; of nobody nothing."""
    return round(100 * count / (sum(counts.values()) or 1))
