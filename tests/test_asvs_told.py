"""The table of the ASVS has every requirement of levels 1 and 2 once, and what it names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(
    r"^\| (?P<first>\d+\.\d+\.\d+)(?:-(?P<last>\d+\.\d+\.\d+))? \| (?P<met>yes|no|n/a) \| (?P<why>.+) \|$"
)
FILE = re.compile(r"`([\w./-]+/[\w./-]+|README\.md|pyproject\.toml|requirements\.txt)`")
ASKED = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}
"""Of each chapter, how many requirements of levels 1 and 2 its sections begin with; those of level 3 come last."""


def rows() -> list[re.Match[str]]:
    lines = (ROOT / "docs" / "asvs.md").read_text("utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    found = [(line, ROW.match(line)) for line in table]
    assert [line for line, row in found if row is None] == []
    return [row for _, row in found if row is not None]


def numbers(row: re.Match[str]) -> list[tuple[int, ...]]:
    """Those that a row is about."""
    *section, first = map(int, row["first"].split("."))
    *same, last = map(int, (row["last"] or row["first"]).split("."))
    assert section == same
    return [(*section, number) for number in range(first, last + 1)]


def test_every_requirement_is_there_once_and_in_order():
    asked = [
        (chapter, section, number)
        for chapter, counts in ASKED.items()
        for section, count in enumerate(counts, 1)
        for number in range(1, count + 1)
    ]
    assert len(asked) == 253
    assert [number for row in rows() for number in numbers(row)] == asked


def test_what_is_met_names_what_shows_it_and_that_exists():
    assert [row["first"] for row in rows() if row["met"] == "yes" and not FILE.search(row["why"])] == []
    named = {name for row in rows() for name in FILE.findall(row["why"])}
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
