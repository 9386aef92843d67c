"""Whether a document has the shape of a verification file at all, which all that is asked of it rests on (2.7)."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bookings.rules.allocation.fields import UNPAIRED
from bookings.states import PublicKind

FORMAT = "lararportal-lottery/2"
HASH = re.compile(r"[0-9a-f]{64}")
FORM_OF = {kind.value: kind.form for kind in PublicKind}
"""How the public value of each kind of source is written."""


def complaint(file: Any) -> str | None:
    """Return what is wrong with the shape of the file, or None; nothing may stand in it that the format has not."""
    if not isinstance(file, dict) or set(file) != set(SHAPE):
        return f"it must be an object with {', '.join(SHAPE)} and nothing else"
    return next(
        (f"its {part} is not as it should be" for part, is_right in SHAPE.items() if not is_right(file[part])), None
    )


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and bool(HASH.fullmatch(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != "" and not UNPAIRED.search(value)


def _is_party(value: Any) -> bool:
    return _has(value, "commitment", "secret") and all(each is None or _is_hash(each) for each in value.values())


def _is_public(value: Any) -> bool:
    if value is None:
        return True
    return (
        _has(value, "source", "kind", "form", "due", "value")
        and (value["kind"], value["form"]) in FORM_OF.items()
        and _is_text(value["source"])
        and _is_moment(value["due"])
        and (value["value"] is None or _is_text(value["value"]))
    )


def _is_window(value: Any) -> bool:
    return (
        _has(value, "opened", "announced", "closed", "early_reason")
        and all(_is_moment(value[each]) for each in ("announced", "closed"))
        and (value["opened"] is None or _is_moment(value["opened"]))
        and (value["early_reason"] is None or _is_text(value["early_reason"]))
    )


def _is_moment(value: Any) -> bool:
    """Whether it says when, beyond doubt: with its distance from UTC."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_beside(value: Any) -> bool:
    return (
        _has(value, "waiver", "copy_opened", "former_sources", "former_seconds")
        and (value["waiver"] is None or _is_text(value["waiver"]))
        and isinstance(value["copy_opened"], bool)
        and isinstance(value["former_sources"], list)
        and all(
            _has(each, "source", "reason") and all(map(_is_text, each.values())) for each in value["former_sources"]
        )
        and isinstance(value["former_seconds"], list)
        and all(
            _has(each, "commitment", "replaced") and _is_hash(each["commitment"]) and _is_moment(each["replaced"])
            for each in value["former_seconds"]
        )
    )


def _is_frozen(value: Any) -> bool:
    return _has(value, "hash", "reason") and _is_hash(value["hash"]) and isinstance(value["reason"], str | None)


def _has(value: Any, *names: str) -> bool:
    return isinstance(value, dict) and set(value) == set(names)


SHAPE: dict[str, Callable[[Any], bool]] = {
    "format": lambda value: value == FORMAT,
    "term": _is_text,
    "title": _is_text,
    "rules": _is_text,
    "portal": _is_party,
    "second": _is_party,
    "public": _is_public,
    "window": _is_window,
    "beside": _is_beside,
    "frozen": lambda value: isinstance(value, list) and value != [] and all(map(_is_frozen, value)),
    "seed": _is_hash,
    "result_hash": _is_hash,
    "lines": lambda value: isinstance(value, list) and all(map(_is_hash, value)),
}
