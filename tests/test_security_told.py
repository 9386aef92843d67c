"""What the page about threats says is shown by tests that there are, and no secret is compared sign by sign."""

import ast
import re

import pytest
from house.reading import ROOT, product

PAGE = (ROOT / "docs/security.md").read_text("utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(?:\w+::)?(\w+))?`", PAGE)
SECRET = re.compile(r"(^|_)(tokens?|secrets?|passwords?|signature|hmac|verifier|nonce|sid|proof_key)$")
SHOWN = ("bookings/minimum/calling_off", "bookings/minimum/invitations", "bookings/minimum/reserve_sessions")
NOT_SECRET = {
    "bookings/as_noted.py": {"secret"},
    **{f"{path}.py": {"token"} for path in (*SHOWN, "courses/concerned")},
}
"""A revealed secret of a lottery, compared with what was put down then; and in short what a page has shown, which
its form sends back to say what was decided about."""


def lacking(path: str, name: str) -> bool:
    """Whether there is no such test."""
    file = ROOT / path
    return not file.is_file() or (name != "" and f"def {name}(" not in file.read_text("utf-8"))


def test_every_test_that_is_named_is_there():
    assert len({name for _, name in NAMED if name}) > 40
    assert len(NAMED) == PAGE.count("`tests/")
    assert [f"{path}::{name}" for path, name in NAMED if lacking(path, name)] == []


def test_every_threat_names_a_test():
    rows = [
        line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| Threat", "| ---"))
    ]

    assert len(rows) > 30
    assert [row for row in rows if len(row.split(" | ")) != 3 or "`tests/" not in row.split(" | ")[2]] == []


@pytest.mark.parametrize(
    ("path", "name", "is_lacking"),
    [
        ("tests/test_security_told.py", "test_every_test_that_is_named_is_there", False),
        ("tests/test_security_told.py", "", False),
        ("tests/test_security_told.py", "test_every_test", True),
        ("tests/test_nothing.py", "", True),
    ],
)
def test_a_test_that_is_not_there_is_noticed(path, name, is_lacking):
    assert lacking(path, name) is is_lacking


def compared(text: str) -> set[str]:
    """The names of secrets that stand beside == or !=, but for what is asked of rows or is a plain word."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) or _is_column(side) for side in sides):
                continue
            found |= {name for side in sides if (name := _name(side)) and SECRET.search(name)}
    return found


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_column(node: ast.expr) -> bool:
    """`LoginSession.token_hash`: the database compares it."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (_name(node.value)[:1].isupper())
    )


def test_no_secret_is_compared_sign_by_sign():
    files = [source for source in product() if "/dev/" not in source.path]
    found = {source.path: compared(source.text) for source in files}

    assert {path: names for path, names in found.items() if names} == NOT_SECRET


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("token == sent", {"token"}),
        ("row.secret != form.data", {"secret"}),
        ("hmac.compare_digest(token, sent)", set()),
        ("LoginSession.token == token", set()),
        ("token == ''", set()),
        ("count == other", set()),
    ],
)
def test_such_a_comparison_is_noticed(text, names):
    assert compared(text) == names
