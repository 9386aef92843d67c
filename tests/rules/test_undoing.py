"""Whether a cancellation can be taken back: to the moment, and each thing that stands in the way."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.rules.seats import UNDO_WITHIN, GivenBack, Holding, Target, may_undo
from bookings.states import Refusal

NOW = datetime(2027, 1, 11, 7, tzinfo=UTC)
TODAY, FIRST = date(2027, 1, 11), date(2027, 3, 15)
LOST = Target(
    session_id=1,
    course_id=10,
    days=frozenset({FIRST}),
    starts_on=FIRST,
    groups={},
    is_published=True,
    is_in_unpublished_round=True,
)
SEAT = Holding(session_id=2, course_id=20, days=frozenset({FIRST + timedelta(days=30)}), is_seat=True)
PLACE = replace(SEAT, is_seat=False)
SAME_DAYS, SAME_COURSE = {"days": frozenset({FIRST})}, {"course_id": 10}


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        pytest.param({}, None, id="just now"),
        pytest.param({"ended_at": NOW}, None, id="this very moment"),
        pytest.param({"ended_at": NOW - UNDO_WITHIN}, None, id="at the last moment"),
        pytest.param(
            {"ended_at": NOW - UNDO_WITHIN - timedelta(microseconds=1)}, Refusal.UNDONE_TOO_LATE, id="a moment later"
        ),
        pytest.param({"target": replace(LOST, starts_on=TODAY)}, Refusal.SESSION_STARTED, id="it has begun"),
        pytest.param({"target": replace(LOST, is_published=False)}, Refusal.SESSION_NOT_OPEN, id="it was called off"),
        pytest.param({"free_seats": 0}, Refusal.SEAT_GIVEN_ON, id="somebody has the seat, or an offer of it"),
        pytest.param({"freed_since": 1}, Refusal.SEAT_GIVEN_ON, id="the free one is of somebody who cancelled later"),
        pytest.param({"freed_since": 1, "free_seats": 2}, None, id="and so is theirs"),
        pytest.param({"is_to_be_given": True}, Refusal.SESSION_IN_ROUND, id="a round gives its seats by now"),
        pytest.param({"is_asked_about": True}, Refusal.SEAT_GIVEN_ON, id="a call-out runs"),
        pytest.param({"has": [SEAT, PLACE]}, None, id="other courses on other days"),
        pytest.param({"has": [replace(SEAT, session_id=1)]}, Refusal.ALREADY_BOOKED, id="booked anew"),
        pytest.param({"has": [replace(PLACE, session_id=1)]}, Refusal.ALREADY_WAITING, id="in line for it"),
        pytest.param(
            {"has": [replace(SEAT, **SAME_COURSE)]}, Refusal.COURSE_ALREADY_BOOKED, id="in a sister session"
        ),
        pytest.param({"has": [replace(SEAT, **SAME_DAYS)]}, Refusal.DAY_TAKEN, id="elsewhere that day"),
        pytest.param({"has": [replace(PLACE, **SAME_COURSE, **SAME_DAYS)]}, None, id="waiting there, as before"),
    ],
)
def test_a_cancellation_is_taken_back_while_nothing_has_come_between(facts, refusal):
    target, has = facts.pop("target", LOST), facts.pop("has", [])
    seat = GivenBack(**{"ended_at": NOW - timedelta(minutes=1), "free_seats": 1, **facts})
    assert may_undo(target, has, seat, now=NOW, today=TODAY) is refusal
