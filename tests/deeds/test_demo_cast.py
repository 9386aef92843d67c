"""The people and the dates of the demonstration, before anything is written."""

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from auth import rules
from auth.rules import Facts
from auth.states import Area, Category, Role
from courses.course_file import read
from courses.rules import is_working_day
from courses.states import Kind
from lararportal import demo
from lararportal.demo.cast import RESIDENTS, Cast, Casting
from lararportal.demo.dates import course_weeks, days_near, days_within_week, is_quiet
from lararportal.demo.offer import IN_RESERVE, codes

TODAY = date(2027, 1, 11)
DAYS = st.dates(date(2026, 1, 1), date(2032, 12, 31))


def cast(share: float = 1.0) -> Cast:
    return Casting(Random("a test"), today=TODAY, codes=codes(), share=share).cast()


def test_the_cast_has_the_numbers_of_the_real_unit():
    made = cast()

    assert Counter(each.area for each in made.residents) == RESIDENTS
    assert (len(made.residents), len(made.specialists), len(made.before_residency)) == (624, 300, 40)
    assert Counter(each.category for each in made.residents)[Category.ST_2021] == 77
    roles = Counter(each.role for each in made.colleagues)
    assert roles == {
        Role.ADMINISTRATOR: 1,
        Role.COORDINATOR: 3,
        Role.DIRECTOR: 5,
        Role.LEADER: 1,
        Role.REVIEWER: 1,
    }
    assert {each.area for each in made.colleagues if each.role is Role.DIRECTOR} == set(Area)


def test_nobody_shares_a_name_an_address_or_a_pseudonym():
    made = cast()
    everybody = [*made.doctors, *made.pending, *made.colleagues]

    for facts in ("subject", "email", "pseudonym"):
        assert len({getattr(each, facts) for each in everybody}) == len(everybody)
    assert len({(each.given_name, each.family_name) for each in everybody}) == len(everybody)


def test_the_same_generator_casts_the_same_people():
    assert cast() == cast()


def test_everybody_could_be_confirmed():
    for each in [*cast().doctors, *cast(0.05).doctors]:
        facts = Facts(
            category=each.category,
            area=each.area,
            residency_start=each.residency_start,
            planned_end=each.planned_end,
            leave_months=each.leave_months,
        )
        assert rules.may_be_true(facts) is None
        assert rules.missing(facts, email=each.email) == []
        assert rules.is_plausible_email(each.email)


def test_who_nears_the_end_lacks_fewer_mandatory_courses():
    mandatory = {code for code, is_mandatory in codes().items() if is_mandatory}
    lacking = {True: Counter(), False: Counter()}
    for each in cast().residents:
        lacking[each.months_left <= 12][len(mandatory - each.taken)] += 1
    means = {
        near: sum(number * count for number, count in found.items()) / found.total()
        for near, found in lacking.items()
    }

    assert means[True] < 3
    assert means[False] > 5


@given(DAYS, st.integers(1, 3), st.integers(0, 20))
@settings(max_examples=300)
def test_courses_that_are_spread_lie_on_consecutive_working_days_of_one_week(today, count, turn):
    for monday in course_weeks(today)[:3]:
        days = days_within_week(monday, count, turn=turn)

        assert all(map(is_working_day, days))
        assert days == [days[0] + timedelta(days=index) for index in range(count)]
        assert len({day.isocalendar()[:2] for day in days}) == 1
        assert days[0] >= monday


@given(DAYS)
def test_no_course_week_is_quiet_and_most_of_a_year_is_left(today):
    weeks = course_weeks(today)

    assert not any(map(is_quiet, weeks))
    assert 30 <= len(weeks) <= 42
    assert all(monday.weekday() == 0 and monday > today for monday in weeks)


@given(DAYS)
def test_what_took_place_is_over_what_is_under_way_is_and_a_go_no_go_day_has_passed(today):
    over, under_way, soon = (days_near(today, offset, count) for offset, count in ((-13, 2), (-1, 3), (22, 1)))

    assert over[-1] < today
    assert under_way[0] < today <= under_way[-1]
    assert today < soon[0] <= today + timedelta(days=28)


def sessions_of_the_file() -> list[tuple[str, str]]:
    """Key and round of each session that is not held in reserve."""
    with (Path(demo.__file__).parent / "sessions.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["key"], row["round"]) for row in csv.DictReader(file)]
    return [(key, number) for key, number in rows if not key.endswith(IN_RESERVE)]


def test_the_two_large_rounds_have_as_many_of_each_course_as_the_catalogue_says_and_six_come_beside():
    folder = Path(demo.__file__).parent
    rows = read((folder / "catalogue.csv").read_text("utf-8"))
    planned = Counter(key.split("-")[0] for key, number in sessions_of_the_file() if number in {"1", "2"})

    assert planned == {row.code: row.facts["sessions_per_year"] for row in rows}
    assert Counter(number for _, number in sessions_of_the_file()) == {"1": 26, "2": 24, "3": 3, "": 3}
    assert codes() == {row.code: row.facts["kind"] is Kind.MANDATORY for row in rows}
