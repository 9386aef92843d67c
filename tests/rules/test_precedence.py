"""Who may be put before others by a decision, and who may not decide it."""

from dataclasses import replace

import pytest

from bookings.rules.precedence import (
    Opening,
    Place,
    Prospect,
    may_be_granted,
    may_be_placed_by_precedence,
    may_be_placed_for_hardship,
    may_decide,
    with_precedence,
)
from bookings.states import Refusal

SOMEBODY = Prospect(group="ST", groups={"ST": 0}, has_taken_course=False, has_seat=False, has_precedence=False)
FAVOURED = replace(SOMEBODY, has_precedence=True)
LINE = Opening(is_published=True, is_ahead=True, is_given=True, is_day_free=True, place=None)
LAST_CHANCE, TIME_LEFT = (0, 1, 0, 4, 0, 77), (0, 1, 1, 19, 0, 77)
LATE, IN_TIME, IN_FRONT = (Place(False, TIME_LEFT), Place(True, TIME_LEFT), Place(True, (0, 0, 1, 19, 0, 77)))


def _for_hardship(who: Prospect, line: Opening) -> Refusal | None:
    return may_be_placed_for_hardship(who, line, key=LAST_CHANCE)


CANNOT_COME = [
    pytest.param({"group": None}, Refusal.PERSON_NOT_CONFIRMED, id="not confirmed"),
    pytest.param({"group": "SPEC"}, Refusal.PERSON_NOT_ELIGIBLE, id="not for their group"),
    pytest.param({"has_taken_course": True}, Refusal.PERSON_NOT_ELIGIBLE, id="taken before"),
    pytest.param({"has_seat": True}, Refusal.PERSON_HAS_SEAT, id="a seat in the course"),
]
NO_SUCH_LINE = [
    pytest.param({"is_published": False}, Refusal.SESSION_NOT_OPEN, id="not published"),
    pytest.param({"is_ahead": False}, Refusal.SESSION_STARTED, id="begun"),
    pytest.param({"is_given": False}, Refusal.SESSION_NOT_GIVEN, id="given by no round"),
    pytest.param({"is_day_free": False}, Refusal.PERSON_ELSEWHERE, id="a seat elsewhere on the day"),
]


@pytest.mark.parametrize(
    ("case", "refusal"),
    [
        pytest.param({"is_oneself": False, "wants_the_course": False}, None, id="somebody else"),
        pytest.param(
            {"is_oneself": True, "wants_the_course": False}, Refusal.DECIDES_ABOUT_ONESELF, id="about oneself"
        ),
        pytest.param(
            {"is_oneself": True, "wants_the_course": True}, Refusal.DECIDES_ABOUT_ONESELF, id="oneself, above all"
        ),
        pytest.param({"is_oneself": False, "wants_the_course": True}, Refusal.DECIDES_OVER_OWN_COURSE, id="a rival"),
    ],
)
def test_nobody_decides_in_a_case_of_their_own(case, refusal):
    assert may_decide(**case) == refusal


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        pytest.param({}, None, id="somebody who can use it"),
        pytest.param({"has_precedence": True}, Refusal.PRECEDENCE_HELD, id="has it already"),
        *CANNOT_COME,
    ],
)
def test_precedence_is_for_somebody_who_can_use_it(change, refusal):
    assert may_be_granted(replace(SOMEBODY, **change)) == refusal


@pytest.mark.parametrize(("change", "refusal"), CANNOT_COME)
@pytest.mark.parametrize(
    "may_be_placed",
    [lambda who: _for_hardship(who, LINE), lambda who: may_be_placed_by_precedence(who, LINE)],
    ids=["hardship", "precedence"],
)
def test_no_exception_is_made_for_somebody_who_cannot_come(may_be_placed, change, refusal):
    assert may_be_placed(replace(FAVOURED, **change)) == refusal


@pytest.mark.parametrize(("change", "refusal"), NO_SUCH_LINE)
@pytest.mark.parametrize(
    "may_be_placed",
    [lambda line: _for_hardship(SOMEBODY, line), lambda line: may_be_placed_by_precedence(FAVOURED, line)],
    ids=["hardship", "precedence"],
)
def test_no_exception_is_made_where_no_line_is(may_be_placed, change, refusal):
    assert may_be_placed(replace(LINE, **change)) == refusal


@pytest.mark.parametrize(
    ("place", "key", "refusal"),
    [
        pytest.param(None, LAST_CHANCE, None, id="who does not wait yet"),
        pytest.param(LATE, LAST_CHANCE, None, id="who came late"),
        pytest.param(IN_TIME, LAST_CHANCE, Refusal.STANDS_IN_TIME, id="who came in time"),
        pytest.param(None, TIME_LEFT, Refusal.NOT_LAST_CHANCE, id="who has time left"),
        pytest.param(LATE, TIME_LEFT, Refusal.NOT_LAST_CHANCE, id="who came late and has time left"),
    ],
)
def test_hardship_is_a_last_chance_that_came_late(place, key, refusal):
    assert may_be_placed_for_hardship(SOMEBODY, replace(LINE, place=place), key=key) == refusal


@pytest.mark.parametrize(
    ("who", "place", "refusal"),
    [
        pytest.param(FAVOURED, None, None, id="who does not wait yet"),
        pytest.param(FAVOURED, LATE, None, id="who came late"),
        pytest.param(FAVOURED, IN_TIME, None, id="who came in time, before it was granted"),
        pytest.param(FAVOURED, IN_FRONT, Refusal.STANDS_IN_TIME, id="whom the round put in front"),
        pytest.param(FAVOURED, Place(False, IN_FRONT.key), None, id="in front of those who came late"),
        pytest.param(SOMEBODY, None, Refusal.PRECEDENCE_MISSING, id="who has none"),
    ],
)
def test_precedence_that_no_round_counted_is_made_up_for(who, place, refusal):
    assert may_be_placed_by_precedence(who, replace(LINE, place=place)) == refusal


def test_with_precedence_a_key_is_the_same_but_for_that():
    assert with_precedence(TIME_LEFT) == (0, 0, 1, 19, 0, 77)
    assert with_precedence(IN_FRONT.key) == IN_FRONT.key
