"""Who commits, who asks the clock, and how long a file or a function may be."""

import ast
from collections.abc import Iterator

from house.reading import MIGRATIONS, Function, Source

COMMITTER = "lararportal/db.py"
OPENS_OR_ENDS = ("begin", "commit", "rollback")
NOT_DONE_ANEW = (
    COMMITTER,
    "lararportal/edge.py",  # The view begins anew as a whole.
    "auth/access.py",  # So it does, since it asks who is there.
    "lararportal/home.py",  # Whether the database is away is the question.
    "lararportal/measures.py",  # As the one before.
    "lararportal/tick.py",  # A letter that the mail server has taken.
)
FOR_DEVELOPERS = ("lararportal/demo/", "lararportal/dev/")
CLOCK = "lararportal/clock.py"
ASK_THE_CLOCK = (
    "lararportal/cli/",
    "lararportal/dev/",
    "lararportal/edge.py",  # Once per request, for every view: edge.moment().
    "lararportal/workers.py",
    MIGRATIONS,
)
MOMENTS = {
    "clock": ("now",),
    "datetime": ("now", "today", "utcnow"),
    "date": ("today",),
    "time": ("time", "time_ns", "localtime", "gmtime"),
    "func": ("now", "current_timestamp", "localtimestamp", "current_date"),
}
MODULES_OF_TIME = {"lararportal.clock": "clock", "time": "time"}
FILE_LINES, TEST_FILE_LINES, FUNCTION_LINES = 300, 400, 40


def second_committer(source: Source) -> Iterator[str]:
    """A transaction that is opened or ended anywhere but in the database's own file; savepoints are free."""
    if source.path == COMMITTER or source.path.startswith(MIGRATIONS):
        return
    for node in source.nodes:
        if isinstance(node, ast.Name | ast.alias) and _name(node) == "sessionmaker":
            yield source.at(node.lineno, f"sessions are made in {COMMITTER}")
        # A login session also begins, by the deed of that name.
        if isinstance(node, ast.Attribute) and node.attr in OPENS_OR_ENDS and _name(node.value) != "login_sessions":
            yield source.at(node.lineno, f".{node.attr} belongs in {COMMITTER}")


def done_once(source: Source) -> Iterator[str]:
    """A transaction that is not done anew when the database undoes it, beside those that say why."""
    if source.path in NOT_DONE_ANEW or source.path.startswith(FOR_DEVELOPERS):
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "transaction":
            yield source.at(node.lineno, "a transaction outside views is a function that Database.run is given")


def asked_clock(source: Source) -> Iterator[str]:
    """The time asked for anywhere but at an edge; views take the request's moment from the edge."""
    if source.path == CLOCK or source.path.startswith(ASK_THE_CLOCK):
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in MOMENTS.get(_name(node.value), ()):
            yield source.at(node.lineno, f"{_name(node.value)}.{node.attr} is asked at edges only")
    for each in source.imports():
        if each.name in MOMENTS.get(MODULES_OF_TIME.get(each.module, ""), ()):
            yield source.at(each.line, f"{each.module}.{each.name} is asked at edges only")


def long_file(source: Source) -> Iterator[str]:
    """A file that tells more than one part of the story; a migration is as long as what it moves."""
    lines = len(source.text.splitlines())
    allowed = TEST_FILE_LINES if source.package == "tests" else FILE_LINES
    if lines > allowed and not source.path.startswith(MIGRATIONS):
        yield source.at(lines, f"more than {allowed} lines")


def long_function(source: Source) -> Iterator[str]:
    """A function that does more than one thing; a migration is as long as what it moves."""
    if source.path.startswith(MIGRATIONS):
        return
    for function in source.functions():
        lines = _lines(function)
        if lines > FUNCTION_LINES:
            yield source.at(function.lineno, f"{function.name} has {lines} lines, more than {FUNCTION_LINES}")


def _lines(function: Function) -> int:
    first = function.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def _name(node: ast.AST) -> str:
    """The last word of a name: `clock` of `clock`, of `lararportal.clock` and of an import."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.alias():
            return node.name
    return ""
