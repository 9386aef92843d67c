"""Which sessions are cancelled because too few came (allocation rules, section 2.6)."""

import pytest
from test_allocation_cases import document

from bookings.rules.allocation import allocate, check


def a_round(minimums, lists, **policy):
    """Sessions of as many courses on one day, so that each person gets one; the lists are by person."""
    course = {"mandatory": False, "order": "deadline", "targets": {"ST": 0}}
    sessions = {
        name: {"course": name[0], "days": [1], "capacity": 9, "min": minimum} for name, minimum in minimums.items()
    }
    applicants = {
        f"p{number}": {"group": "ST", "served": 20, "left": 40, "requests": [[name[0], [name]] for name in listed]}
        for number, listed in enumerate(lists)
    }
    return document({name[0]: course for name in minimums}, sessions, applicants, policy, "00" * 32)


CLOSINGS = {
    "the smallest part of its minimum goes first, not the smallest number": (
        {"A1": 2, "B1": 5},
        [["A1"], ["B1", "A1"], ["B1", "A1"]],
        ["B1"],
    ),
    "the smallest part of its minimum goes first, not the largest gap": (
        {"A1": 5, "B1": 9},
        [*[["A1", "B1"]] * 3, *[["B1"]] * 6],
        ["A1"],
    ),
    "of equal parts the first by id goes": ({"B1": 2, "A1": 2}, [["B1", "A1"], ["A1", "B1"]], ["A1"]),
    "who loses a session may save the next": ({"A1": 3, "B1": 3}, [["A1", "B1"], ["B1"], ["B1"]], ["A1"]),
    "a cancelled session is never revived": ({"A1": 2, "B1": 2}, [["A1"], ["B1", "A1"]], ["A1", "B1"]),
    "a session that nobody asked for goes if it has a minimum": ({"A1": 1, "B1": 0}, [], ["A1"]),
    "a session that meets its minimum stands": ({"A1": 2}, [["A1"], ["A1"]], []),
}


@pytest.mark.parametrize(("minimums", "lists", "cancelled"), CLOSINGS.values(), ids=CLOSINGS)
def test_closing(minimums, lists, cancelled):
    case = a_round(minimums, lists)
    result = allocate(case)

    assert (result["cancelled"], check(case, result)) == (cancelled, [])


def test_the_staff_decide_where_closing_is_not_automatic():
    case = a_round({"A1": 2, "B1": 0}, [["A1"], ["B1", "A1"]], auto_close=False, closed=["B1"])
    result = allocate(case)

    assert (result["cancelled"], check(case, result)) == (["B1"], [])
    assert result["assign"] == {"p0": ["A1"], "p1": ["A1"]}


def test_nothing_is_cancelled_where_the_staff_have_not_decided_anything():
    case = a_round({"A1": 2}, [["A1"]], auto_close=False)

    assert allocate(case)["cancelled"] == []
