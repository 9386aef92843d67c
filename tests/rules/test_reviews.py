"""The rules of reviews: half-years, how far a review may go from where, figures of people, and what falls."""

from datetime import date

import pytest

from courses.rules import reviews
from courses.rules.reading import term
from courses.rules.reviews import Criterion, Judgement
from courses.states import Refusal, ReviewState


@pytest.mark.parametrize(
    ("day", "half", "before"),
    [
        (date(2027, 1, 1), "2027-1", "2026-2"),
        (date(2027, 6, 30), "2027-1", "2026-2"),
        (date(2027, 7, 1), "2027-2", "2027-1"),
        (date(2027, 12, 31), "2027-2", "2027-1"),
    ],
)
def test_a_day_lies_in_a_half_year_that_is_reviewed_when_it_is_over(day, half, before):
    first, last = reviews.days_of(half)
    assert (term([day]), reviews.half_year_before(day), first <= day <= last) == (half, before, True)
    assert (reviews.may_open(half, day), reviews.may_open(before, day)) == (Refusal.HALF_YEAR_NOT_OVER, None)


@pytest.mark.parametrize("text", ["x", "2027-3", "27-1", "2027-1x", "2027"])
def test_nothing_else_is_a_half_year(text):
    with pytest.raises(ValueError, match=text):
        reviews.days_of(text)


def test_a_review_goes_one_way_and_skips_nothing():
    order = list(ReviewState)
    for place, old in enumerate(order):
        for new in order:
            allowed = None if order[place + 1 : place + 2] == [new] else Refusal.REVIEW_ELSEWHERE
            assert reviews.may_become(old, new) == allowed


@pytest.mark.parametrize(
    ("asked", "answered", "told", "rate"),
    [(0, 0, None, None), (20, 4, None, None), (20, 5, 5, 25), (5, 5, 5, 100), (3, 3, None, None)],
)
def test_no_figure_of_fewer_than_five_people_is_told_and_no_share_of_them(asked, answered, told, rate):
    assert (reviews.figure(answered), reviews.response_rate(asked, answered)) == (told, rate)


def test_a_statement_judges_every_criterion_and_says_something():
    judged = dict.fromkeys(Criterion, Judgement.MET)
    assert reviews.may_state(judged, "Bra") is None
    without = {each: judged[each] for each in list(Criterion)[1:]}
    for criteria, text in ((judged, " "), (without, "Bra"), (judged | {Criterion.PURPOSE: "best"}, "Bra")):
        assert reviews.may_state(criteria, text) == Refusal.STATEMENT_INCOMPLETE


def test_what_is_judged_otherwise_than_before_is_found():
    before = {"purpose": "met", "evidence": "partly", "teaching": "met"}
    after = {"purpose": "not_met", "evidence": "partly", "independence": "met"}
    assert reviews.changed(before, after) == [(Criterion.PURPOSE, Judgement.MET, Judgement.NOT_MET)]


@pytest.mark.parametrize(
    ("means", "fall"),
    [
        ({}, None),
        ({"2026-2": 4.0}, None),
        ({"2026-2": 4.0, "2027-1": 4.4}, None),
        ({"2027-1": 4.04, "2026-2": 4.0}, None),
        ({"2026-2": 4.04, "2027-1": 3.96}, None),
        ({"2027-1": 4.5, "2026-1": 5.0}, ("2026-1", "2027-1")),
        ({"2026-1": 5.0, "2026-2": 3.0, "2027-1": 4.0}, None),
    ],
)
def test_a_mean_falls_between_the_last_two_half_years_that_have_one_when_pages_show_less(means, fall):
    assert reviews.fall(means) == fall
