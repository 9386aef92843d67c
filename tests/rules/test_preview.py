"""What a dry run would mean, read off its documents."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_allocation_cases import any_document, crowded_document, document, examples

from bookings.rules import preview
from bookings.rules.allocation import allocate
from bookings.rules.preview import Effect, Group, Shortage, Thin


def a_round(sessions, lists, **policy):
    """Course A is mandatory and B is not; sessions have (capacity, minimum) and days of their own."""
    courses = {
        "A": {"mandatory": True, "order": "deadline", "targets": {"ST": 0, "SPEC": 1}},
        "B": {"mandatory": False, "order": "deadline", "targets": {"ST": 0}},
    }
    offered = {
        name: {"course": name[0], "days": [number], "capacity": capacity, "min": minimum}
        for number, (name, (capacity, minimum)) in enumerate(sessions.items())
    }
    applicants = {
        name: {
            "group": "SPEC" if name.startswith("x") else "ST",
            "served": 0 if name.startswith("x") else 60 - left,
            "left": left,
            "requests": requests,
        }
        for name, (left, requests) in lists.items()
    }
    return document(courses, offered, applicants, {"auto_close": False, **policy}, "00" * 32)


CROWDED = a_round(
    {"A1": (1, 0), "A2": (1, 0), "B1": (9, 3)},
    {
        "p1": (5, [["A", ["A1"]]]),
        "p2": (6, [["A", ["A1", "A2"]], ["B", ["B1"]]]),
        "p3": (20, [["A", ["A1", "A2"]]]),
        "p4": (4, [["B", ["B1"]]]),
        "x1": (999, [["A", ["A2"]]]),
    },
    closed=["A2"],
)


def test_the_figures_of_each_group():
    assert preview.groups(CROWDED, allocate(CROWDED)) == {
        "SPEC": Group(applicants=1, seated=0, first_choice=0),
        "ST": Group(applicants=4, seated=3, first_choice=2),
    }


def test_a_session_below_its_minimum_is_thin_and_one_that_is_closed_is_not():
    assert preview.thin(CROWDED, allocate(CROWDED)) == [Thin(session="B1", admitted=2, minimum=3)]
    closed = preview.with_closed(CROWDED, frozenset({"A2", "B1"}))
    assert preview.thin(closed, allocate(closed)) == []


def test_the_thinnest_session_comes_first_and_equals_by_id():
    case = a_round(
        {"A2": (5, 2), "A1": (5, 2), "B1": (5, 4), "B2": (5, 1)},
        {"p1": (9, [["B", ["B1"]]]), "p2": (9, [["A", ["A1"]]]), "p3": (9, [["A", ["A2"]]])},
    )

    assert [each.session for each in preview.thin(case, allocate(case))] == ["B2", "B1", "A1", "A2"]


def test_a_course_is_short_for_whom_it_turned_down_and_most_for_whom_it_is_the_last_chance():
    assert preview.shortages(CROWDED, allocate(CROWDED)) == [
        Shortage(course="A", without=3, mandatory=2, last_chance=1)
    ]


def test_the_course_that_most_residents_have_to_take_comes_first_though_more_miss_another():
    case = a_round(
        {"A1": (0, 0), "B1": (0, 0)},
        {"p1": (40, [["A", ["A1"]]]), "p2": (40, [["B", ["B1"]]]), "p3": (40, [["B", ["B1"]]])},
    )

    assert preview.shortages(case, allocate(case)) == [
        Shortage(course="A", without=1, mandatory=1, last_chance=0),
        Shortage(course="B", without=2, mandatory=0, last_chance=0),
    ]


def test_nobody_is_short_of_a_course_for_which_they_chose_something_else():
    capped = a_round({"A1": (1, 0), "B1": (1, 0)}, {"p1": (5, [["B", ["B1"]], ["A", ["A1"]]])}, cap=1)

    assert preview.shortages(capped, allocate(capped)) == []


def test_who_loses_their_last_chance_is_named_unless_they_got_something_else():
    case = a_round(
        {"A1": (1, 0), "B1": (9, 0)},
        {
            "p1": (3, [["A", ["A1"]]]),
            "p2": (4, [["A", ["A1"]]]),
            "p3": (5, [["A", ["A1"]], ["B", ["B1"]]]),
            "p4": (20, [["A", ["A1"]]]),
        },
    )

    assert preview.last_chances_lost(allocate(case)) == ["p2"]


def test_opening_a_session_gives_a_seat_to_whom_it_says():
    opened = preview.with_closed(CROWDED, frozenset())

    assert preview.effect(CROWDED, allocate(CROWDED), allocate(opened)) == Effect(
        gained=(("p2", "A"),), lost=(), other_session=()
    )


def test_closing_a_session_takes_or_moves_the_seats_in_it():
    case = a_round(
        {"A1": (2, 2), "A2": (1, 0)},
        {"p1": (5, [["A", ["A1", "A2"]]]), "p2": (8, [["A", ["A1", "A2"]]])},
    )
    without = preview.with_closed(case, frozenset({"A1"}))

    assert preview.effect(case, allocate(case), allocate(without)) == Effect(
        gained=(), lost=(("p2", "A"),), other_session=(("p1", "A"),)
    )


def test_the_same_run_twice_has_no_effect():
    result = allocate(CROWDED)

    assert not preview.effect(CROWDED, result, result)


@pytest.mark.parametrize("closed", [frozenset(), frozenset({"A2"})])
def test_the_proposal_of_the_rule_is_made_whatever_staff_have_closed(closed):
    assert preview.closed_by_rule(preview.with_closed(CROWDED, closed)) == ["B1"]


def test_a_session_in_reserve_does_not_stand_again_when_the_rule_looks_for_thin_ones():
    """A2, in reserve and wanted first, would take one of the two that A1 needs."""
    case = a_round(
        {"A1": (2, 2), "A2": (1, 0)},
        {"p1": (5, [["A", ["A2", "A1"]]]), "p2": (8, [["A", ["A1"]]])},
        closed=["A2"],
    )

    assert preview.closed_by_rule(case) == []


def by_rule_step_by_step(case):
    """The rule as staff would follow it: close the thinnest beside what is closed, run again, until none is thin."""
    closed = frozenset(case["policy"]["closed"])
    while True:
        result = allocate(preview.with_closed(case, closed))
        thin = [
            (Fraction(cutoff["admitted"], case["sessions"][name]["min"]), name)
            for name, cutoff in result["cutoffs"].items()
            if cutoff["admitted"] < case["sessions"][name]["min"]
        ]
        if not thin:
            return sorted(closed.difference(case["policy"]["closed"]))
        closed |= {min(thin)[1]}


@examples(2)
@given(any_document() | crowded_document(), st.randoms(use_true_random=False))
def test_the_rule_closes_the_thinnest_beside_what_is_closed_and_runs_again(case, chance):
    for session in case["sessions"].values():
        session["min"] = chance.choice((0, 0, 1, 2, 3))
    closed = [name for name in sorted(case["sessions"]) if chance.random() < 1 / 4]
    case["policy"] |= {"auto_close": False, "closed": closed}

    assert preview.closed_by_rule(case) == by_rule_step_by_step(case)
