"""The code on the screen: good for a minute at most, for one half day of one session, and made by nobody else."""

from datetime import date, time, timedelta

import pytest

from courses.rules import Day
from courses.rules.check_in import Scan, code, fault_of, read_at, step_at
from courses.rules.days import half_days, open_at
from courses.states import Refusal
from lararportal import clock

KEY, SESSION = b"k" * 32, 7
HALVES = half_days([Day(date(2027, 3, day), time(8, 30), time(16, 30)) for day in (15, 16)])
MORNING, AFTERNOON, NEXT, _ = HALVES
NOW = clock.parse("2027-03-15T08:20:10")
STEP = step_at(NOW)


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        pytest.param(code(KEY, SESSION, MORNING, STEP), None, id="of the moment"),
        pytest.param(code(KEY, SESSION, MORNING, STEP).upper(), None, id="in capitals"),
        pytest.param(code(KEY, SESSION, MORNING, STEP - 1), None, id="the one before"),
        pytest.param(code(KEY, SESSION, MORNING, STEP - 2), Refusal.CODE_OLD, id="the one before that"),
        pytest.param(code(KEY, SESSION, MORNING, step_at(MORNING.opens)), Refusal.CODE_OLD, id="the first"),
        pytest.param(code(KEY, SESSION, MORNING, STEP + 1), Refusal.CODE_FORGED, id="one to come"),
        pytest.param(code(KEY, SESSION, AFTERNOON, STEP), Refusal.CODE_FORGED, id="of another half day"),
        pytest.param(code(KEY, SESSION + 1, MORNING, STEP), Refusal.CODE_FORGED, id="of another session"),
        pytest.param(code(b"x" * 32, SESSION, MORNING, STEP), Refusal.CODE_FORGED, id="by another key"),
        pytest.param("", Refusal.CODE_FORGED, id="none"),
        pytest.param("åäö", Refusal.CODE_FORGED, id="not even letters"),
    ],
)
def test_a_code_is_good_while_it_is_on_the_screen_and_a_moment_longer(shown, fault):
    about = {"key": KEY, "session_id": SESSION, "halves": HALVES, "half": open_at(HALVES, NOW), "now": NOW}
    assert fault_of(shown, **about) is fault


@pytest.mark.parametrize(
    ("moment", "of", "fault"),
    [
        ("2027-03-15T12:05", MORNING, Refusal.CODE_OLD),
        ("2027-03-15T12:20", MORNING, Refusal.CODE_OLD),
        ("2027-03-15T12:05", AFTERNOON, Refusal.CHECK_IN_CLOSED),
        ("2027-03-16T08:00", MORNING, Refusal.CODE_OLD),
        ("2027-03-16T08:00", NEXT, None),
    ],
)
def test_a_code_of_yesterday_or_of_the_morning_is_old(moment, of, fault):
    now = clock.parse(moment)
    shown = code(KEY, SESSION, of, step_at(now) if of is not MORNING else step_at(MORNING.begins))
    about = {"key": KEY, "session_id": SESSION, "halves": HALVES, "half": open_at(HALVES, now), "now": now}
    assert fault_of(shown, **about) is fault


@pytest.mark.parametrize(
    ("scan", "minutes", "counts"),
    [
        pytest.param(Scan(SESSION, "code", NOW), 1, True, id="after the sign-in"),
        pytest.param(Scan(SESSION, "code", NOW), 5, True, id="at the last moment"),
        pytest.param(Scan(SESSION, "code", NOW), 5.1, False, id="too late"),
        pytest.param(Scan(SESSION, "code", NOW), -1, False, id="before it was read"),
        pytest.param(Scan(SESSION + 1, "code", NOW), 1, False, id="of another session"),
        pytest.param(Scan(SESSION, "another", NOW), 1, False, id="of another code"),
        pytest.param(None, 1, False, id="nothing proved"),
    ],
)
def test_a_code_that_was_read_in_time_is_judged_by_then_for_five_minutes(scan, minutes, counts):
    now = NOW + timedelta(minutes=minutes)
    assert read_at(scan, session_id=SESSION, code="code", now=now) == (NOW if counts else now)
