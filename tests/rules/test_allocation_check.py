"""Every way to spoil a result is found by the independent check, and named (allocation rules, section 4)."""

import copy
import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from test_allocation_cases import any_document, crowded_document, examples

from bookings.rules import allocation
from bookings.rules.allocation import allocate, canonical, check
from bookings.rules.allocation.check_violations import SENTENCES

PACKAGE = Path(allocation.__file__).parent
EXAMPLE = json.loads((Path(__file__).parent / "oracles" / "example.json").read_text())


def decision(result, person, session):
    return next(entry for entry in result["decisions"] if (entry["a"], entry["s"]) == (person, session))


def spoiled(change):
    result = copy.deepcopy(EXAMPLE["result"])
    change(result)
    return check(EXAMPLE["instance"], result)


def swap_the_holders(result):
    result["assign"]["p"], result["assign"]["s"] = ["B2"], ["B1"]


def swap_the_order_of_a_line(result):
    result["waitlist"]["K1"].reverse()


def repeat_a_place_in_line(result):
    result["waitlist"]["K1"] += [["t", "active"]]


def swap_two_decisions(result):
    decisions = result["decisions"]
    decisions[0], decisions[1] = decisions[1], decisions[0]


def hold_a_clash(result):
    result["assign"]["p"] = ["A1", "B1"]


def exchange_a_better_key_for_a_worse(result):
    result["assign"] |= {"s": [], "t": [], "r": ["K1", "A2"]}


def call_off_a2(result):
    result["cancelled"] = ["A2", "K2"]


SPOILED = {
    "a person left out": (lambda result: result["assign"].pop("t"), {(1, "missing_person"), (9, "other_seats")}),
    "a stranger": (lambda result: result["assign"].update(z=[]), {(1, "unknown_person")}),
    "a session not asked for": (lambda result: result["assign"].update(t=["A2"]), {(2, "not_requested")}),
    "somebody not eligible": (lambda result: result["assign"].update(x2=["A2"]), {(2, "not_eligible")}),
    "a cancelled session": (lambda result: result["assign"].update(t=["K2"]), {(2, "holds_cancelled")}),
    "a session twice": (lambda result: result["assign"].update(p=["B1", "B1"]), {(2, "held_twice")}),
    "two of a course": (lambda result: result["assign"].update(p=["B1", "B2"]), {(2, "same_course")}),
    "two on a day": (hold_a_clash, {(2, "shared_day"), (3, "over_full")}),
    "above the cap": (lambda result: result["assign"].update(q=["B2", "A1"]), {(2, "over_cap"), (9, "other_seats")}),
    "holdings in the wrong order": (
        lambda result: result["assign"].update(r=["A2", "K1"]),
        {(2, "wrong_list_order")},
    ),
    "over-full": (lambda result: result["assign"].update(t=["K1"]), {(3, "over_full"), (9, "other_seats")}),
    "swapped holders": (swap_the_holders, {(9, "other_seats")}),
    "a worse key seated": (exchange_a_better_key_for_a_worse, {(5, "justified_envy"), (9, "other_seats")}),
    "a seat removed": (lambda result: result["assign"].update(r=[]), {(6, "free_seat_refused"), (9, "other_seats")}),
    "a wrong count": (lambda result: result["cutoffs"]["A1"].update(admitted=2), {(3, "wrong_count")}),
    "a wrong fullness": (lambda result: result["cutoffs"]["B2"].update(full=True), {(3, "wrong_count")}),
    "a cutoff missing": (lambda result: result["cutoffs"].pop("K3"), {(3, "missing_cutoff")}),
    "a cutoff too many": (
        lambda result: result["cutoffs"].update(K2=result["cutoffs"]["K3"]),
        {(3, "extra_cutoff")},
    ),
    "a wrong last key": (
        lambda result: result["cutoffs"]["K1"]["last"].update(SPEC=[1, 1, 1, 999, 0, 1]),
        {(4, "wrong_last")},
    ),
    "a group without last key": (lambda result: result["cutoffs"]["K1"]["last"].pop("ST"), {(4, "wrong_last")}),
    "a wrong lot": (lambda result: decision(result, "p", "A1")["key"].__setitem__(5, 1), {(4, "wrong_key")}),
    "a key for nobody": (lambda result: decision(result, "x2", "A2").update(key=[0] * 6), {(4, "wrong_key")}),
    "no key": (lambda result: decision(result, "p", "A1").update(key=None), {(4, "wrong_key")}),
    "a line missing": (lambda result: result["waitlist"].pop("A2"), {(7, "missing_waitlist")}),
    "a line for a cancelled session": (lambda result: result["waitlist"].update(K2=[]), {(7, "extra_waitlist")}),
    "somebody missing in line": (lambda result: result["waitlist"]["K1"].pop(), {(7, "missing_waiting")}),
    "somebody too many in line": (
        lambda result: result["waitlist"]["A2"].append(["s", "active"]),
        {(7, "extra_waiting")},
    ),
    "somebody twice in line": (repeat_a_place_in_line, {(7, "extra_waiting")}),
    "a line in the wrong order": (swap_the_order_of_a_line, {(7, "wrong_waitlist_order")}),
    "a wrong flag": (lambda result: result["waitlist"]["B1"][0].__setitem__(1, "active"), {(7, "wrong_flag")}),
    "a decision missing": (lambda result: result["decisions"].pop(), {(8, "missing_decision")}),
    "a decision twice": (
        lambda result: result["decisions"].append(result["decisions"][-1]),
        {(8, "extra_decision")},
    ),
    "decisions in the wrong order": (swap_two_decisions, {(8, "wrong_decision_order")}),
    "a wrong code": (lambda result: decision(result, "s", "B1").update(code="CONFLICT"), {(8, "wrong_code")}),
    "a held-back seat called full": (
        lambda result: decision(result, "q", "B2").update(code="WAITLISTED"),
        {(6, "free_seat_refused"), (8, "wrong_code")},
    ),
    "a wrong position": (lambda result: decision(result, "r", "K1").update(pos=1), {(8, "wrong_position")}),
    "a position for nothing": (lambda result: decision(result, "s", "B1").update(pos=1), {(8, "wrong_position")}),
    "a wrong reference": (lambda result: decision(result, "p", "B2").update(ref="A1"), {(8, "wrong_reference")}),
    "a reference missing": (lambda result: decision(result, "p", "B2").pop("ref"), {(8, "wrong_reference")}),
    "an extra cancellation": (call_off_a2, {(2, "holds_cancelled"), (10, "extra_cancellation")}),
    "a cancellation missing": (lambda result: result["cancelled"].clear(), {(10, "missing_cancellation")}),
    "a cancellation twice": (lambda result: result["cancelled"].append("K2"), {(10, "wrong_cancelled_order")}),
}


@pytest.mark.parametrize(("change", "due"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_result_is_found_and_named(change, due):
    found = spoiled(change)

    assert due - {(one.invariant, one.kind) for one in found} == set()


@pytest.mark.parametrize(("change", "due"), SPOILED.values(), ids=SPOILED)
def test_what_is_found_is_said_in_a_sentence_with_the_ids(change, due):
    for one in spoiled(change):
        sentence = str(one)

        assert sentence.endswith(".")
        assert [part for part in (one.person, one.session, one.other) if part not in sentence] == []


def test_a_mistake_on_paper_only_is_named_alone():
    found = spoiled(lambda result: result["waitlist"]["B1"][0].__setitem__(1, "active"))

    assert [(one.invariant, one.kind, one.person, one.session, one.other) for one in found] == [
        (7, "wrong_flag", "s", "B1", "dormant")
    ]
    assert str(found[0]) == "s is marked wrongly on the waiting list of B1: it should be dormant."


SHAPELESS = {
    "nothing": lambda result: None,
    "a list": lambda result: [result],
    "another format": lambda result: result | {"format": "alloc-result/2"},
    "another term": lambda result: result | {"term": "U"},
    "a part missing": lambda result: {name: part for name, part in result.items() if name != "cutoffs"},
    "a part too many": lambda result: result | {"note": ""},
    "assign as a list": lambda result: result | {"assign": []},
    "a number for a session": lambda result: result | {"assign": {"p": [1]}},
    "a number cancelled": lambda result: result | {"cancelled": [1]},
    "a decision without code": lambda result: result | {"decisions": [{"a": "p", "s": "A1", "key": None}]},
    "a decision with more": lambda result: result | {"decisions": [result["decisions"][1] | {"name": "Anna"}]},
    "a short key": lambda result: result | {"decisions": [result["decisions"][1] | {"key": [0]}]},
    "true as a part of a key": lambda result: result | {"decisions": [result["decisions"][1] | {"key": [True] * 6}]},
    "an endless part of a key": lambda result: (
        result | {"decisions": [result["decisions"][1] | {"key": [0, 1, 1, 1e999, 0, 7]}]}
    ),
    "a position in words": lambda result: result | {"decisions": [result["decisions"][1] | {"pos": "first"}]},
    "another flag": lambda result: result | {"waitlist": {"A1": [["p", "asleep"]]}},
    "a line of names": lambda result: result | {"waitlist": {"A1": ["p"]}},
    "a cutoff without last": lambda result: result | {"cutoffs": {"A1": {"full": True, "admitted": 1}}},
    "a cutoff with a yes": lambda result: result | {"cutoffs": {"A1": {"full": 1, "admitted": 1, "last": {}}}},
}


@pytest.mark.parametrize("change", SHAPELESS.values(), ids=SHAPELESS)
def test_what_is_no_result_is_answered_with_that_alone(change):
    found = check(EXAMPLE["instance"], change(copy.deepcopy(EXAMPLE["result"])))

    assert [(one.invariant, one.kind) for one in found] == [(0, "not_a_result")]
    assert str(found[0]).startswith("The result is no alloc-result/1 document of this term: ")


def test_a_free_seat_that_nobody_could_have_left_is_wasted():
    separate = copy.deepcopy(EXAMPLE["instance"])
    for day, session in enumerate(separate["sessions"].values()):
        session["days"] = [day]
    result = allocate(separate)
    result["assign"]["r"].remove("A2")

    kinds = {(one.invariant, one.kind) for one in check(separate, result)}
    assert {(6, "wasted_seat"), (6, "free_seat_refused")} <= kinds


def test_without_automatic_closing_exactly_the_chosen_sessions_are_cancelled():
    by_hand = copy.deepcopy(EXAMPLE["instance"])
    by_hand["policy"] |= {"auto_close": False, "closed": ["K3"]}
    result = allocate(by_hand)
    by_rule = allocate(EXAMPLE["instance"])

    assert (result["cancelled"], check(by_hand, result)) == (["K3"], [])
    assert {(one.kind, one.session) for one in check(by_hand, by_rule) if one.invariant == 10} == {
        ("extra_cancellation", "K2"),
        ("missing_cancellation", "K3"),
    }


def test_the_check_is_other_code_than_the_engine():
    pattern = re.compile(r"^from bookings\.rules\.allocation(?:\.(\w+)| import (.+))", re.MULTILINE)
    used = set()
    for file in PACKAGE.glob("check*.py"):
        for module, listed in pattern.findall(file.read_text()):
            used.update([module] if module else listed.split(", "))

    assert {name for name in used if not name.startswith("check")} == {"instance", "reading"}


def test_every_kind_of_violation_is_met_by_some_test_here():
    met = {kind for _, due in SPOILED.values() for _, kind in due} | {"not_a_result", "wasted_seat"}

    assert set(SENTENCES) - met == set()


def places(value):
    """Every place in a document: the table or list that it stands in, and its name or number there."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, entry in entries:
        yield value, name
        yield from places(entry)


LEAVES = st.sampled_from([None, True, False, 0, 1, 2, -1, 0.0, 1.0, 1.5, 10**30, "", "p0", "s0", "ADMITTED", "CAP"])
TABLES = st.sampled_from(
    [[], {}, ["s0"], ["p0", "active"], [["p0", "active"]], {"p0": []}, {"ST": [0, 1, 1, 3, 0, 5]}]
)


def spoil_one_place(result, data):
    """Put something else in one place, or take it out, or put it there twice, or exchange it for its neighbour."""
    holder, name = data.draw(st.sampled_from(list(places(result))))
    way = data.draw(st.sampled_from(["put", "take", "more", "swap"]))
    if way == "put":
        holder[name] = copy.deepcopy(data.draw(LEAVES | TABLES))
    elif way == "take":
        del holder[name]
    elif isinstance(holder, dict):
        holder[data.draw(st.sampled_from(["p0", "s0", "z", "ST", "pos", "ref"]))] = holder[name]
    elif way == "more":
        holder.insert(name, copy.deepcopy(holder[name]))
    else:
        holder[name - 1], holder[name] = holder[name], holder[name - 1]


@examples(3)
@given(any_document() | crowded_document(), st.data())
def test_whatever_is_changed_anywhere_in_a_result_is_found(case, data):
    result = allocate(case)
    before = canonical(result)
    spoil_one_place(result, data)
    assume(canonical(result) != before)

    found = check(case, result)

    assert found != []
    assert [str(one) for one in found if not str(one).endswith(".")] == []


@examples(1.5)
@given(any_document() | crowded_document(), st.data())
def test_no_other_seats_for_anybody_get_past_the_check(case, data):
    result = allocate(case)
    assume(case["applicants"])
    person = data.draw(st.sampled_from(sorted(case["applicants"])))
    other = data.draw(st.lists(st.sampled_from(sorted(case["sessions"])), unique=True, max_size=3))
    assume(other != result["assign"][person])
    result["assign"][person] = other

    assert check(case, result) != []
