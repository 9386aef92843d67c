"""What counts of earlier terms: refusals that are remembered, and terms in which a precedence holds."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.history import (
    PRECEDENCE_TERMS,
    Answer,
    Stay,
    last_term,
    precedence_holds,
    precedence_state,
    rejections,
    term_before,
    term_of,
)
from bookings.states import Outcome, PrecedenceState

ADMITTED, WAITLISTED, HELD_BACK, CANCELLED = (
    Outcome.ADMITTED,
    Outcome.WAITLISTED,
    Outcome.HELD_BACK,
    Outcome.CANCELLED,
)


def on(month: int) -> datetime:
    """A moment in that month, counted on over the years."""
    return datetime(2025 + (month - 1) // 12, 1 + (month - 1) % 12, 1, tzinfo=UTC)


def answer(month: int, *codes: Outcome) -> Answer:
    return Answer(on(month), frozenset(codes))


def stay(since: int, until: int | None = None) -> Stay:
    return Stay(on(since), on(until) if until is not None else None)


@pytest.mark.parametrize(
    ("codes", "count"),
    [
        pytest.param([WAITLISTED], 1, id="no seat"),
        pytest.param([HELD_BACK], 1, id="a seat that the run does not fill"),
        pytest.param([CANCELLED], 1, id="no session"),
        pytest.param([WAITLISTED, WAITLISTED, CANCELLED], 1, id="two sessions full and one called off: once"),
        pytest.param([ADMITTED], 0, id="a seat"),
        pytest.param([WAITLISTED, ADMITTED], 0, id="the less wanted session"),
        pytest.param([ADMITTED, Outcome.BETTER_SESSION], 0, id="the more wanted session"),
        pytest.param([Outcome.CAP], 0, id="as many seats as wanted"),
        pytest.param([Outcome.CONFLICT], 0, id="a seat wanted more on that day"),
        pytest.param([Outcome.CAP, Outcome.CONFLICT], 0, id="own choices throughout"),
        pytest.param([WAITLISTED, Outcome.CONFLICT], 1, id="full, and a clash elsewhere"),
        pytest.param([WAITLISTED, Outcome.CAP], 1, id="full, and then enough seats"),
        pytest.param([Outcome.INELIGIBLE], 0, id="not for them"),
        pytest.param([Outcome.UNCONFIRMED], 0, id="not confirmed in time"),
        pytest.param([Outcome.UNCONFIRMED, CANCELLED], 1, id="called off, whatever else"),
        pytest.param([], 0, id="nothing asked"),
    ],
)
def test_what_a_round_answers_counts_or_not(codes, count):
    assert rejections([answer(3, *codes)], []) == count


def test_every_outcome_is_judged():
    judged = {outcome: rejections([answer(3, outcome)], []) for outcome in Outcome}

    assert [outcome for outcome, count in judged.items() if count] == [CANCELLED, WAITLISTED, HELD_BACK]


@pytest.mark.parametrize(
    ("answers", "stays", "count"),
    [
        pytest.param([3, 9, 15], [], 3, id="turned down in three terms"),
        pytest.param([3, 9], [stay(4)], 0, id="a seat from the line after the first, held to its end"),
        pytest.param([3, 9], [stay(4, 6)], 1, id="a seat that was given up: only what came later counts"),
        pytest.param([3], [stay(4, 6)], 0, id="giving a seat up does not bring the refusal back"),
        pytest.param([3, 9, 15], [stay(4, 6)], 2, id="two more since then"),
        pytest.param([3, 9, 15], [stay(4, 6), stay(10, 11)], 1, id="two seats given up"),
        pytest.param([9], [stay(1, 2)], 1, id="a seat given up before"),
        pytest.param([9], [stay(1, 10)], 0, id="turned down with a seat in hand, which was given up later"),
        pytest.param([9], [stay(8)], 0, id="turned down with a seat in hand"),
        pytest.param([9], [stay(1, 9)], 1, id="given up at that very moment"),
        pytest.param([9, 3, 15], [stay(4, 6)], 2, id="in whatever order they are told"),
    ],
)
def test_a_seat_sets_the_count_back(answers, stays, count):
    assert rejections([answer(month, WAITLISTED) for month in answers], stays) == count


months = st.integers(1, 40)
histories = st.tuples(
    st.lists(st.builds(answer, months, st.sampled_from(Outcome)), max_size=6),
    st.lists(months.flatmap(lambda since: st.builds(stay, st.just(since), months.map(since.__add__))), max_size=3),
)


@given(histories, months)
def test_one_more_refusal_is_one_more_unless_a_seat_came_after_it(history, month):
    answers, stays = history
    had_one = any(each.until > on(month) for each in stays)

    assert rejections([*answers, answer(month, WAITLISTED)], stays) == rejections(answers, stays) + (not had_one)


@given(histories)
def test_a_seat_that_is_kept_leaves_nothing_to_remember(history):
    answers, stays = history

    assert rejections(answers, [*stays, stay(1)]) == 0


@pytest.mark.parametrize(
    ("day", "term"),
    [
        (date(2027, 1, 1), "2027-1"),
        (date(2027, 6, 30), "2027-1"),
        (date(2027, 7, 1), "2027-2"),
        (date(2027, 12, 31), "2027-2"),
    ],
)
def test_a_day_lies_in_a_term(day, term):
    assert term_of(day) == term


@pytest.mark.parametrize(
    ("since", "terms"),
    [
        ("2026-2", ["2026-2", "2027-1", "2027-2"]),
        ("2027-1", ["2027-1", "2027-2", "2028-1"]),
        ("spring", ["spring"]),
        ("2027-3", ["2027-3"]),
    ],
)
def test_a_precedence_lasts_for_its_own_term_and_the_two_after(since, terms):
    asked = ["2026-1", "2026-2", "2027-1", "2027-2", "2028-1", "2028-2", "spring", "2027-3"]

    assert [term for term in asked if precedence_holds(since=since, in_term=term)] == terms
    assert last_term(since) == terms[-1]


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_the_last_term_is_as_many_terms_on_as_a_precedence_lasts(day):
    holds = [
        term
        for year in range(day.year, day.year + 3)
        for term in (f"{year}-1", f"{year}-2")
        if precedence_holds(since=term_of(day), in_term=term)
    ]

    assert (len(holds), holds[-1]) == (PRECEDENCE_TERMS, last_term(term_of(day)))


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, PrecedenceState.HELD),
        ({"is_used": True}, PrecedenceState.USED),
        ({"is_revoked": True}, PrecedenceState.REVOKED),
        ({"in_term": "2028-1"}, PrecedenceState.OVER),
        ({"is_used": True, "in_term": "2028-1"}, PrecedenceState.USED),
        ({"is_revoked": True, "in_term": "2028-1"}, PrecedenceState.REVOKED),
    ],
)
def test_what_becomes_of_a_precedence(facts, state):
    usual = {"since": "2026-2", "is_used": False, "is_revoked": False, "in_term": "2027-1"}

    assert precedence_state(**{**usual, **facts}) == state


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2027, 1, 1), date(2026, 7, 1), date(2026, 12, 31)),
        (date(2027, 6, 30), date(2026, 7, 1), date(2026, 12, 31)),
        (date(2027, 7, 31), date(2027, 1, 1), date(2027, 6, 30)),
        (date(2027, 12, 31), date(2027, 1, 1), date(2027, 6, 30)),
    ],
)
def test_the_term_before_a_day_is_a_whole_half_year(day, first, last):
    assert term_before(day) == (first, last)
