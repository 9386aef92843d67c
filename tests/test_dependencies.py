"""A known fault of a dependency stops the check, unless it is accepted for a reason and for a while."""

import json
from datetime import date
from subprocess import CompletedProcess

import pytest
from dependencies import told

TODAY = date(2027, 1, 11)
SOUND = {"name": "flask", "version": "3.1.3", "vulns": []}
ILL = {
    "name": "jinja2",
    "version": "3.1.5",
    "vulns": [{"id": "GHSA-1", "fix_versions": ["3.1.6"], "aliases": [], "description": ""}],
}
UNKNOWN = {"name": "ours", "skip_reason": "not found"}
ACCEPTED = {"id": "GHSA-1", "reason": "never called", "until": date(2027, 1, 31)}


def heard(*dependencies: dict, accepted=(), stderr: str = "") -> tuple[list[str], int]:
    report = json.dumps({"dependencies": dependencies}) if dependencies else ""
    return told(CompletedProcess([], 0, report, stderr), accepted, today=TODAY)


def test_where_nothing_is_known_that_is_said():
    assert heard(SOUND) == (["None of 1 dependencies has a fault that is known."], 0)


def test_a_known_fault_fails_with_what_mends_it():
    assert heard(SOUND, ILL) == (["jinja2 3.1.5 has GHSA-1; mended in 3.1.6"], 1)


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({}, None),
        ({"until": TODAY}, None),
        ({"until": date(2027, 1, 10)}, ["GHSA-1 was accepted until 2027-01-10: never called"]),
        ({"reason": " "}, ["GHSA-1 is accepted without a reason or a last day"]),
        ({"until": "soon"}, ["GHSA-1 is accepted without a reason or a last day"]),
    ],
)
def test_an_accepted_fault_passes_until_its_last_day(change, lines):
    usual = ["None of 2 dependencies has a fault that is known."]

    assert heard(SOUND, ILL, accepted=[ACCEPTED | change]) == (lines or usual, 1 if lines else 0)


def test_what_nothing_has_any_more_is_accepted_no_longer():
    assert heard(SOUND, accepted=[ACCEPTED]) == (["GHSA-1 is accepted, and nothing has it any more"], 1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"stderr": "trace\nrequests.exceptions.ConnectionError: refused"}, "cannot be reached"),
        ({"stderr": "timed out after 120 s"}, "cannot be reached (timed out after 120 s)"),
    ],
)
def test_where_nobody_can_be_asked_it_says_so_in_a_line_and_fails_for_nothing(said, why):
    [line], status = heard(**said)

    assert (status, "\n" in line) == (0, False)
    assert line.startswith("Known faults of dependencies were not looked for: ")
    assert why in line


def test_a_service_that_knows_nothing_at_all_was_not_asked():
    assert heard(UNKNOWN) == (
        ["Known faults of dependencies were not looked for: the service that was asked knows none of them."],
        0,
    )
    assert heard(SOUND, UNKNOWN) == (["Nobody knows anything of ours."], 0)


def test_any_other_silence_fails():
    assert heard(stderr="usage: pip-audit\nerror: no such option") == (
        ["pip-audit could not look: error: no such option"],
        1,
    )
