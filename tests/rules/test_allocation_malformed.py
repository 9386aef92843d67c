"""A frozen input that cannot be run is refused with one sentence that names the field and whose it is (2.1)."""

import copy
import json
from pathlib import Path

import pytest

from bookings.rules.allocation import MalformedInstance, allocate, check

EXAMPLE = json.loads((Path(__file__).parent / "oracles" / "example.json").read_text())
ABSENT = object()


def put(value, *path):
    """A change to the example: the value at a path of names."""

    def change(case):
        *outer, last = path
        for name in outer:
            case = case[name]
        if value is ABSENT:
            del case[last]
        else:
            case[last] = value

    return change


MALFORMED = [
    (put("alloc-instance/2", "format"), ("format", "alloc-instance/2")),
    (put(ABSENT, "format"), ("format",)),
    (put(ABSENT, "term"), ("term",)),
    (put("", "term"), ("term",)),
    (put("2027\x1f1", "term"), ("term",)),
    (put(ABSENT, "courses"), ("courses",)),
    (put([], "applicants"), ("applicants",)),
    (put(ABSENT, "lottery"), ("lottery",)),
    (put(ABSENT, "lottery", "seed"), ("seed",)),
    (put("00" * 31, "lottery", "seed"), ("seed",)),
    (put("0g" * 32, "lottery", "seed"), ("seed",)),
    (put("00 " * 31 + "00", "lottery", "seed"), ("seed",)),
    (put(0, "lottery", "seed"), ("seed",)),
    (put([], "policy"), ("policy",)),
    (put(-1, "policy", "cap"), ("policy", "cap")),
    (put(2.0, "policy", "cap"), ("policy", "cap")),
    (put(None, "policy", "last_chance_months"), ("policy", "last_chance_months")),
    (put("coin", "policy", "tiebreak"), ("policy", "tiebreak", "coin")),
    (put("term", "policy", "lot_scope"), ("policy", "lot_scope")),
    (put("by hand", "policy", "rejections"), ("policy", "rejections")),
    (put(1, "policy", "auto_close"), ("policy", "auto_close")),
    (put(["Z9"], "policy", "closed"), ("policy", "closed", "Z9", "unknown session")),
    (put("K1", "policy", "closed"), ("policy", "closed")),
    (put({}, "courses", "A"), ("'A'", "targets")),
    (put("shortest", "courses", "A", "order"), ("'A'", "order", "shortest")),
    (put(ABSENT, "courses", "A", "mandatory"), ("'A'", "mandatory")),
    (put(1, "courses", "A", "mandatory"), ("'A'", "mandatory")),
    (put(["ST"], "courses", "A", "targets"), ("'A'", "targets")),
    (put(-1, "courses", "A", "targets", "ST"), ("'A'", "targets", "'ST'")),
    (put("A", "courses", "A"), ("'A'", "courses")),
    (put("Z", "sessions", "A1", "course"), ("'A1'", "course", "'Z'", "unknown course")),
    (put(ABSENT, "sessions", "A1", "course"), ("'A1'", "course")),
    (put(ABSENT, "sessions", "A1", "capacity"), ("'A1'", "capacity")),
    (put(-1, "sessions", "A1", "capacity"), ("'A1'", "capacity", "-1")),
    (put(True, "sessions", "A1", "capacity"), ("'A1'", "capacity", "True")),
    (put("12", "sessions", "A1", "capacity"), ("'A1'", "capacity", "'12'")),
    (put(1.5, "sessions", "A1", "min"), ("'A1'", "min", "1.5")),
    (put(ABSENT, "sessions", "A1", "days"), ("'A1'", "days")),
    (put(5, "sessions", "A1", "days"), ("'A1'", "days")),
    (put([5, -6], "sessions", "A1", "days"), ("'A1'", "days", "-6")),
    (put(["mon"], "sessions", "A1", "days"), ("'A1'", "days", "mon")),
    (put({"SPEC": 2, "ST": 1}, "sessions", "K1", "reserves"), ("'K1'", "reserves", "3", "capacity", "2")),
    (put({"NURSE": 1}, "sessions", "K1", "reserves"), ("'K1'", "reserves", "NURSE", "unknown group")),
    (put({"SPEC": -1}, "sessions", "K1", "reserves"), ("'K1'", "reserves", "'SPEC'", "-1")),
    (put("NURSE", "applicants", "p", "group"), ("'p'", "group", "NURSE", "unknown group")),
    (put(ABSENT, "applicants", "p", "group"), ("'p'", "group")),
    (put(ABSENT, "applicants", "p", "left"), ("'p'", "left")),
    (put(None, "applicants", "p", "left"), ("'p'", "left")),
    (put(-1, "applicants", "p", "served"), ("'p'", "served")),
    (put(ABSENT, "applicants", "p", "served"), ("'p'", "served")),
    (put(1.5, "applicants", "p", "cap"), ("'p'", "cap", "1.5")),
    (put("A", "applicants", "p", "passed"), ("'p'", "passed")),
    (put(["Z"], "applicants", "p", "passed"), ("'p'", "passed", "'Z'", "unknown course")),
    (put([["A"]], "applicants", "p", "passed"), ("'p'", "passed", "unknown course")),
    (put(["Z"], "applicants", "p", "displaced"), ("'p'", "displaced", "'Z'", "unknown course")),
    (put({"Z": 1}, "applicants", "p", "rejections"), ("'p'", "rejections", "'Z'", "unknown course")),
    (put({"A": -1}, "applicants", "p", "rejections"), ("'p'", "rejections", "'A'")),
    (put("noon", "applicants", "p", "applied_at"), ("'p'", "applied_at")),
    (put(float("nan"), "applicants", "p", "applied_at"), ("'p'", "applied_at")),
    (put(ABSENT, "applicants", "p", "requests"), ("'p'", "requests")),
    (put({"A": ["A1"]}, "applicants", "p", "requests"), ("'p'", "requests")),
    (put(["A1"], "applicants", "p", "requests"), ("'p'", "requests")),
    (put([["A", "A1"]], "applicants", "p", "requests"), ("'p'", "requests", "'A'")),
    (put([["Z", ["A1"]]], "applicants", "p", "requests"), ("'p'", "requests", "'Z'", "unknown course")),
    (put([["A", ["Z9"]]], "applicants", "p", "requests"), ("'p'", "requests", "'Z9'", "unknown session")),
    (put([["A", [["A1"]]]], "applicants", "p", "requests"), ("'p'", "requests", "unknown session")),
    (put([["A", ["B1"]]], "applicants", "p", "requests"), ("'p'", "requests", "'B1'", "'A'", "'B'")),
    (put([["A", ["A1", "A1"]]], "applicants", "p", "requests"), ("'p'", "requests", "'A1'", "twice")),
    (put([["A", ["A1"]], ["B", ["B1"]], ["A", ["A1"]]], "applicants", "p", "requests"), ("'p'", "'A1'", "twice")),
    (put({}, "applicants", "\ud800"), ("applicants", "not allowed")),
    (put({}, "applicants", ""), ("applicants", "not empty")),
]


@pytest.mark.parametrize(
    ("change", "words"), MALFORMED, ids=lambda value: " ".join(value) if type(value) is tuple else ""
)
def test_a_malformed_document_is_refused_with_a_sentence(change, words):
    case = copy.deepcopy(EXAMPLE["instance"])
    change(case)

    with pytest.raises(MalformedInstance) as refusal:
        allocate(case)

    sentence = str(refusal.value)
    assert [word for word in words if word not in sentence] == []
    assert (sentence[0].isupper(), sentence.count("\n"), sentence[-1]) == (True, 0, ".")


@pytest.mark.parametrize("document", [None, [], "alloc-instance/1", 5])
def test_what_is_no_object_is_refused(document):
    with pytest.raises(MalformedInstance, match="format"):
        allocate(document)


def test_the_check_refuses_a_malformed_document_as_the_engine_does():
    case = copy.deepcopy(EXAMPLE["instance"])
    case["sessions"]["A1"]["capacity"] = -1

    with pytest.raises(MalformedInstance, match="capacity"):
        check(case, EXAMPLE["result"])


def test_a_run_by_time_needs_the_times_and_no_lottery():
    case = copy.deepcopy(EXAMPLE["instance"])
    case["policy"]["tiebreak"] = "time"
    del case["lottery"]
    allocate(case)
    del case["applicants"]["p"]["applied_at"]

    with pytest.raises(MalformedInstance, match="'p' has no applied_at"):
        allocate(case)


def test_a_specialist_in_a_round_for_residents_is_not_eligible_but_known():
    case = copy.deepcopy(EXAMPLE["instance"])
    case["courses"]["K"]["targets"] = {"ST": 0}

    assert {entry["code"] for entry in allocate(case)["decisions"] if entry["a"].startswith("x")} == {"INELIGIBLE"}
