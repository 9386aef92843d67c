"""Imports run one way: between floors, within a room, and never into somebody else's pages."""

import ast
import sys
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from house.reading import ROOMS, Import, Source

FLOORS = {"auth": 1, "courses": 2, "bookings": 3}
GROUND, TOP = 0, 4
TOP_FLOOR = (
    "app",
    "audit",
    "cli",
    "demo",
    "dev",
    "home",
    "journal_log",
    "letter_log",
    "measures",
    "migrations",
    "retention",
    "pace",
    "uploads",
    "tick",
    "web",
    "workers",
)
LAYERS = {
    "states": 0,
    "rules": 0,
    "models": 1,
    "queries": 2,
    "letters": 2,
    "cookie": 3,
    "access": 3,
    "sso": 3,
    "forms": 4,
    "views": 5,
}
STORY = 2
EDGES = 3
RULES = 0
WORDS_AND_ROWS = ("states", "models")
WEB_AND_QUEUE = ("authlib", "click", "flask", "redis", "requests", "rq", "werkzeug", "wtforms")
EDGES_OF_THE_GROUND = ("lararportal.edge", "lararportal.forms")
CHANCE_AND_SURROUNDINGS = ("os", "random", "secrets", "socket", "subprocess", "time", "uuid")


def is_own(module: str) -> bool:
    return parts(module)[0] in (*ROOMS, "lararportal")


def parts(module: str) -> tuple[str, str]:
    """Package and the file or folder in it that a module belongs to."""
    package, _, rest = module.partition(".")
    return package, rest.split(".")[0]


def floor(module: str) -> int:
    package, part = parts(module)
    return FLOORS.get(package, TOP if part in TOP_FLOOR else GROUND)


def layer(module: str) -> int:
    return LAYERS.get(parts(module)[1], STORY)


def targets(source: Source) -> Iterator[tuple[Import, str]]:
    """The project's own modules that a file imports; `from auth import people` means `auth.people`."""
    for each in source.imports():
        if is_own(each.module):
            whole = each.module in (*ROOMS, "lararportal")
            yield each, f"{each.module}.{each.name}" if whole and each.name else each.module


def climbing(source: Source) -> Iterator[str]:
    """An import of a higher floor, or of a later part of the rooms."""
    for each, target in targets(source):
        if floor(target) > floor(source.module):
            yield source.at(each.line, f"{target} stands on a higher floor")
        elif source.package in ROOMS and target.split(".")[0] in ROOMS and layer(target) > layer(source.module):
            yield source.at(each.line, f"{target} comes later: states, rules < models < story files < forms < views")


def sideways(source: Source) -> Iterator[str]:
    """Queries of another room are for views, and of another room a view reads nothing else but words and rows."""
    if source.package not in ROOMS:
        return
    is_view = parts(source.module)[1] == "views"
    for each, target in targets(source):
        package, part = parts(target)
        if package not in ROOMS or package == source.package or target == "auth.access":
            continue
        if is_view and part not in ("queries", *WORDS_AND_ROWS):
            yield source.at(each.line, f"a view looks into {target}, not into the queries of {package}")
        elif not is_view and part == "queries":
            yield source.at(each.line, f"{target} is read by views only")


def local(source: Source) -> Iterator[str]:
    """An import inside a function or class."""
    for node in source.tree.body:
        for inner in ast.walk(node):
            if inner is not node and isinstance(inner, ast.Import | ast.ImportFrom):
                yield source.at(inner.lineno, "an import stands at the top of its file")


def impure_rules(source: Source) -> Iterator[str]:
    """Rules import the standard library without chance and surroundings, and the room's own words and rules."""
    if source.package not in ROOMS or layer(source.module) != RULES:
        return
    for each in source.imports():
        top = each.module.split(".")[0]
        own = next((target for found, target in targets(source) if found == each), None)
        if own is not None:
            if parts(own)[0] != source.package or layer(own) != RULES:
                yield source.at(each.line, f"rules ask nobody, and {own} is no rule of this room")
        elif top not in sys.stdlib_module_names or top in CHANCE_AND_SURROUNDINGS:
            yield source.at(each.line, f"rules do without {each.module}")


def worldly_deeds(source: Source) -> Iterator[str]:
    """Models, queries, letters and story files know neither the web nor the queue."""
    if source.package not in ROOMS or layer(source.module) >= EDGES:
        return
    for each, target in [*targets(source), *((each, each.module) for each in source.imports())]:
        top = target.split(".")[0]
        if top.startswith(WEB_AND_QUEUE) or target in EDGES_OF_THE_GROUND:
            yield source.at(each.line, f"{target} is for edges")


def circle(sources: Iterable[Source]) -> list[str]:
    """The modules of a circle of imports; empty when there is none."""
    sources = list(sources)
    modules = {source.module for source in sources}
    needs: dict[str, set[str]] = {}
    for source in sources:
        for each in source.imports():
            inner = f"{each.module}.{each.name}"
            target = inner if inner in modules else each.module
            if target in modules and target != source.module:
                needs.setdefault(source.module, set()).add(target)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as fault:
        return list(fault.args[1])
    return []
