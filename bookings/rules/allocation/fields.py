"""The readers of single fields of a frozen input: a value of the right kind, or one sentence that says why not."""

import math
import re
from collections.abc import Container
from reprlib import repr as short
from typing import Any

from bookings.rules.allocation.instance import MalformedInstance

UNPAIRED = re.compile("[\ud800-\udfff]")
SEED = re.compile(r"[0-9a-fA-F]{64}")
SEPARATOR = "\x1f"

DEEPEST = 20
"""So many tables and lists a document may have inside each other; what a rule reads is nested six deep at most."""

Entry = dict[str, Any]


def require(entry: Entry, name: str, whose: str) -> Any:
    """Return the value of a field that the document must have."""
    if name not in entry:
        raise MalformedInstance(f"{whose} has no {name}.")
    return entry[name]


def insist_on_depth(value: Any, whose: str) -> None:
    """Insist that nothing is nested deeper than every reader can follow, in fields that no rule knows either."""
    layer = [value]
    for _ in range(DEEPEST):
        layer = [
            inner
            for each in layer
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return
    raise MalformedInstance(f"{whose} is nested deeper than {DEEPEST} tables and lists inside each other.")


def identifier(value: Any, name: str, whose: str) -> str:
    """Return a name of something: lots are drawn from its UTF-8 bytes, so it must have them (2.7).

    The byte 0x1F parts the names inside a lot's message; a name that holds one could pose as another.
    """
    if not isinstance(value, str) or not value:
        raise MalformedInstance(f"{whose} has {short(value)} as {name}, which must be a text that is not empty.")
    if SEPARATOR in value or UNPAIRED.search(value):
        raise MalformedInstance(f"{whose} has {short(value)} as {name}, which holds a character that is not allowed.")
    return value


def table(entry: Entry, name: str, whose: str, *, default: Entry | None = None) -> Entry:
    """Return a field that is a JSON object with usable names."""
    value = entry.get(name, default) if default is not None else require(entry, name, whose)
    return as_table(value, name, whose)


def as_table(value: Any, name: str, whose: str) -> Entry:
    """Return the value as a JSON object with usable names."""
    if not isinstance(value, dict):
        raise MalformedInstance(f"{whose} has {short(value)} as {name}, which must be an object with names.")
    for key in value:
        identifier(key, f"a name in {name}", whose)
    return value


def items(value: Any, name: str, whose: str) -> list[Any]:
    """Return the value as a JSON list."""
    if not isinstance(value, list):
        raise MalformedInstance(f"{whose} has {short(value)} as {name}, which must be a list.")
    return value


def whole(value: Any, name: str, whose: str) -> int:
    """Return the value as a whole number of at least 0; true and false are no numbers here."""
    if type(value) is not int or value < 0:
        raise MalformedInstance(f"{whose} has {short(value)} as {name}, which must be a whole number of at least 0.")
    return value


def whole_of_any_sign(value: Any, name: str, whose: str) -> int:
    """Return the value as a whole number: the months left are below 0 once the planned end has passed."""
    if type(value) is not int:
        raise MalformedInstance(f"{whose} has {short(value)} as {name}, which must be a whole number.")
    return value


def number(value: Any, name: str, whose: str) -> int | float:
    """Return the value as a number that can be put in order, so neither infinite nor "not a number"."""
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return value
    raise MalformedInstance(f"{whose} has {short(value)} as {name}, which must be a number of seconds.")


def flag(value: Any, name: str, whose: str) -> bool:
    """Return the value as true or false."""
    if not isinstance(value, bool):
        raise MalformedInstance(f"{whose} has {short(value)} as {name}, which must be true or false.")
    return value


def word(value: Any, name: str, whose: str, allowed: tuple[str, ...]) -> str:
    """Return the value as one of the words that the rules know."""
    if not isinstance(value, str) or value not in allowed:
        raise MalformedInstance(f"{whose} has {short(value)} as {name}, which must be {' or '.join(allowed)}.")
    return value


def known(value: Any, name: str, whose: str, among: Container[str], kind: str) -> str:
    """Return the value as the name of a course, session or group that the document has."""
    if not isinstance(value, str) or value not in among:
        raise MalformedInstance(f"{whose} has {short(value)} in {name}, which is an unknown {kind}.")
    return value


def seed_bytes(value: Any, name: str, whose: str) -> bytes:
    """Return the seed of the lottery, which is written as 64 hexadecimal digits (2.7)."""
    if not isinstance(value, str) or not SEED.fullmatch(value):
        raise MalformedInstance(f"{whose} has {short(value)} as {name}, which must be 32 bytes in hexadecimal.")
    return bytes.fromhex(value)
