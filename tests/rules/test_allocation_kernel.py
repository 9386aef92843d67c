"""Two speeds, one truth: the compiled run gives what the plain run and the pseudo code give (section 2.5)."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from test_allocation_cases import any_document, crowded_document, examples, one_order_document, separate_document
from test_allocation_properties import a_term
from test_allocation_reference import Reference

from bookings.kernel.ready import Kernel
from bookings.rules.allocation import allocate
from bookings.rules.allocation.market import market_of
from bookings.rules.allocation.reading import read
from bookings.rules.allocation.run import run

ORACLES = Path(__file__).parent / "oracles"
CASES = json.loads((ORACLES / "allocation.json").read_text())
EXAMPLE = json.loads((ORACLES / "example.json").read_text())

ANY = any_document() | crowded_document() | one_order_document() | separate_document(reserved=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_kernel_gives_the_expected_seats_of_a_small_instance(case):
    assert allocate(case["instance"], ready=Kernel)["assign"] == case["expected"]


def test_the_kernel_gives_the_whole_example_letter_by_letter():
    assert json.dumps(allocate(EXAMPLE["instance"], ready=Kernel)) == json.dumps(EXAMPLE["result"])


@examples(3)
@given(ANY)
def test_the_kernel_the_engine_and_the_pseudo_code_give_the_same(case):
    result = allocate(case, ready=Kernel)
    assign, cancelled = Reference(case).outcome()

    assert result == allocate(case)
    assert (result["assign"], result["cancelled"]) == (assign, sorted(cancelled))


@examples(2)
@given(any_document() | crowded_document())
def test_a_compiled_run_begins_afresh_each_time_and_honours_what_is_cancelled(case):
    market = market_of(read(case))
    compiled = Kernel(market)
    cancellations = [[], list(range(0, len(market.sessions), 2)), range(len(market.sessions)), []]

    assert [compiled(each) for each in cancellations] == [run(market, each) for each in cancellations]


@pytest.mark.parametrize("number", range(3))
def test_a_term_of_our_size_is_the_same_compiled(number):
    case = a_term(number)

    assert allocate(case, ready=Kernel) == allocate(case)


def test_one_session_that_many_want_and_numbers_beyond_any_machine_are_the_same_compiled():
    case = a_term(4)
    chance = random.Random(4)
    crowd = case["sessions"]["s0"]
    crowd["capacity"], crowd["reserves"] = 300, {"SPEC": 20}
    case["sessions"]["s1"] |= {"capacity": 10**30, "reserves": {"SPEC": 10**29}, "min": 0}
    case["sessions"]["s2"]["days"] = []
    case["policy"]["cap"] = 10**30
    for who in case["applicants"].values():
        who["cap"] = chance.choice((1, 10**25))
        who["left"] *= 10**20
        who["requests"] = [[crowd["course"], ["s0"]], *[each for each in who["requests"] if "s0" not in each[1]]]

    assert allocate(case, ready=Kernel) == allocate(case)
