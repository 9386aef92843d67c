"""The table of faults names proofs that exist, and says of each whether it always runs."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
ROW = re.compile(
    r"^\| (?P<fault>.+?) \| (?P<shows>.+?\.) \| `(?P<file>[\w/]+\.py)::(?P<test>\w+)` \| (?P<runs>.+) \|$"
)


def table() -> list[str]:
    """The rows, without the heading and the line below it."""
    lines = (TESTS.parent / "docs" / "faults.md").read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("|")][2:]


def is_long(file: str, test: str) -> bool:
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    [found] = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == test]
    return any("mark.long" in ast.unparse(each) for each in found.decorator_list)


def test_every_proof_exists_and_runs_when_it_is_said_to():
    rows = [ROW.match(line) for line in table()]

    assert len(rows) > 15
    assert [line for line, row in zip(table(), rows, strict=True) if row is None] == []
    for row in rows:
        when = "long: " if is_long(row["file"], row["test"]) else "always"
        assert row["runs"].startswith(when), row["test"]
