"""How far an allocation has come, for whoever waits for a large one."""

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

Item = TypeVar("Item")

Told = Callable[[str, int, int], None]
"""Is told a step, how much of it is done, and how much there is."""

PACE = 4096
"""One in so many is told: telling is for people, and must not take the time that it tells of."""


def untold(step: str, done: int, total: int) -> None:
    """Tell nobody, as for the small rounds of every day."""


def counted(items: Collection[Item], step: str, told: Told) -> Iterator[Item]:
    """Yield the items one by one, and tell now and then how many of them are done."""
    for done, item in enumerate(items):
        if not done % PACE:
            told(step, done, len(items))
        yield item
    told(step, len(items), len(items))
