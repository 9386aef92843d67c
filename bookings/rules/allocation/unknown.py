"""Fields that no rule knows: a run leaves them alone, so a misspelt one would silently count as absent (2.1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

DOCUMENT = frozenset({"format", "term", "policy", "lottery", "courses", "sessions", "applicants"})
SINGLE = {
    "policy": frozenset({"cap", "last_chance_months", "tiebreak", "rejections", "lot_scope", "auto_close", "closed"}),
    "lottery": frozenset({"seed"}),
}
"""The fields of the tables that stand in a document once."""
MANY = {
    "courses": frozenset({"mandatory", "order", "targets"}),
    "sessions": frozenset({"course", "days", "capacity", "min", "reserves"}),
    "applicants": frozenset(
        {"group", "served", "left", "cap", "passed", "displaced", "rejections", "applied_at", "requests"}
    ),
}
"""Those of each entry in the tables of many; names of groups and courses are no fields, and are read as such."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field that no rule knows, by the way to it where it stands first, and in how many entries it stands."""

    path: str
    times: int = 1

    def __str__(self) -> str:
        return self.path if self.times == 1 else f"{self.path} ({self.times} times)"


def unknown_fields(document: Any) -> list[Unknown]:
    """Return the fields of a frozen input that no rule knows, in order; of what is no such table nothing is said."""
    return list(chain(_of_one("", document, DOCUMENT), _of_single(document), _of_many(document)))


def _of_one(where: str, entry: Any, known: frozenset[str]) -> Iterator[Unknown]:
    if isinstance(entry, dict):
        yield from (Unknown(f"{where}{name}") for name in sorted(map(str, entry.keys() - known)))


def _of_single(document: Any) -> Iterator[Unknown]:
    for name, known in SINGLE.items():
        yield from _of_one(f"{name}.", _table(document, name), known)


def _of_many(document: Any) -> Iterator[Unknown]:
    for table, known in MANY.items():
        found: dict[str, Unknown] = {}
        for key, entry in _table(document, table).items():
            if not isinstance(entry, dict) or entry.keys() <= known:
                continue
            for name in sorted(map(str, entry.keys() - known)):
                first = found.get(name)
                found[name] = Unknown(first.path, first.times + 1) if first else Unknown(f"{table}.{key}.{name}")
        yield from found.values()


def _table(document: Any, name: str) -> Mapping[str, Any]:
    table = document.get(name) if isinstance(document, dict) else None
    return table if isinstance(table, dict) else {}
