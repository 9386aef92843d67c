"""Which courses may be called mandatory: those that the objectives demand."""

import pytest

from courses.rules import only_looks_mandatory
from courses.states import COURSE_BEARING_2015, OBJECTIVES_2015, Kind


@pytest.mark.parametrize("objective", OBJECTIVES_2015)
def test_one_objective_that_demands_a_course_makes_it_mandatory(objective):
    assert only_looks_mandatory(Kind.MANDATORY, [objective]) is (objective not in COURSE_BEARING_2015)


def test_what_demands_a_course_may_stand_among_others():
    assert only_looks_mandatory(Kind.MANDATORY, ["c1", "c4", "c6"]) is False
    assert only_looks_mandatory(Kind.MANDATORY, []) is True


@pytest.mark.parametrize("kind", [Kind.CLINICAL, Kind.OTHER])
def test_other_courses_may_have_any_objectives(kind):
    assert only_looks_mandatory(kind, ["c4"]) is only_looks_mandatory(kind, []) is False


def test_twelve_objectives_demand_a_course():
    assert " ".join(COURSE_BEARING_2015) == "a1 a2 a5 a6 b1 b2 b3 b4 b5 c3 c6 c14"
