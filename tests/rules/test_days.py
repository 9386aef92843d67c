"""Half days, the time for noting them, what counts as being there, and who has been through a course."""

from datetime import date, time, timedelta

import pytest

from courses.rules import Day
from courses.rules.days import (
    Demands,
    Mark,
    Tally,
    Verdict,
    arriving,
    demands_course,
    fault_of,
    half_days,
    is_unsaid,
    lacks,
    may_complete,
    may_note,
    missed,
    open_at,
    outcome,
    shown_at,
    tally,
)
from courses.states import Absence, CourseOutcome, Half, Lack, Presence, Refusal
from lararportal import clock

MONDAY, TUESDAY = date(2027, 3, 15), date(2027, 3, 16)
FM, EM = Half.MORNING, Half.AFTERNOON
PRESENT, LATE, LEFT, ILL, OTHER = Presence


def day(starts: str = "08:30", ends: str = "16:30", *, on: date = MONDAY) -> Day:
    return Day(on, time.fromisoformat(starts), time.fromisoformat(ends))


HALVES = half_days([day(on=TUESDAY), day()])


def at(text: str):
    return clock.parse(text)


@pytest.mark.parametrize(
    ("starts", "ends", "halves"),
    [
        ("08:30", "16:30", [(FM, "08:30", "12:00"), (EM, "13:00", "16:30")]),
        ("08:30", "12:00", [(FM, "08:30", "12:00")]),
        ("08:30", "13:00", [(FM, "08:30", "13:00")]),
        ("08:30", "13:30", [(FM, "08:30", "12:00"), (EM, "13:00", "13:30")]),
        ("11:30", "15:00", [(FM, "11:30", "12:00"), (EM, "13:00", "15:00")]),
        ("12:00", "16:00", [(EM, "12:00", "16:00")]),
        ("13:15", "17:00", [(EM, "13:15", "17:00")]),
        ("18:00", "21:00", [(EM, "18:00", "21:00")]),
    ],
)
def test_a_day_has_a_morning_before_noon_and_an_afternoon_after_lunch(starts, ends, halves):
    found = half_days([day(starts, ends)])
    hours = [(each.half, *(f"{moment.astimezone(clock.STOCKHOLM):%H:%M}" for moment in (each.begins, each.ends)))
             for each in found]  # fmt: skip
    assert hours == halves


@pytest.mark.parametrize(
    ("moment", "is_open", "shown"),
    [
        ("2027-03-15T07:44", None, (MONDAY, FM)),
        ("2027-03-15T07:45", (MONDAY, FM), (MONDAY, FM)),
        ("2027-03-15T11:59", (MONDAY, FM), (MONDAY, FM)),
        ("2027-03-15T12:00", None, (MONDAY, FM)),
        ("2027-03-15T12:15", (MONDAY, EM), (MONDAY, EM)),
        ("2027-03-15T16:30", None, (MONDAY, EM)),
        ("2027-03-16T08:00", (TUESDAY, FM), (TUESDAY, FM)),
        ("2027-05-16T08:00", None, (TUESDAY, EM)),
    ],
)
def test_a_half_day_is_open_from_a_while_before_it_until_it_ends(moment, is_open, shown):
    found = open_at(HALVES, at(moment))
    assert (found and found.key, shown_at(HALVES, at(moment)).key) == (is_open, shown)


@pytest.mark.parametrize(
    ("moment", "noting", "completing"),
    [
        ("2027-03-16T12:14", Refusal.HALF_DAY_AHEAD, Refusal.SESSION_STILL_GOES_ON),
        ("2027-03-16T12:15", None, Refusal.SESSION_STILL_GOES_ON),
        ("2027-03-16T13:00", None, None),
        ("2027-03-30T23:59", None, None),
        ("2027-03-31T00:00", Refusal.ATTENDANCE_LOCKED, Refusal.ATTENDANCE_LOCKED),
    ],
)
def test_the_leader_notes_from_when_people_come_and_for_two_weeks(moment, noting, completing):
    assert (may_note(HALVES, HALVES[-1], now=at(moment)), may_complete(HALVES, now=at(moment))) == (
        noting,
        completing,
    )


@pytest.mark.parametrize(
    ("mark", "fault"),
    [
        (Mark(PRESENT), None),
        (Mark(LATE), None),
        (Mark(LATE, 1), None),
        (Mark(LEFT, 209), None),
        (Mark(LEFT, 210), Refusal.MINUTES_OUT_OF_RANGE),
        (Mark(LATE, 0), Refusal.MINUTES_OUT_OF_RANGE),
        (Mark(LATE, -5), Refusal.MINUTES_OUT_OF_RANGE),
        (Mark(PRESENT, 5), Refusal.MINUTES_OUT_OF_RANGE),
        (Mark(ILL, 5), Refusal.MINUTES_OUT_OF_RANGE),
    ],
)
def test_minutes_are_missed_by_who_was_there_for_a_part(mark, fault):
    assert fault_of(mark, HALVES[0]) is fault


@pytest.mark.parametrize(
    ("moment", "mark"),
    [("07:45", Mark(PRESENT)), ("08:40", Mark(PRESENT)), ("08:41", Mark(LATE, 11)), ("11:59", Mark(LATE, 209))],
)
def test_who_checks_in_a_while_after_the_beginning_is_late(moment, mark):
    assert arriving(HALVES[0], now=at(f"2027-03-15T{moment}")) == mark
    assert fault_of(mark, HALVES[0]) is None


@pytest.mark.parametrize(
    ("marks", "found"),
    [
        ([Mark(PRESENT)] * 4, Tally(4, 4, 840, None)),
        ([Mark(PRESENT), Mark(LATE, 20), Mark(LEFT, 60), Mark(LATE)], Tally(4, 4, 760, None)),
        ([Mark(PRESENT), None, Mark(OTHER), Mark(ILL)], Tally(1, 4, 210, None)),
        ([Mark(ILL), Mark(OTHER), None, None], Tally(0, 4, 0, Absence.ILL)),
        ([Mark(OTHER)] * 4, Tally(0, 4, 0, Absence.NO_SHOW)),
        ([None] * 4, Tally(0, 4, 0, Absence.NO_SHOW)),
    ],
)
def test_half_days_and_minutes_are_counted_and_who_was_never_there_was_ill_or_stayed_away(marks, found):
    noted = {each.key: mark for each, mark in zip(HALVES, marks, strict=True) if mark}
    assert tally(HALVES, noted) == found
    assert len(missed(HALVES, noted)) == found.of - found.half_days


YES, NO = Verdict(competence_met=True, prepared=True), Verdict(competence_met=False, prepared=False)


@pytest.mark.parametrize(
    ("demands", "half_days_of_4", "verdict", "lacking"),
    [
        (Demands(80, preparation=False, competence=False), 4, Verdict(), []),
        (Demands(80, preparation=False, competence=False), 3, YES, [Lack.ATTENDANCE]),
        (Demands(75, preparation=False, competence=False), 3, NO, []),
        (Demands(0, preparation=False, competence=False), 0, Verdict(), []),
        (Demands(100, preparation=True, competence=True), 4, YES, []),
        (Demands(100, preparation=True, competence=True), 4, NO, [Lack.PREPARATION, Lack.COMPETENCE]),
        (Demands(100, preparation=True, competence=True), 4, Verdict(), [Lack.PREPARATION, Lack.COMPETENCE]),
        (Demands(100, preparation=False, competence=True), 0, NO, [Lack.ATTENDANCE, Lack.COMPETENCE]),
    ],
)
def test_who_lacks_nothing_that_the_course_demands_has_passed(demands, half_days_of_4, verdict, lacking):
    absence = None if half_days_of_4 else Absence.NO_SHOW
    found = Tally(half_days_of_4, 4, 0, absence)
    assert lacks(demands, found, verdict) == lacking
    assert outcome(lacking) is (CourseOutcome.NOT_PASSED if lacking else CourseOutcome.PASSED)
    is_asked = (demands.preparation or demands.competence) and verdict == Verdict() and absence is None
    assert is_unsaid(demands, found, verdict) is is_asked


@pytest.mark.parametrize(
    ("by_2015", "by_2021", "demanded"),
    [(["c3"], [], True), ([], ["STc14"], True), (["c4", "a3"], ["STc4"], False), ([], [], False)],
)
def test_competence_is_asked_of_courses_that_objectives_demand(by_2015, by_2021, demanded):
    assert demands_course(by_2015, by_2021) is demanded


def test_the_hours_of_a_half_day_follow_the_summer_time_of_its_day():
    [morning, _] = half_days([day(on=date(2027, 3, 29))])
    assert morning.begins - half_days([day(on=date(2027, 3, 26))])[0].begins == timedelta(days=3) - timedelta(hours=1)
