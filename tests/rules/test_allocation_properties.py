"""What holds of every allocation, and what holds on the domains that the allocation rules name (section 3)."""

import copy
import random
from collections import Counter
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from test_allocation_cases import (
    any_document,
    crowded_document,
    document,
    examples,
    names,
    one_order_document,
    requests,
    separate_document,
    strict_list,
)

from bookings.rules.allocation import allocate, check
from bookings.rules.allocation.choice import ListedSession, choose
from bookings.rules.allocation.lottery import lot


def lists_of(case):
    """Each person's strict list, as the choice of a person reads it."""
    return {
        person: [
            ListedSession(name, case["sessions"][name]["course"], frozenset(case["sessions"][name]["days"]))
            for name in strict_list(who)
        ]
        for person, who in case["applicants"].items()
    }


def cap_of(case, person):
    return min(case["applicants"][person]["cap"], case["policy"]["cap"])


def shuffled(value, chance):
    """The same document with every table, and every list that is really a set, in another order."""
    if not isinstance(value, dict):
        return value
    items = [(name, shuffled(entry, chance)) for name, entry in value.items()]
    chance.shuffle(items)
    for index, (name, entry) in enumerate(items):
        if name in ("days", "passed", "displaced", "closed"):
            items[index] = name, chance.sample(entry, len(entry))
    return dict(items)


def worse_off(case, before, after, people):
    """Those of the people who got less of some course than before; it needs sessions of one course in list order."""
    worse = []
    for person in people:
        place = {name: index for index, name in enumerate(strict_list(case["applicants"][person]))}
        for course in case["courses"]:
            had, has = (
                min((place[name] for name in held[person] if case["sessions"][name]["course"] == course), default=99)
                for held in (before, after)
            )
            if has > had:
                worse.append((person, course, had, has))
    return worse


@examples(2.5)
@given(any_document() | crowded_document())
def test_the_check_finds_nothing_wrong_with_any_result(case):
    assert [str(found) for found in check(case, allocate(case))] == []


@examples(1)
@given(any_document() | crowded_document(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_means_nothing(case, chance):
    assert list(allocate(shuffled(case, chance)).items()) == list(allocate(case).items())


@examples(1)
@given(any_document() | crowded_document())
def test_those_in_line_are_active_exactly_if_they_would_take_the_session(case):
    result = allocate(case)
    lists = lists_of(case)
    due = {
        session: [
            [person, "active" if session in taken else "dormant"]
            for person, _ in line
            for taken in [choose(lists[person], {*result["assign"][person], session}, cap=cap_of(case, person))]
        ]
        for session, line in result["waitlist"].items()
    }

    assert result["waitlist"] == due


@examples(1)
@given(one_order_document())
def test_with_one_order_everybody_in_turn_takes_what_they_like_best_of_the_free_seats(case):
    seed = bytes.fromhex(case["lottery"]["seed"])
    free = {name: session["capacity"] for name, session in case["sessions"].items()}
    due = {}
    lists = lists_of(case)

    def turn(person):
        return case["applicants"][person]["left"], lot(seed, term="2027-1", person=person), person

    for person in sorted(case["applicants"], key=turn):
        passed = case["applicants"][person]["passed"]
        open_to = {name for name in free if free[name] and case["sessions"][name]["course"] not in passed}
        due[person] = choose(lists[person], open_to, cap=cap_of(case, person))
        for name in due[person]:
            free[name] -= 1

    assert allocate(case)["assign"] == due


@examples(1)
@given(separate_document(reserved=False))
def test_without_overlaps_caps_and_reserves_each_course_goes_down_its_own_order(case):
    result = allocate(case)
    keys = {(entry["a"], entry["s"]): entry["key"] for entry in result["decisions"]}
    due = {person: [] for person in case["applicants"]}
    for course in case["courses"]:
        free = {name: entry["capacity"] for name, entry in case["sessions"].items() if entry["course"] == course}
        queue = {(*key, person) for (person, name), key in keys.items() if key is not None and name in free}
        for *_, person in sorted(queue):
            first = next((name for name in strict_list(case["applicants"][person]) if free.get(name)), None)
            if first is not None:
                due[person].append(first)
                free[first] -= 1

    assert {person: set(held) for person, held in result["assign"].items()} == {
        person: set(held) for person, held in due.items()
    }


@examples(1)
@given(separate_document(reserved=True), st.integers(0, 3))
def test_one_seat_more_harms_nobody_where_lists_are_separate(case, number):
    more = copy.deepcopy(case)
    more["sessions"][f"s{number}"]["capacity"] += 1

    assert worse_off(case, allocate(case)["assign"], allocate(more)["assign"], case["applicants"]) == []


@examples(1)
@given(separate_document(reserved=True), st.integers(0, 5))
def test_a_person_fewer_harms_nobody_else_where_lists_are_separate(case, number):
    fewer = copy.deepcopy(case)
    del fewer["applicants"][f"p{number % len(case['applicants'])}"]

    assert worse_off(case, allocate(case)["assign"], allocate(fewer)["assign"], fewer["applicants"]) == []


@examples(1)
@given(separate_document(reserved=True) | one_order_document())
def test_no_seat_is_held_back_where_lists_are_separate_or_all_courses_have_one_order(case):
    assert "HELD_BACK" not in {entry["code"] for entry in allocate(case)["decisions"]}


@examples(0.6)
@given(any_document() | crowded_document())
def test_only_the_order_of_the_lots_counts(case):
    case["policy"] |= {"lot_scope": "person", "tiebreak": "lottery"}
    seed = bytes.fromhex(case["lottery"]["seed"])
    lots = {person: lot(seed, term="2027-1", person=person) for person in case["applicants"]}
    drawn = allocate(case)["assign"]
    case["policy"]["tiebreak"] = "time"
    results = []
    for moved in (lambda number: number, lambda number: 2 * number - 5, sorted(lots.values()).index):
        for person, who in case["applicants"].items():
            who["applied_at"] = moved(lots[person])
        results.append(allocate(case)["assign"])

    assert results == [drawn] * 3


@examples(1)
@given(one_order_document(people=4) | separate_document(reserved=True, people=4), st.integers(0, 9))
def test_no_other_list_gets_anybody_what_they_would_rather_have(case, other_cap):
    """Brute force: what a person gets by any other list or cap, they would not pick of both that and the truth's."""
    honest = lists_of(case)["p0"]
    cap = cap_of(case, "p0")
    truth = allocate(case)["assign"]["p0"]
    gains = []
    for length in range(len(case["sessions"]) + 1):
        for order in permutations(case["sessions"], length):
            case["applicants"]["p0"]["requests"] = requests(order, case["sessions"])
            for said in (cap, other_cap):
                case["applicants"]["p0"]["cap"] = said
                got = allocate(case)["assign"]["p0"]
                if choose(honest, {*truth, *got}, cap=cap) != truth:
                    gains.append((order, said, got))

    assert gains == []


def equals(people, seats, seed):
    """People with the same merits, who all want the one session that there is."""
    course = {"mandatory": True, "order": "deadline", "targets": {"ST": 0}}
    session = {"course": "C0", "days": [1], "capacity": seats}
    applicants = {
        name: {"group": "ST", "served": 20, "left": 40, "requests": [["C0", ["s0"]]]} for name in names("p", people)
    }
    return document({"C0": course}, {"s0": session}, applicants, {}, seed)


def test_among_equals_the_wins_spread():
    wins = Counter()
    for term in range(300):
        assign = allocate(equals(40, 20, random.Random(term).randbytes(32).hex()))["assign"]
        wins.update(person for person, held in assign.items() if held)

    assert (len(wins), sum(wins.values())) == (40, 300 * 20)
    assert 110 < min(wins.values()) < max(wins.values()) < 190  # Within five deviations of the 150 that are due.


def test_in_ten_terms_nobody_wins_or_loses_all_of_them_beyond_chance():
    """A hundred times over: of 40 equals with 20 seats, one in 512 is due to win all ten or to lose them all."""
    always = Counter()
    for decade in range(100):
        wins = Counter()
        for term in range(10):
            assign = allocate(equals(40, 20, random.Random(10 * decade + term).randbytes(32).hex()))["assign"]
            wins.update({person: len(held) for person, held in assign.items()})
        always.update(times for times in wins.values() if times in (0, 10))

    # 4000 / 1024, or 3.9 each, are due: more than eleven would come by chance once in a thousand times.
    assert 1 <= always[0] <= 11
    assert 1 <= always[10] <= 11


def a_term(number):
    """A round of the size that the portal has: 624 applicants, 50 sessions, six courses asked for by each."""
    chance = random.Random(number)
    courses = {}
    for index, name in enumerate(names("C", 43)):
        order = chance.choice(("deadline", "deadline", "deadline", "reversed"))
        targets = {"ST": 0} if index < 12 else {"ST": 0, "SPEC": 0}
        courses[name] = {"mandatory": index < 12, "order": order, "targets": targets}
    sessions = {}
    for index, name in enumerate(names("s", 50)):
        course, day = f"C{index if index < 43 else index - 43}", chance.randrange(120)
        reserves = {"SPEC": 4} if course not in names("C", 12) else {}
        plan = {"course": course, "days": list(range(day, day + chance.randint(1, 3))), "reserves": reserves}
        sessions[name] = plan | {"capacity": chance.choice((20, 24, 30)), "min": 12}
    applicants = {}
    for name in names("p", 624):
        left = chance.randint(1, 60)
        listed = chance.sample(names("s", 12) * 6 + names("s", 44) * 4 + sorted(sessions), 9)
        who = {"group": "ST", "served": 60 - left, "left": left} if chance.random() < 0.85 else {"group": "SPEC"}
        wishes = {"cap": chance.randint(1, 4), "requests": requests(list(dict.fromkeys(listed)), sessions)}
        applicants[name] = {"served": 0, "left": 999} | who | wishes
    return document(courses, sessions, applicants, {}, chance.randbytes(32).hex())


def test_a_term_of_our_size_stands_the_check():
    case = a_term(1)

    result = allocate(case)

    assert len(result["decisions"]) > 3700
    assert result["cancelled"] != []
    assert [str(found) for found in check(case, result)] == []
