"""What is kept of answers and what is shown of them: tables, every order, and every difference there can be."""

from datetime import date, datetime, timedelta
from itertools import combinations, pairwise, permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import evaluations, reading
from courses.rules.evaluations import USUAL, Question, Tallies, with_answer
from courses.rules.reading import FEWEST, Closed, compiled, units
from courses.states import QuestionKind
from lararportal import clock

OVERALL = Question("overall", QuestionKind.SCALE)
KEEP = Question("keep", QuestionKind.TEXT)
ASKED = [OVERALL, Question("level", QuestionKind.CHOICE, options=("too_low", "right", "too_high")), KEEP]
CLOSED = clock.parse("2027-04-06T00:00")


def tallied(*answers: dict[str, str]) -> Tallies:
    found = Tallies()
    for each in answers:
        found = with_answer(found, ASKED, each)
    return found


def closed(*answers: int) -> list[Closed]:
    return [Closed(number, CLOSED + timedelta(days=number), count) for number, count in enumerate(answers)]


def test_the_same_answers_make_the_same_tallies_in_whatever_order_they_come():
    answers = [{"overall": "6", "keep": "Fallen"}, {"overall": "2", "level": "right"}, {"keep": "Allt"}]

    assert all(tallied(*order) == tallied(*answers) for order in permutations(answers))
    assert tallied(*answers) == Tallies(
        3, {"overall": {"6": 1, "2": 1}, "level": {"right": 1}}, {"keep": ["Allt", "Fallen"]}
    )


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"overall": "6"}, []),
        ({"overall": ""}, []),
        ({"overall": "7"}, ["overall"]),
        ({"level": "6"}, ["level"]),
        ({"keep": "x" * 2_000}, []),
        ({"keep": "x" * 2_001}, ["keep"]),
    ],
)
def test_what_no_question_offers_is_no_answer(said: dict[str, str], fault: list[str]):
    assert evaluations.faults(ASKED, said) == fault


@pytest.mark.parametrize(
    ("said", "something"),
    [({}, False), ({"overall": ""}, False), ({"keep": "  "}, False), ({"x": "1"}, False), ({"level": "right"}, True)],
)
def test_an_answer_says_something(said: dict[str, str], something: bool):  # noqa: FBT001
    assert evaluations.says_something(ASKED, said) is something


def test_a_session_is_asked_about_each_of_its_leaders():
    keys = [(each.key, each.about) for each in evaluations.asked(USUAL, [9, 4]) if each.about]

    assert keys == [("leader:4", 4), ("leader:9", 9)]


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ([], []),
        ([4], []),
        ([5], [(0,)]),
        ([6, 0, 12], [(0,), (2,)]),
        ([4, 1], [(0, 1)]),
        ([2, 9, 2, 1], [(1,), (0, 2, 3)]),
        ([4, 4, 4], [(0, 1)]),
    ],
    ids=str,
)
def test_who_answers_at_a_small_session_is_shown_with_those_of_the_next(answers: list[int], shown: list):
    assert units(closed(*answers)) == shown


@given(st.lists(st.integers(0, 9), max_size=9))
def test_what_is_shown_once_stays_as_it_is_and_every_difference_is_of_five_or_more(answers: list[int]):
    by_session = dict(enumerate(answers))
    readings = [units(closed(*answers[:number])) for number in range(len(answers) + 1)]

    for earlier, later in pairwise(readings):
        assert set(earlier) <= set(later)
    sums = [sum(by_session[session] for session in unit) for unit in readings[-1]]
    assert all(count >= FEWEST for count in sums)
    # Whatever two choices of units somebody reads, by filters or by waiting: none differs by fewer.
    choices = [set(each) for size in range(3) for each in combinations(range(len(sums)), size)]
    differences = [sum(sums[unit] for unit in one - other) for one in choices for other in choices]
    assert not [each for each in differences if 0 < each < FEWEST]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 700)), max_size=9))
def test_what_is_read_of_terms_is_made_of_whole_units_each_of_one_term(sessions: list[tuple[int, int]]):
    answers = dict(enumerate(count for count, _ in sessions))
    last_days = {number: date(2027, 1, 1) + timedelta(days=day) for number, (_, day) in enumerate(sessions)}
    shown = units(closed(*answers.values()))
    by_term = {each: reading.term(last_days[session] for session in each) for each in shown}

    assert all(by_term[each] == max(reading.term([last_days[session]]) for session in each) for each in shown)
    terms = sorted(set(by_term.values()))
    choices = [set(each) for size in range(len(terms) + 1) for each in combinations(terms, size)]
    sums = [sum(answers[session] for each in shown if by_term[each] in one for session in each) for one in choices]
    # What two choices of terms differ by is a choice of terms itself.
    assert not [each for each in sums if 0 < each < FEWEST]


def test_a_question_that_few_answered_is_in_no_sum():
    many = tallied(*[{"overall": "4"}] * 6)
    few = tallied(*[{"overall": "1"}] * 2, *[{"keep": "Allt"}] * 4)

    assert compiled([OVERALL], [few])[0].answers == 0
    assert compiled([OVERALL], [many])[0].counts == compiled([OVERALL], [many, few])[0].counts
    assert compiled([OVERALL], [many, few])[0].left_out == 1


@given(st.lists(st.sampled_from(["Anna", "Bo", "Cia"]), max_size=9), st.sets(st.sampled_from(["Anna", "Bo"])))
def test_a_masked_text_is_counted_and_not_said_and_nothing_else_tells_of_it(written: list[str], names: set[str]):
    whole = tallied(*[{"overall": "4", "keep": each} for each in written])
    read = reading.without(whole, lambda question, said: question == "keep" and said in names)

    [before, after] = [compiled(ASKED, [each, tallied(*[{"overall": "1"}] * 5)]) for each in (whole, read)]
    assert before[:2] == after[:2]
    assert after[2].texts == sorted(each for each in written if each not in names)
    assert (after[2].masked, after[2].answers) == (sum(each in names for each in written), len(written))
    assert not names & set(str(read).split("'"))


@pytest.mark.parametrize(
    ("reason", "whole"),
    [
        ("Nämner en person", False),
        ("Det står: anna  EK pratade", True),
        ("Anna Ekberg pratade", False),
        ("Anna Ek", True),
    ],
)
def test_a_reason_that_says_the_whole_text_is_known(reason: str, whole: bool):  # noqa: FBT001
    assert reading.repeats(reason, "Anna Ek") is whole


def test_mean_and_spread_are_those_of_all_who_answered():
    said = [1, 2, 2, 5, 6, 6, 6]
    shown = compiled([OVERALL], [tallied(*[{"overall": str(each)} for each in said])])[0]
    mean = sum(said) / 7

    assert shown.mean == pytest.approx(mean)
    assert shown.spread == pytest.approx((sum((each - mean) ** 2 for each in said) / 7) ** 0.5)
    assert compiled([KEEP], [tallied({"keep": "x"})])[0].mean is None


def test_it_is_open_to_the_end_of_the_21st_day_and_reminds_on_the_third_and_the_tenth():
    closes = evaluations.last_day_to_answer(date(2027, 3, 16))
    assert closes == date(2027, 4, 6)

    def at(text: str) -> datetime:
        return clock.parse(text)

    assert evaluations.is_open(closes, at("2027-04-06T23:59"))
    assert not evaluations.is_open(closes, at("2027-04-07T00:00"))
    due = {text: evaluations.reminders_due(closes, at(text)) for text in ("2027-03-19T08:59", "2027-03-19T09:00")}
    assert due == {"2027-03-19T08:59": 0, "2027-03-19T09:00": 1}
    assert evaluations.reminders_due(closes, at("2027-03-26T09:00")) == 2


def test_texts_are_shown_in_the_order_of_the_alphabet():
    texts = [f"text {number}" for number in range(9)]
    Random(1).shuffle(texts)

    assert compiled([KEEP], [tallied(*[{"keep": each} for each in texts])])[0].texts == sorted(texts)
