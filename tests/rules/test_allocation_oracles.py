"""The oracles of the allocation rules, section 4: every small instance has exactly the outcome worked out by hand."""

import hashlib
import json
from pathlib import Path

import pytest

from bookings.rules.allocation import MalformedInstance, allocate, canonical_hash, check

ORACLES = Path(__file__).parent / "oracles"
CASES = json.loads((ORACLES / "allocation.json").read_text())
EXAMPLE = json.loads((ORACLES / "example.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_small_instance_has_the_expected_seats_and_nothing_to_complain_of(case):
    result = allocate(case["instance"])

    assert result["assign"] == case["expected"]
    assert check(case["instance"], result) == []


def test_there_are_all_the_oracles():
    assert len(CASES) == 23


def test_the_whole_example_has_the_whole_result_letter_by_letter():
    assert json.dumps(allocate(EXAMPLE["instance"]), indent=1) == json.dumps(EXAMPLE["result"], indent=1)


def test_the_check_finds_nothing_wrong_with_the_example():
    assert check(EXAMPLE["instance"], EXAMPLE["result"]) == []


def test_the_hash_is_that_of_sorted_compact_utf8_json_without_the_lottery():
    document = {"term": "2027-1", "lottery": {"seed": "00"}, "applicants": {"å": {"left": 5}, "a": [1, 2.5, None]}}
    written = '{"applicants":{"a":[1,2.5,null],"å":{"left":5}},"term":"2027-1"}'

    assert canonical_hash(document) == hashlib.sha256(written.encode("utf-8")).hexdigest()


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, "\ud800"])
def test_a_document_that_is_no_json_has_no_hash(value):
    with pytest.raises(MalformedInstance, match="canonical JSON"):
        canonical_hash({"term": value})


def test_the_engine_leaves_its_input_as_it_was():
    before = json.dumps(EXAMPLE["instance"])
    allocate(EXAMPLE["instance"])

    assert json.dumps(EXAMPLE["instance"]) == before


def test_absent_fields_mean_what_the_rules_say():
    short = json.loads(json.dumps(EXAMPLE["instance"]))
    del short["policy"]
    for session in short["sessions"].values():
        if session["min"] == 0:
            del session["min"]
    for applicant in short["applicants"].values():
        for name in ("passed", "displaced", "rejections"):
            if not applicant[name]:
                del applicant[name]
        if applicant["cap"] == 9:
            del applicant["cap"]
        del applicant["applied_at"]

    assert allocate(short) == EXAMPLE["result"]
