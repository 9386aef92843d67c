"""Who was at a course, in figures so large that nobody is told of: how many of each group, where that can be said."""

from collections.abc import Iterable, Mapping

from courses.rules.reading import FEWEST

COARSE = {"st_2015": "resident", "st_2021": "resident", "specialist": "other", "pre_st": "other"}
"""The same in two groups, for where four have too few."""


def together(mixes: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Of several sessions, each category; also those of which there is nobody."""
    mixes = list(mixes)
    return {group: sum(each.get(group, 0) for each in mixes) for group in COARSE}


def said(counts: Mapping[str, int], asked: int) -> dict[str, int]:
    """How many of those asked each group has, by category or in two groups; empty where neither can be said.

    All groups are said or none: how many there are together is known, so that one that is left out could be had by
    subtraction, and with several left out the rule itself would tell of some how small they are. A group of nobody
    tells of nobody. Who is of no category is a group as well: how many they are is what the others leave.
    """
    if 0 < asked - sum(counts.values()) < FEWEST:
        return {}
    coarse = dict.fromkeys(COARSE.values(), 0)
    for group, count in counts.items():
        coarse[COARSE[group]] += count
    for each in (dict(counts), coarse):
        if all(count == 0 or count >= FEWEST for count in each.values()):
            return each
    return {}
