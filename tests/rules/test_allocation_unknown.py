"""Fields that no rule knows: none is silent, and none changes what comes of a run."""

import ast
import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bookings.rules.allocation import allocate, reading
from bookings.rules.allocation.unknown import DOCUMENT, MANY, SINGLE, unknown_fields
from lararportal.cli import main

HERE = Path(__file__).parent / "oracles"
EXAMPLE = json.loads((HERE / "example.json").read_text())["instance"]
CASES = [case["instance"] for case in json.loads((HERE / "allocation.json").read_text())]


def spoilt():
    """The example with a misspelt field in each of its tables."""
    document = copy.deepcopy(EXAMPLE)
    document["curses"] = {}
    document["policy"]["capp"] = 1
    document["lottery"]["sead"] = ""
    for each in document["applicants"].values():
        each["pased"] = ["A"]
    next(iter(document["sessions"].values()))["Min"] = 3
    next(iter(document["courses"].values()))["mandatory "] = True
    return document


def test_documents_as_they_should_be_have_none():
    assert [list(map(str, unknown_fields(each))) for each in (EXAMPLE, *CASES)] == [[]] * (1 + len(CASES))


def test_a_misspelt_field_is_named_by_the_way_to_it_and_once_for_many_entries():
    course, session, person = (next(iter(EXAMPLE[table])) for table in ("courses", "sessions", "applicants"))

    assert list(map(str, unknown_fields(spoilt()))) == [
        "curses",
        "policy.capp",
        "lottery.sead",
        f"courses.{course}.mandatory ",
        f"sessions.{session}.Min",
        f"applicants.{person}.pased (7 times)",
    ]


def test_what_comes_of_a_run_is_the_same():
    assert allocate(spoilt()) == allocate(EXAMPLE)


@pytest.mark.parametrize("document", [None, [], {}, {"policy": [], "courses": {"A": 7}, "applicants": "all"}])
def test_what_is_no_document_has_none(document):
    assert unknown_fields(document) == []


def test_the_fields_that_are_known_are_those_that_are_read():
    """A field is known because the reader names it; one that only one of the two has would be a silent fault."""
    tree = ast.parse(Path(reading.__file__).read_text("utf-8"))
    read = {each.value for each in ast.walk(tree) if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    known = DOCUMENT.union(*SINGLE.values(), *MANY.values())

    assert known - read == set()


@pytest.fixture
def told(tmp_path):
    """What a command says of a document, and of its result."""

    def run(document, *more):
        (tmp_path / "in.json").write_text(json.dumps(document), "utf-8")
        command = ["allocate", "--from", str(tmp_path / "in.json"), "--to", str(tmp_path / "out.json")]
        check = ["check", str(tmp_path / "in.json"), str(tmp_path / "out.json")]
        return [CliRunner().invoke(main, each) for each in (command, check)]

    return run


def test_allocate_and_check_warn_and_do_what_they_would_have_done(told):
    document = copy.deepcopy(EXAMPLE)
    document["policy"]["capp"] = 1
    for each in told(document):
        assert each.exit_code == 0
        assert each.stderr.endswith("in.json has fields that no rule knows, and no rule reads: policy.capp\n")
        assert each.stderr.startswith("Warning: ")
    assert [each.stderr for each in told(EXAMPLE)] == ["", ""]


def test_a_warning_is_one_line_however_many_there_are_and_whatever_they_are_called(told):
    document = copy.deepcopy(EXAMPLE) | {f"x\n{number:02}å": 1 for number in range(30)}
    for each in told(document):
        assert each.stderr.count("\n") == 1
        assert r"reads: x\n00\xe5, x\n01\xe5, " in each.stderr
        assert each.stderr.endswith(r"x\n09\xe5 and 20 more" + "\n")


def test_of_a_name_without_end_a_warning_tells_the_beginning_and_the_end(told):
    document = copy.deepcopy(EXAMPLE) | {f"first{'x' * 100_000}last": 1, "y": 2}
    for each in told(document):
        assert len(each.stderr) < 500
        assert f"reads: first{'x' * 45}...{'x' * 21}last, y\n" in each.stderr


def test_a_document_that_is_refused_for_a_misspelt_field_is_warned_of_too(told):
    document = copy.deepcopy(EXAMPLE)
    session = next(iter(document["sessions"].values()))
    session["capasity"] = session.pop("capacity")
    refused = told(document)[0]

    assert refused.exit_code == 1
    assert "capasity" in refused.stderr.splitlines()[0]
    assert "has no capacity" in refused.stderr.splitlines()[1]
