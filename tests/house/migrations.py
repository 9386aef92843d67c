"""Migrations that the version before can live with: it goes on working while they run, and until the new one starts.

What the old version still reads, or does not yet write, is taken away by a later migration, which says of which one
it is the second step: `second_step_of = "0012"`.
"""

import ast
import re
from collections.abc import Iterator

from house.reading import MIGRATIONS, Source

FROM = 12
"""Those before have run, on portals that were stopped for them."""
GROWING = ("journal", "letters", "login_sessions")
"""A row for every deed, letter and sign-in of all years: an index on them takes longer than others should wait."""
TAKEN_AWAY = ("drop_column", "drop_table", "rename_table")
SPOKEN = {
    r"\bDROP\s+(COLUMN|TABLE)\b|\bRENAME\s+(TO|COLUMN)\b": "taken away or renamed",
    r"\bSET\s+NOT\s+NULL\b|\bDROP\s+DEFAULT\b": "made NOT NULL or left without its default",
    r"\bALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE\b": "given another type",
}
SECOND = "that is for a second step, when no version that needs it runs any more"


def one_step(source: Source) -> Iterator[str]:
    """What would break the old version, or keep it waiting."""
    name = source.path.rpartition("/")[2]
    if not source.path.startswith(f"{MIGRATIONS}versions/") or int(name[:4]) < FROM:
        return
    is_second = any(each < name[:4] for each in re.findall(r'^second_step_of = "(\d{4})"', source.text, re.MULTILINE))
    for node in _of_upgrade(source.tree):
        said = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            said = [*_slow(node.func.attr, node), *([] if is_second else _breaking(node.func.attr, node))]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not is_second:
            found = [what for words, what in SPOKEN.items() if re.search(words, node.value, re.IGNORECASE)]
            said = [f"something is {what}: {SECOND}" for what in found]
        for each in said:
            yield source.at(node.lineno, each)


def _of_upgrade(tree: ast.Module) -> Iterator[ast.AST]:
    """All that is not done by the way back alone; docstrings are nothing that is done."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    on_the_way_back = _called(functions, "downgrade") - _called(functions, "upgrade")
    for node in tree.body:
        if not isinstance(node, ast.Expr) and getattr(node, "name", "") not in on_the_way_back:
            docstrings = {id(each.value) for each in ast.walk(node) if isinstance(each, ast.Expr)}
            yield from (each for each in ast.walk(node) if isinstance(each, ast.Call) or id(each) not in docstrings)


def _called(functions: dict[str, ast.FunctionDef], name: str) -> set[str]:
    found, waiting = set(), [name]
    while waiting:
        here = waiting.pop()
        if here in functions and here not in found:
            found.add(here)
            waiting += [each.id for each in ast.walk(functions[here]) if isinstance(each, ast.Name)]
    return found


def _breaking(verb: str, call: ast.Call) -> Iterator[str]:
    words = {each.arg: each.value for each in call.keywords}
    if verb in TAKEN_AWAY:
        yield f"{verb}: {SECOND}"
    if verb == "alter_column":
        if "new_column_name" in words or ("type_" in words and not _is_longer(words)):
            yield f"a column is renamed or given another type: {SECOND}"
        if _says(words.get("nullable"), word=False):
            yield f"a column is made NOT NULL: {SECOND}"
        if _says(words.get("server_default"), word=None):
            yield f"a column loses its default, and the old version does not write it: {SECOND}"
    if verb == "add_column":
        told = {
            each.arg: each.value for column in call.args if isinstance(column, ast.Call) for each in column.keywords
        }
        if _says(told.get("nullable"), word=False) and "server_default" not in told:
            yield "a new column is NOT NULL without a default, and the old version does not write it"


def _slow(verb: str, call: ast.Call) -> Iterator[str]:
    table = next((each for each in call.args[1:2] if isinstance(each, ast.Constant)), None)
    if verb not in ("create_index", "create_unique_constraint") or table is None or table.value not in GROWING:
        return
    if not any(each.arg == "postgresql_concurrently" and _says(each.value, word=True) for each in call.keywords):
        yield f"an index on {table.value} is built CONCURRENTLY, in an autocommit_block"


def _is_longer(words: dict[str | None, ast.expr]) -> bool:
    """Whether a text may be longer than before, and nothing else: the old version reads and writes it as it did."""
    lengths = [
        each.args[0].value
        for each in (words.get("existing_type"), words["type_"])
        if isinstance(each, ast.Call)
        and ast.unparse(each.func) == "sa.String"
        and isinstance(each.args[0], ast.Constant)
    ]
    return len(lengths) == 2 and lengths[0] <= lengths[1]


def _says(node: ast.expr | None, *, word: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is word
