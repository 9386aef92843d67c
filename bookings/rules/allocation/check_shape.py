"""Whether a document has the shape of a result at all, which every other question of the check rests on (2.8)."""

import math
from typing import Any

PARTS = {
    "format": str,
    "term": str,
    "cancelled": list,
    "assign": dict,
    "decisions": list,
    "waitlist": dict,
    "cutoffs": dict,
}
NEEDED = {"a", "s", "key", "code"}
MORE = {"pos", "ref"}
KEY_PARTS = 6


def complaint(result: Any, term: str) -> str | None:
    """Return what is wrong with the shape of the result, or None."""
    if not isinstance(result, dict) or set(result) != set(PARTS):
        return f"it must be an object with {', '.join(PARTS)} and nothing else"
    for part, kind in PARTS.items():
        if not isinstance(result[part], kind):
            return f"its {part} is of the wrong kind"
    if result["format"] != "alloc-result/1":
        return "its format is another"
    if result["term"] != term:
        return "its term is another"
    faults = {
        "cancelled": not _texts(result["cancelled"]),
        "assign": not all(_texts(held) for held in result["assign"].values()),
        "decisions": not all(_decision(entry) for entry in result["decisions"]),
        "waitlist": not all(_line(line) for line in result["waitlist"].values()),
        "cutoffs": not all(_cutoff(entry) for entry in result["cutoffs"].values()),
    }
    return next((f"an entry in its {part} is of the wrong kind" for part, wrong in faults.items() if wrong), None)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _key(value: Any) -> bool:
    return isinstance(value, list) and len(value) == KEY_PARTS and all(map(_number, value))


def _number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _decision(value: Any) -> bool:
    if not isinstance(value, dict) or not NEEDED <= set(value) <= NEEDED | MORE:
        return False
    texts = [value["a"], value["s"], value["code"], value.get("ref", "")]
    key = value["key"] is None or _key(value["key"])
    return _texts(texts) and key and type(value.get("pos", 0)) is int


def _line(value: Any) -> bool:
    return isinstance(value, list) and all(_place(entry) for entry in value)


def _place(value: Any) -> bool:
    match value:
        case [str(), "active" | "dormant"]:
            return True
        case _:
            return False


def _cutoff(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"full", "admitted", "last"}:
        return False
    counts = type(value["full"]) is bool and type(value["admitted"]) is int
    return counts and isinstance(value["last"], dict) and all(_key(key) for key in value["last"].values())
