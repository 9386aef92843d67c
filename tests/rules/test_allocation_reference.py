"""The run once more, as short as its pseudo code: the engine must give the same seats (allocation rules, 2.5)."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from test_allocation_cases import any_document, crowded_document, document, examples, strict_list

from bookings.kernel.ready import Kernel
from bookings.rules.allocation import allocate
from bookings.rules.allocation.lottery import lot

NOBODY = (float("inf"),)
GUARDS = [
    case
    for case in json.loads((Path(__file__).parent / "oracles" / "allocation.json").read_text())
    if case["name"].startswith("guard")
]


class Reference:
    """Tuples, sets and no haste. Each of the guarding rules can be left out, to see that it is missed."""

    def __init__(
        self,
        document,
        *,
        keeps_reserves=True,
        closes_open_seats=True,
        walks_again_at_once=True,
        last_walks_first=True,
    ):
        self.document = document
        self.policy = {"cap": 4, "last_chance_months": 6, "tiebreak": "lottery", "lot_scope": "person"}
        self.policy |= document["policy"]
        self.keeps_reserves = keeps_reserves
        self.closes_open_seats = closes_open_seats
        self.walks_again_at_once = walks_again_at_once
        self.next_to_walk = -1 if last_walks_first else 0
        self.people = document["applicants"]
        self.sessions = document["sessions"]

    def number(self, a, c=""):
        if self.policy["tiebreak"] == "time":
            return self.people[a]["applied_at"]
        return lot(bytes.fromhex(self.document["lottery"]["seed"]), term=self.document["term"], person=a, course=c)

    def key(self, a, s):
        c = self.sessions[s]["course"]
        course, who = self.document["courses"][c], self.people[a]
        if who["group"] not in course["targets"] or c in who["passed"]:
            return None
        last_chance = (
            course["mandatory"] and who["group"] == "ST" and who["left"] <= self.policy["last_chance_months"]
        )
        merit = {
            "deadline": (who["left"], 0),
            "straight": (-who["served"], 0),
            "reversed": (-min(who["rejections"].get(c, 0), 9), who["served"]),
        }[course["order"]]
        number = self.number(a, c if self.policy["lot_scope"] == "course" else "")
        return (
            course["targets"][who["group"]],
            int(c not in who["displaced"]),
            int(not last_chance),
            *merit,
            number,
            a,
        )

    def chosen(self, a, available):
        taken = []
        for s in strict_list(self.people[a]):
            free = all(
                self.sessions[s]["course"] != self.sessions[t]["course"]
                and not set(self.sessions[s]["days"]) & set(self.sessions[t]["days"])
                for t in taken
            )
            if s in available and free and len(taken) < min(self.people[a]["cap"], self.policy["cap"]):
                taken.append(s)
        return taken

    def rejected(self, s, takers, gcut, ocut):
        line = sorted(takers, key=lambda a: self.key(a, s))
        protected, kept = [], 0
        for group, seats in self.sessions[s].get("reserves", {}).items():
            members = [a for a in line if self.people[a]["group"] == group]
            protected += members[:seats]
            if (s, group) in gcut and self.keeps_reserves:
                kept += max(0, seats - len(members))
        room = self.sessions[s]["capacity"] - len(protected) - kept
        behind = [a for a in line if a not in protected]
        if self.closes_open_seats:
            behind = [a for a in behind if self.key(a, s) <= ocut.get(s, NOBODY)]
        return [a for a in line if a not in protected and a not in behind[:room]]

    def run(self, cancelled):
        gcut, ocut, held = {}, {}, {a: set() for a in self.people}

        def turn(a):
            return self.people[a]["group"] != "ST", self.people[a]["left"], self.number(a), a

        for p in sorted(self.people, key=turn):
            stack = [p]
            while stack:
                a = stack.pop(self.next_to_walk)
                group = self.people[a]["group"]
                asked = [s for s in strict_list(self.people[a]) if s not in cancelled and self.key(a, s) is not None]
                new = self.chosen(a, {s for s in asked if self.key(a, s) < gcut.get((s, group), NOBODY)})
                held[a] &= set(new)
                for s in new:
                    if s in held[a]:
                        continue
                    held[a].add(s)
                    out = self.rejected(s, [b for b in held if s in held[b]], gcut, ocut)
                    for b in out:
                        place = s, self.people[b]["group"]
                        gcut[place] = min(gcut.get(place, NOBODY), self.key(b, s))
                        ocut[s] = min(ocut.get(s, NOBODY), self.key(b, s))
                        held[b].remove(s)
                        stack.append(b)
                    if a in out and self.walks_again_at_once:
                        break
        return {a: [s for s in strict_list(self.people[a]) if s in held[a]] for a in self.people}

    def outcome(self):
        if not self.policy.get("auto_close", True):
            cancelled = set(self.policy["closed"])
            return self.run(cancelled), cancelled
        cancelled = set()
        while True:
            assign = self.run(cancelled)
            taken = [s for held in assign.values() for s in held]
            below = [
                (Fraction(taken.count(s), max(1, session.get("min", 0))), s)
                for s, session in self.sessions.items()
                if s not in cancelled and taken.count(s) < session.get("min", 0)
            ]
            if not below:
                return assign, cancelled
            cancelled.add(min(below)[1])


@examples(3)
@given(any_document() | crowded_document())
def test_the_engine_gives_the_seats_of_the_pseudo_code(case):
    result = allocate(case)
    assign, cancelled = Reference(case).outcome()

    assert (result["assign"], result["cancelled"]) == (assign, sorted(cancelled))


@pytest.mark.parametrize(
    "case", [case for case in GUARDS if "open seats" in case["name"]], ids=lambda case: case["name"]
)
def test_open_seats_are_closed_behind_a_turned_down_key(case):
    forgetful, _ = Reference(case["instance"], closes_open_seats=False).outcome()

    assert allocate(case["instance"])["assign"] == case["expected"]
    assert forgetful != case["expected"]


@pytest.mark.parametrize(
    "case", [case for case in GUARDS if "stays reserved" in case["name"]], ids=lambda case: case["name"]
)
def test_a_reserve_with_somebody_turned_down_stays_reserved(case):
    forgetful, _ = Reference(case["instance"], keeps_reserves=False).outcome()

    assert allocate(case["instance"])["assign"] == case["expected"]
    assert forgetful != case["expected"]


@pytest.mark.parametrize("case", [case for case in GUARDS if "walks" in case["name"]], ids=lambda case: case["name"])
def test_a_turned_down_person_walks_the_list_again_at_once(case):
    forgetful, _ = Reference(case["instance"], walks_again_at_once=False).outcome()

    assert allocate(case["instance"])["assign"] == case["expected"]
    assert forgetful != case["expected"]


STRAIGHT = {"mandatory": False, "order": "straight", "targets": {"ST": 0, "SPEC": 0}}
BOTH_SPEEDS = pytest.mark.parametrize("ready", [None, Kernel], ids=["plain", "compiled"])


def small(courses, sessions, people):
    """Sessions are course, days and reserves, with one seat; people are group, months left and list."""
    return document(
        courses,
        {
            name: {"course": course, "days": days, "capacity": 1, "reserves": reserves}
            for name, (course, days, reserves) in sessions.items()
        },
        {
            name: {"group": group, "served": 60 - left, "left": left, "passed": [], "requests": listed}
            | {"cap": 4, "displaced": [], "rejections": {}}
            for name, (group, left, listed) in people.items()
        },
        {},
        "00" * 32,
    )


@BOTH_SPEEDS
def test_nobody_overtakes_on_a_seat_that_became_free_again(ready):
    """The holder leaves x for w, so x is free again behind the refusal of the first in line.

    Two specialists then ask for it, the worse placed one first. That refusal must not open the seat to the other.
    """
    case = small(
        {"C": STRAIGHT, "X": STRAIGHT},
        {"u": ("C", [1], {}), "w": ("C", [2], {}), "x": ("X", [2], {})},
        {
            "holder": ("ST", 10, [["C", ["u", "w"]], ["X", ["x"]]]),
            "first": ("ST", 20, [["X", ["x"]]]),
            "rival": ("ST", 0, [["C", ["u"]]]),
            "third": ("SPEC", 50, [["X", ["x"]]]),
            "second": ("SPEC", 40, [["X", ["x"]]]),
        },
    )
    case["applicants"]["rival"]["left"] = 30  # So that the holder is there before.
    case["applicants"]["second"]["left"] = 60  # And the second after the third.
    result = allocate(case, ready=ready)

    assert result["assign"] == {"first": [], "holder": ["w"], "rival": ["u"], "second": [], "third": []}
    assert result["waitlist"]["x"] == [
        ["holder", "dormant"],
        ["first", "active"],
        ["second", "active"],
        ["third", "active"],
    ]
    assert {entry["code"] for entry in result["decisions"] if entry["s"] == "x" and "pos" in entry} == {"HELD_BACK"}


@BOTH_SPEEDS
def test_of_two_who_are_turned_down_at_once_the_last_walks_first(ready):
    """The guest takes m from the elder and k from the younger, who leaves n for b, so that n is there for the elder.

    Had the elder walked first, the younger would have been better placed on n, and n would have been left free.
    """
    courses = {
        "K": STRAIGHT | {"order": "deadline", "targets": {"ST": 0, "SPEC": 1}},
        "M": STRAIGHT | {"order": "deadline", "targets": {"ST": 0, "SPEC": 1}},
        "N": STRAIGHT | {"order": "reversed"},
    }
    sessions = {
        "k": ("K", [1], {"SPEC": 1}),
        "m": ("M", [2, 3], {"SPEC": 1}),
        "b": ("N", [1], {}),
        "n": ("N", [3], {}),
    }
    people = {
        "elder": ("ST", 20, [["M", ["m"]], ["N", ["n"]]]),
        "younger": ("ST", 40, [["K", ["k"]], ["N", ["b", "n"]]]),
        "guest": ("SPEC", 20, [["M", ["m"]], ["K", ["k"]]]),
    }
    case = small(courses, sessions, people)
    other_way, _ = Reference(case, last_walks_first=False).outcome()
    due = {"elder": ["n"], "guest": ["m", "k"], "younger": ["b"]}

    assert Reference(case).outcome()[0] == due
    assert allocate(case, ready=ready)["assign"] == due
    assert other_way == due | {"elder": []}
