"""Whether a ranked list can be sent in: each reason to say no, and which session it names."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.applications import Fault, Sender, Window, fault_of, may_ask_for
from bookings.rules.seats import Holding, Target
from bookings.states import Refusal

NOW = datetime(2027, 1, 11, 7, tzinfo=UTC)
DAY = date(2027, 3, 15)
WINDOW = Window(is_open=True, closes_at=NOW + timedelta(seconds=1), cap=4)
SENDER = Sender(group="ST", is_complete=True, is_second_party=False, taken_courses=frozenset())


def session(session_id: int, *, course: int, day: date, **facts) -> Target:
    return Target(
        **{
            "session_id": session_id,
            "course_id": course,
            "days": frozenset({day}),
            "starts_on": day,
            "groups": {"ST": 0},
            "is_published": True,
            "is_in_unpublished_round": True,
            **facts,
        }
    )


OFFERED = {
    1: session(1, course=10, day=DAY),
    2: session(2, course=10, day=DAY + timedelta(days=7)),
    3: session(3, course=20, day=DAY),
    4: session(4, course=30, day=DAY + timedelta(days=9), groups={"SPEC": 0}),
    5: session(5, course=40, day=DAY + timedelta(days=11), is_published=False),
}
MINE = Holding(session_id=99, course_id=10, days=frozenset({DAY + timedelta(days=70)}), is_seat=True)
ELSEWHERE = Holding(session_id=98, course_id=98, days=frozenset({DAY}), is_seat=True)


def asked(choices, *, window=WINDOW, sender=SENDER, holdings=(), cap=4):
    return fault_of(window, sender, choices, OFFERED, holdings, cap=cap, now=NOW)


@pytest.mark.parametrize(
    ("list_", "fault"),
    [
        pytest.param({"choices": [1]}, None, id="one wish"),
        pytest.param({"choices": [2, 1]}, None, id="two sessions of a course"),
        pytest.param({"choices": [1, 3]}, None, id="two that collide: the order decides"),
        pytest.param({"choices": [1], "cap": 1}, None, id="one seat is enough"),
        pytest.param({"choices": [1], "window": replace(WINDOW, is_open=False)}, Fault(Refusal.ROUND_NOT_OPEN)),
        pytest.param({"choices": [1], "window": replace(WINDOW, closes_at=NOW)}, Fault(Refusal.ROUND_NOT_OPEN)),
        pytest.param(
            {"choices": [1], "sender": replace(SENDER, is_complete=False)}, Fault(Refusal.PROFILE_INCOMPLETE)
        ),
        pytest.param({"choices": []}, Fault(Refusal.NO_CHOICES)),
        pytest.param({"choices": [1, 2, 1]}, Fault(Refusal.CHOICE_TWICE)),
        pytest.param({"choices": [1], "cap": 0}, Fault(Refusal.CAP_OUT_OF_RANGE), id="no seat at all"),
        pytest.param({"choices": [1], "cap": 5}, Fault(Refusal.CAP_OUT_OF_RANGE), id="more than the round gives"),
        pytest.param({"choices": [1, 77]}, Fault(Refusal.SESSION_NOT_IN_ROUND, 77), id="not offered"),
        pytest.param({"choices": [1, 5]}, Fault(Refusal.SESSION_NOT_IN_ROUND, 5), id="offered, but withdrawn since"),
        pytest.param({"choices": [1, 4]}, Fault(Refusal.NOT_IN_TARGET_GROUP, 4), id="a course for others"),
        pytest.param(
            {"choices": [1], "sender": replace(SENDER, group=None)},
            Fault(Refusal.NOT_IN_TARGET_GROUP, 1),
            id="no category at all",
        ),
        pytest.param(
            {"choices": [3, 1], "sender": replace(SENDER, taken_courses=frozenset({10}))},
            Fault(Refusal.COURSE_TAKEN_BEFORE, 1),
        ),
        pytest.param({"choices": [3, 2], "holdings": [MINE]}, Fault(Refusal.COURSE_ALREADY_BOOKED, 2)),
        pytest.param({"choices": [2, 3], "holdings": [ELSEWHERE]}, Fault(Refusal.DAY_TAKEN, 3)),
        pytest.param(
            {"choices": [1, 3], "holdings": [replace(MINE, is_seat=False), replace(ELSEWHERE, is_seat=False)]},
            None,
            id="places in line are no hindrance",
        ),
    ],
)
def test_what_can_be_wrong_with_a_list(list_, fault):
    assert asked(**list_) == fault


holding = st.builds(
    Holding,
    session_id=st.integers(90, 99),
    course_id=st.sampled_from([10, 20, 50]),
    days=st.frozensets(st.integers(0, 9).map(lambda n: DAY + timedelta(days=n)), min_size=1, max_size=3),
    is_seat=st.booleans(),
)


@given(st.lists(st.integers(1, 6), max_size=5), st.lists(holding, max_size=3), st.integers(0, 5))
def test_whoever_may_send_a_list_may_ask_for_each_session_on_it(choices, holdings, cap):
    fault = asked(choices, holdings=holdings, cap=cap)
    refused = {key: may_ask_for(SENDER, OFFERED.get(key), holdings) for key in choices}
    if fault is None:
        assert set(refused.values()) == {None}
        assert len(set(choices)) == len(choices) > 0
    elif fault.session_id is not None:
        assert refused[fault.session_id] is fault.refusal
