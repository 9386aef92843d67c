"""The source as the house rules read it: files of the four packages, and planted ones that a rule is tried on."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("auth", "courses", "bookings")
PACKAGES = ("lararportal", *ROOMS)
MIGRATIONS = "lararportal/migrations/"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Import:
    """One thing that a module imports: `from a.b import c` is `a.b` with the name `c`."""

    module: str
    name: str
    line: int


@dataclass(frozen=True)
class Source:
    """One Python file, by its place in the tree."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        return self.path.split("/")[0]

    def functions(self) -> Iterator[Function]:
        return (node for node in self.nodes if isinstance(node, Function))

    def imports(self) -> Iterator[Import]:
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (Import(each.name, "", node.lineno) for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (Import(node.module or "", each.name, node.lineno) for each in node.names)

    def strings(self) -> Iterator[ast.Constant]:
        """Every literal text but docstrings, the parts of f-strings too."""
        alone = {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}
        for node in self.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
                yield node

    def at(self, line: int, what: str) -> str:
        return f"{self.path}:{line}: {what}"


Rule = Callable[[Source], Iterator[str]]


@cache
def product() -> tuple[Source, ...]:
    """Every file of the four packages."""
    return tuple(each for package in PACKAGES for each in _read(package))


@cache
def tests() -> tuple[Source, ...]:
    """Every file of the tests."""
    return tuple(_read("tests"))


def _read(folder: str) -> Iterator[Source]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))


def faults(rule: Rule, sources: tuple[Source, ...]) -> list[str]:
    """What a rule finds in the files, each with its place."""
    return [fault for source in sources for fault in rule(source)]
