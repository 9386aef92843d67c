"""Who goes before whom: the parts of the key, and the order in which persons enter the run (2.2, 2.5)."""

import pytest
from test_allocation_cases import document

from bookings.rules.allocation.lottery import lot
from bookings.rules.allocation.priority import key, person_order
from bookings.rules.allocation.reading import read

SEED = "00" * 32


def a_round(applicants, *, course=None, **policy):
    course = {"mandatory": True, "order": "deadline", "targets": {"ST": 0, "SPEC": 1}} | (course or {})
    people = {
        name: {"group": "ST", "served": 8, "left": 40, "requests": []} | who for name, who in applicants.items()
    }
    return read(document({"M01": course}, {}, people, policy, SEED))


KEYS = {
    "deadline counts the months left": ({}, {}, (0, 1, 1, 40, 0)),
    "straight counts the months served, most first": ({"order": "straight"}, {}, (0, 1, 1, -8, 0)),
    "reversed counts the months served, fewest first": ({"order": "reversed"}, {}, (0, 1, 1, 0, 8)),
    "reversed puts earlier refusals before": ({"order": "reversed"}, {"rejections": {"M01": 2}}, (0, 1, 1, -2, 8)),
    "more than nine refusals count as nine": ({"order": "reversed"}, {"rejections": {"M01": 12}}, (0, 1, 1, -9, 8)),
    "a group stands at its rank": ({}, {"group": "SPEC"}, (1, 1, 1, 40, 0)),
    "precedence after a cancelled session": ({}, {"displaced": ["M01"]}, (0, 0, 1, 40, 0)),
    "the last term before the planned end": ({}, {"left": 6}, (0, 1, 0, 6, 0)),
    "the last term but one is not the last": ({}, {"left": 7}, (0, 1, 1, 7, 0)),
    "past the planned end": ({}, {"left": -2}, (0, 1, 0, -2, 0)),
    "no last chance for a course that is not mandatory": ({"mandatory": False}, {"left": 6}, (0, 1, 1, 6, 0)),
    "no last chance for a specialist": ({}, {"group": "SPEC", "left": 6}, (1, 1, 1, 6, 0)),
    "nothing for another group": ({"targets": {"SPEC": 0}}, {}, None),
    "nothing for who has passed": ({}, {"passed": ["M01"]}, None),
}


@pytest.mark.parametrize(("course", "who", "merits"), KEYS.values(), ids=KEYS)
def test_the_key_of(course, who, merits):
    instance = a_round({"p": who}, course=course)
    found = key(instance.policy, instance.courses["M01"], instance.applicants["p"], 17)

    assert found == (None if merits is None else (*merits, 17, "p"))


def test_the_number_of_months_that_make_a_last_chance_is_a_setting():
    instance = a_round({"p": {"left": 12}}, last_chance_months=12)

    assert key(instance.policy, instance.courses["M01"], instance.applicants["p"], 17)[2] == 0


@pytest.mark.parametrize("scope", ["person", "course"])
def test_persons_enter_residents_first_then_nearest_the_end_then_by_their_own_lot(scope):
    people = {name: {} for name in "abcdefgh"}
    people |= {"late": {"left": 41}, "soon": {"left": 2}, "doctor": {"group": "SPEC", "left": 1}}
    by_lot = sorted("abcdefgh", key=lambda name: lot(bytes.fromhex(SEED), term="2027-1", person=name))

    assert by_lot != sorted(by_lot)
    assert person_order(a_round(people, lot_scope=scope)) == ["soon", *by_lot, "late", "doctor"]


def test_persons_enter_by_the_time_of_application_where_that_breaks_ties():
    people = {"a": {"applied_at": 2.5}, "b": {"applied_at": 1}, "c": {"applied_at": 2.5}}

    assert person_order(a_round(people, tiebreak="time")) == ["b", "a", "c"]
