"""Where all courses run on one order, and that no list but the honest one pays there."""

from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_allocation_cases import SEEDS, a_session, an_applicant, document, names, requests

from bookings.rules.allocation import allocate
from bookings.rules.allocation.choice import ListedSession, choose
from bookings.rules.one_order import run_on_one_order

RESIDENTS_FIRST = {"ST": 0, "SPEC": 1}


@pytest.mark.parametrize(
    ("orders", "targets", "reserves", "expected"),
    [
        pytest.param([], [], [], True, id="no course at all"),
        pytest.param(["deadline"] * 2, [{"ST": 0}] * 2, [{}, {}], True, id="all alike"),
        pytest.param(["deadline"], [RESIDENTS_FIRST], [{}], True, id="residents first"),
        pytest.param(["deadline"], [{"SPEC": 0, "PRE": 0}], [{}], True, id="no residents, and the others alike"),
        pytest.param(["deadline"], [{"ST": 0}], [{"ST": 0}], True, id="a reserve of nothing"),
        pytest.param(["deadline", "reversed"], [{"ST": 0}] * 2, [{}, {}], False, id="two orders"),
        pytest.param(["straight"], [{"ST": 0}], [{}], False, id="another order than that of the run"),
        pytest.param(["deadline"] * 2, [{"ST": 0}, RESIDENTS_FIRST], [{}, {}], False, id="two target groups"),
        pytest.param(["deadline"], [{"ST": 0, "SPEC": 0}], [{}], False, id="residents beside specialists"),
        pytest.param(["deadline"], [{"SPEC": 0, "ST": 1}], [{}], False, id="specialists first"),
        pytest.param(["deadline"], [{"ST": 0, "SPEC": 1, "PRE": 2}], [{}], False, id="others one after another"),
        pytest.param(["deadline"], [{"ST": 0}], [{"SPEC": 2}], False, id="a reserve"),
    ],
)
def test_when_a_round_runs_on_one_order(orders, targets, reserves, expected):
    assert run_on_one_order(orders, targets, reserves) is expected


@st.composite
def a_round_on_one_order(draw):
    """Mandatory courses beside others, residents beside specialists; lists may overlap and caps may bind."""
    targets = draw(st.sampled_from([{"ST": 0}, RESIDENTS_FIRST, {"SPEC": 0}]))
    courses = {
        name: {"mandatory": draw(st.booleans()), "order": "deadline", "targets": targets}
        for name in names("C", draw(st.integers(1, 3)))
    }
    sessions = {name: draw(a_session(courses, reserved=False)) for name in names("s", 4)}
    applicants = {name: draw(an_applicant(courses, sessions)) | {"displaced": []} for name in names("p", 4)}
    for who in applicants.values():
        who["left"] = who["left"] if who["group"] == "ST" else 999
    return document(courses, sessions, applicants, {"cap": 3}, draw(SEEDS))


@settings(max_examples=25)
@given(a_round_on_one_order())
def test_there_no_other_list_gets_anybody_what_they_would_rather_have(case):
    courses, sessions = case["courses"].values(), case["sessions"].values()
    assert run_on_one_order(
        [each["order"] for each in courses],
        [each["targets"] for each in courses],
        [each.get("reserves", {}) for each in sessions],
    )
    who = case["applicants"]["p0"]
    wishes = [name for _, listed in who["requests"] for name in listed]
    assume(wishes)
    honest = [
        ListedSession(
            session=name, course=case["sessions"][name]["course"], days=frozenset(case["sessions"][name]["days"])
        )
        for name in wishes
    ]
    cap = min(who.get("cap", 3), 3)
    truth = allocate(case)["assign"]["p0"]
    for length in range(len(wishes) + 1):
        for other in permutations(wishes, length):
            who["requests"] = requests(other, case["sessions"])
            got = allocate(case)["assign"]["p0"]
            assert choose(honest, {*truth, *got}, cap=cap) == truth, other
