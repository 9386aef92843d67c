"""The steps of a fee as the settings say them: what a late cancellation costs, the nearer the start the more."""

import re
from itertools import pairwise

WHOLE = 100
"""Per cent."""


def read(text: str) -> tuple[tuple[int, int], ...]:
    """The steps of a fee, which comes nearer and grows: "30:50,14:100".

    Raises:
        ValueError: they do not.
    """
    if not text.strip():
        return ()
    steps = tuple(_step(step.strip()) for step in text.split(","))
    for (days, percent), (fewer, more) in pairwise(steps):
        if fewer >= days or more <= percent:
            raise ValueError("does not come nearer to the start and cost more with every step")
    return steps


def read_percent(text: str) -> int | None:
    """A part of a fee in per cent; None where there is none.

    Raises:
        ValueError: it is not from 1 to 100.
    """
    if not text.strip():
        return None
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= WHOLE:
        raise ValueError("is not a whole number from 1 to 100")
    return int(text)


def _step(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,3}):([0-9]{1,3})", text)
    if found is None:
        raise ValueError("does not read like 30:50,14:100 (days before the start, and per cent)")
    days, percent = int(found[1]), int(found[2])
    if not 1 <= percent <= WHOLE:
        raise ValueError("has a step that does not cost 1 to 100 per cent")
    return days, percent
