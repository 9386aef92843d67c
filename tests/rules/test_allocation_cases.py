"""Random small rounds for the tests of the allocation, and the proof that they reach every corner of it."""

import random
from collections import Counter
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.rules.allocation import allocate
from bookings.rules.allocation.decisions import Code


def examples(share):
    """So many examples of a property, as a share of what the profile of hypothesis gives.

    The suite is to be quick and goes through thousands; tens of thousands are for whoever has the time.
    """
    return settings(max_examples=max(1, round(share * settings.default.max_examples)))


SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)

# Made once: a strategy is looked through when it is new, which takes longer than drawing from it.
ORDERS = st.sampled_from(("deadline", "straight", "reversed"))
TARGETS = st.sampled_from(({"ST": 0, "SPEC": 1}, {"ST": 0, "SPEC": 0}, {"SPEC": 0, "ST": 1}, {"ST": 0}))
CAPS = st.integers(0, 4) | st.just(4)
CAPACITIES = st.integers(0, 3) | st.integers(1, 2)
DAYS = st.lists(st.integers(0, 5), max_size=2, unique=True)
MOMENTS = st.integers(0, 3) | st.floats(0, 3)


@cache
def among(*values):
    """One of these."""
    return st.sampled_from(values)


@cache
def at_most_one_of(*values):
    return st.lists(among(*values), max_size=1)


@cache
def some_of(*values):
    return st.lists(among(*values), unique=True)


@cache
def in_any_order(*values):
    return st.permutations(values)


@st.composite
def any_document(draw):
    """Anything the rules allow: overlaps, reserves, caps, interleaved lists, minimums, all orders and tiebreaks."""
    courses = {name: draw(a_course()) for name in names("C", draw(st.integers(1, 3)))}
    sessions = {name: draw(a_session(courses, minimums=(0, 0, 1, 2))) for name in names("s", draw(st.integers(1, 5)))}
    applicants = {name: draw(an_applicant(courses, sessions)) for name in names("p", draw(st.integers(0, 7)))}
    policy = {
        "cap": draw(CAPS),
        "last_chance_months": draw(among(0, 6)),
        "tiebreak": draw(among("lottery", "lottery", "time")),
        "lot_scope": draw(among("person", "course")),
    }
    if draw(among(False, False, False, True)):
        policy |= {"auto_close": False, "closed": draw(some_of(*sorted(sessions)))}
    return document(courses, sessions, applicants, policy, draw(SEEDS))


def crowded_document():
    """Few seats on few days, wanted by many in opposite orders: where seats are left again, kept and held back.

    Drawn by plain chance out of one number, because such rounds are rare among the small ones that are tried first.
    """
    return st.integers(0, 2**32 - 1).map(_crowded)


def _crowded(number):
    chance = random.Random(number)
    groups = {"ST": 0, "SPEC": chance.choice((0, 1))}
    orders = [chance.choice(("deadline", "reversed", "straight")) for _ in range(3)]
    courses = {
        name: {"mandatory": chance.random() < 0.5, "order": order, "targets": groups}
        for name, order in zip(names("C", 3), orders, strict=True)
    }
    sessions = {}
    for name in names("s", 8):
        day = chance.randrange(8)
        sessions[name] = {
            "course": chance.choice(sorted(courses)),
            "days": [day, day + 1][: chance.choice((1, 2))],
            "capacity": chance.choice((1, 2)),
            "min": chance.choice((1, 2)) if chance.random() < 0.05 else 0,
            "reserves": {"SPEC": chance.choice((0, 1, 1))},
        }
    applicants = {}
    for name in names("p", chance.randint(8, 12)):
        left = 10 * chance.randint(1, 5)
        applicants[name] = {
            "group": chance.choice(("ST", "SPEC")),
            "served": 60 - left,
            "left": left,
            "cap": chance.choice((2, 3)),
            "passed": [],
            "displaced": [],
            "rejections": {},
            "applied_at": chance.randrange(5),
            "requests": requests(chance.sample(sorted(sessions), chance.randint(2, 8)), sessions),
        }
    return document(courses, sessions, applicants, {"cap": 3}, chance.randbytes(32).hex())


@st.composite
def one_order_document(draw, *, people=6):
    """The domain "D-one": every course in deadline order and no reserves; lists may overlap and caps may bind."""
    plain = {"mandatory": True, "order": "deadline", "targets": {"ST": 0}}
    courses = {name: dict(plain) for name in names("C", draw(st.integers(1, 3)))}
    sessions = {name: draw(a_session(courses, reserved=False)) for name in names("s", 4)}
    applicants = {}
    for name in names("p", draw(st.integers(1, people))):
        applicants[name] = draw(an_applicant(courses, sessions)) | {"group": "ST", "displaced": []}
    return document(courses, sessions, applicants, {"cap": 3}, draw(SEEDS))


@st.composite
def separate_document(draw, *, reserved, people=6):
    """The domain "D-sep": no cap binds, and sessions of different courses never share a day."""
    courses = {name: draw(a_course()) for name in names("C", draw(st.integers(1, 3)))}
    sessions = {}
    for day, name in enumerate(names("s", 4)):
        sessions[name] = draw(a_session(courses, reserved=reserved)) | {"days": [day]}
    applicants = {}
    for name in names("p", draw(st.integers(1, people))):
        applicants[name] = draw(an_applicant(courses, sessions)) | {"cap": 9}
    return document(courses, sessions, applicants, {"cap": 9}, draw(SEEDS))


def document(courses, sessions, applicants, policy, seed):
    return {
        "format": "alloc-instance/1",
        "term": "2027-1",
        "policy": policy,
        "lottery": {"seed": seed},
        "courses": courses,
        "sessions": sessions,
        "applicants": applicants,
    }


def names(letter, count):
    return [f"{letter}{number}" for number in range(count)]


@st.composite
def a_course(draw):
    return {
        "mandatory": draw(st.booleans()),
        "order": draw(ORDERS),
        "targets": draw(TARGETS),
    }


@st.composite
def a_session(draw, courses, *, minimums=(0,), reserved=True):
    capacity = draw(CAPACITIES)
    made = {
        "course": draw(among(*sorted(courses))),
        "days": draw(DAYS),
        "capacity": capacity,
        "min": draw(among(*minimums)),
    }
    specialists = draw(st.integers(0, min(capacity, 2))) if reserved else 0
    residents = draw(st.integers(0, 1)) if reserved and specialists < capacity else 0
    reserves = {group: seats for group, seats in (("SPEC", specialists), ("ST", residents)) if seats}
    return made | ({"reserves": reserves} if reserves else {})


@st.composite
def an_applicant(draw, courses, sessions):
    group = draw(among("ST", "ST", "SPEC"))
    some_courses = at_most_one_of(*sorted(courses))
    return {
        "group": group,
        "served": draw(st.integers(0, 4)) if group == "ST" else 0,
        "left": draw(among(-1, 3, 6, 7, 20, 21)) if group == "ST" else 999,
        "cap": draw(st.integers(0, 4)),
        "passed": draw(some_courses),
        "displaced": draw(some_courses),
        "rejections": {course: draw(among(1, 9, 12)) for course in draw(some_courses)},
        "applied_at": draw(MOMENTS),
        "requests": draw(a_list(sessions)),
    }


@st.composite
def a_list(draw, sessions):
    """A strict list over some of the sessions, in which courses may be interleaved."""
    order = draw(in_any_order(*sorted(sessions)))
    return requests(order[: draw(st.integers(min(2, len(order)), len(order)))], sessions)


def requests(order, sessions):
    """The strict list as the document writes it: neighbours of one course stand together."""
    listed = []
    for name in order:
        course = sessions[name]["course"]
        if not listed or listed[-1][0] != course:
            listed.append([course, []])
        listed[-1][1].append(name)
    return listed


def strict_list(applicant):
    return [name for _, listed in applicant["requests"] for name in listed]


def test_random_rounds_reach_every_code_and_every_kind_of_closing():
    seen = Counter()

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(any_document() | crowded_document() | crowded_document())
    def look(case):
        result = allocate(case)
        seen.update({entry["code"] for entry in result["decisions"]})
        seen["some cancelled, some not"] += bool(result["cancelled"] and result["cutoffs"])
        seen["two cancelled"] += len(result["cancelled"]) > 1
        seen["reference while waiting"] += any("ref" in entry and "pos" in entry for entry in result["decisions"])
        seen["position above 1"] += any(entry.get("pos", 0) > 1 for entry in result["decisions"])

    look()

    assert {what for what, times in seen.items() if times} == {
        *Code,
        "some cancelled, some not",
        "two cancelled",
        "reference while waiting",
        "position above 1",
    }
