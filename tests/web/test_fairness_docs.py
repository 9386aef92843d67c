"""What docs/fairness.md says: its script recomputes a lottery, and its words are the portal's own."""

import json
import re
import subprocess
import sys
from pathlib import Path

from fairness_room import crowd, file_of, two_party_round

import make
from bookings.rules.allocation import canonical, lottery
from bookings.states import Outcome
from lararportal import pages

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "fairness.md").read_text("utf-8")


def test_its_script_recomputes_a_published_lottery(db, visit, tmp_path):
    round_ = two_party_round(db, crowd(db, make.session(db)))
    file = file_of(visit(), round_)
    [(pseudonym, facts), *_] = json.loads(round_.frozen)["applicants"].items()
    number = lottery.lot(bytes.fromhex(round_.seed), term=round_.term, person=pseudonym)
    (tmp_path / "script.py").write_text(re.search(r"```python\n(.*?)```", TEXT, re.DOTALL).group(1), "utf-8")

    def run(changed: dict) -> list[str]:
        (tmp_path / "file.json").write_text(json.dumps(changed), "utf-8")
        command = [sys.executable, "script.py", "file.json", canonical([pseudonym, facts])]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.splitlines()

    assert run(file) == [
        "commitment True",
        "commitment True",
        "seed True",
        f"lot {number:012x}",
        "line True",
    ]
    assert run(file | {"term": "2027-2", "lines": []})[2::2] == ["seed False", "line False"]


def test_it_tells_every_outcome_by_its_own_word():
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", TEXT, re.MULTILINE))

    assert told == {outcome.value: pages.words()["outcome"][outcome] for outcome in Outcome}
